"""Enters: a request of a client of Segment or RudderStack. Leaves: what it said, and its answer.

The tracking API that both services share: one message a request, or a batch of them. One rule
holds for the clients of both: a message that is not as it must be is dropped and counted, and the
request is answered 200. A client drops a refused batch, or repeats it and drops it then; one bad
message must not take the good ones with it, as it would on RudderStack's own server.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires import segment_answers as answers
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import Understood
from aboveboard.wires.segment_answers import ORIGIN, RUDDERSTACK, SEGMENT
from aboveboard.wires.segment_bodies import BATCH, Body, open_body
from aboveboard.wires.segment_keys import shown_key
from aboveboard.wires.segment_messages import Around, client_of, understand
from aboveboard.wires.segment_parts import read_context
from aboveboard.wires.segment_pixel import pixel_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.said import Said
    from aboveboard.wires.foreign import Answer, Asked
    from aboveboard.wires.segment_answers import Family, Refusal

_POSTED = {
    "/v1/identify": "identify",
    "/v1/track": "track",
    "/v1/page": "page",
    "/v1/screen": "screen",
    "/v1/group": "group",
    "/v1/alias": "alias",
    "/v1/i": "identify",  # the short forms are those of Segment's script for pages
    "/v1/t": "track",
    "/v1/p": "page",
    "/v1/s": "screen",
    "/v1/g": "group",
    "/v1/a": "alias",
    "/v1/batch": BATCH,
    "/v1/import": BATCH,
    "/v1/merge": "merge",
    "/v1/audiencelist": "audiencelist",
    "/beacon/v1/batch": BATCH,
}
"""Path to the kind of the message that is posted there."""
_PIXELS = {"/pixel/v1/track": "track", "/pixel/v1/page": "page"}
_CLUSTER = "/cluster-info"
_METHODS = {
    "POST": frozenset(_POSTED),
    "GET": frozenset([*_PIXELS, _CLUSTER]),
    "OPTIONS": frozenset([*_POSTED, *_PIXELS, _CLUSTER]),
}
_OF_RUDDERSTACK = {"/v1/import", "/v1/merge", "/v1/audiencelist", "/beacon/v1/batch"}
_SENT_BY_RUDDERSTACK = ("anonymousid", "rs-useragent", "rs-nodecount")
"""Headers of its clients for pages, and for Go."""


class SegmentWire:
    """The wire of Segment and RudderStack.

    Args:
        apps: write key to app; ``""`` for a key that is known and switched off.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> wire = SegmentWire({"key": "editor"})
        >>> body = b'{"writeKey": "key", "userId": "u1", "event": "Saved"}'
        >>> understood = wire.read(Asked("POST", "/v1/track", body=body))
        >>> understood.answer.body, understood.said[0].event
        (b'{"success": true}', 'Saved')
    """

    name = "segment"
    largest = RUDDERSTACK.largest_body

    def __init__(self, apps: Mapping[str, str]) -> None:
        self._apps = dict(apps)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return _place(path) in _METHODS.get(method, ())

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        place = _place(asked.path)
        if asked.method == "OPTIONS":
            return Understood(answers.preflight(asked.headers))
        if place == _CLUSTER:
            understood = Understood(answers.CLUSTER)
        elif place in _PIXELS:
            understood = self._pixel(asked, _PIXELS[place])
        else:
            understood = self._posted(asked, place)
        if ORIGIN not in asked.headers:
            return understood
        return replace(understood, answer=answers.to_page(understood.answer, asked.headers))

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer to a body with too many bytes."""
        family = _family(asked, _place(asked.path))
        return answers.to_page(answers.refused(family, answers.TOO_LARGE), asked.headers)

    def later(self, asked: Asked) -> Answer:
        """Give the answer when nothing can be kept right now."""
        return answers.to_page(answers.LATER, asked.headers)

    def _pixel(self, asked: Asked, kind: str) -> Understood:
        """Read the address of an image; whatever it says, an image is the answer."""
        key = shown_key(asked)
        if refusal := self._refusal(key):
            return Understood(answers.PIXEL, (), Counter([refusal.code]))
        body = Body(RUDDERSTACK, messages=[(kind, pixel_message(asked.query))])
        return self._understood(body, key, asked, answers.PIXEL)

    def _posted(self, asked: Asked, place: str) -> Understood:
        family, key = _family(asked, place), shown_key(asked)
        if family is RUDDERSTACK and key and (refusal := self._refusal(key)):
            return _refused(family, refusal)
        content = inflate(asked.body, asked.headers.get("content-encoding", ""), self.largest)
        if isinstance(content, Refused):
            body = Body(family, refusal=_unpacked(content))
        else:
            body = open_body(content, _POSTED.get(place, ""), family)
        key = key or body.key
        # RudderStack looks at the key first, Segment first at whether it can read what came.
        wrong, unread = self._refusal(key), body.refusal
        if refusal := wrong or unread if body.family is RUDDERSTACK else unread or wrong:
            return _refused(body.family, refusal, self._apps.get(key, ""))
        return self._understood(body, key, asked, body.family.done)

    def _refusal(self, key: str) -> Refusal | None:
        if not key:
            return answers.NO_KEY
        if key not in self._apps:
            return answers.WRONG_KEY
        return None if self._apps[key] else answers.DISABLED

    def _understood(self, body: Body, key: str, asked: Asked, answer: Answer) -> Understood:
        client = asked.headers.get("user-agent", "")
        around = Around(self._apps[key], asked.received, body.sent, body.context, client)
        said: list[Said] = []
        for kind, message in body.messages:
            found = understand(message, kind, around)
            if isinstance(found, str):
                body.discarded[found] += 1
            else:
                said.append(found)
        told = ""
        if body.messages and not said:  # else the first that was understood says it
            told = client_of(read_context(body.messages[0][1].context), around)
        return Understood(answer, said, body.discarded, around.app, told)


def _place(path: str) -> str:
    """Give a path without doubled and closing slashes.

    ``analytics-go`` 3.3.0 puts ``/v1/batch`` behind an address that ends with one.
    """
    return "/" + "/".join(filter(None, path.split("/")))


def _family(asked: Asked, place: str) -> Family:
    """Tell by a request's head of which family its sender is."""
    told = place in _OF_RUDDERSTACK or any(name in asked.headers for name in _SENT_BY_RUDDERSTACK)
    return RUDDERSTACK if told else SEGMENT


def _unpacked(refused: Refused) -> Refusal:
    """Say why a body could not be inflated."""
    large = refused.reason is Reason.TOO_LARGE_INFLATED
    return answers.TOO_LARGE if large else answers.NOT_JSON


def _refused(family: Family, refusal: Refusal, app: str = "") -> Understood:
    return Understood(answers.refused(family, refusal), (), Counter([refusal.code]), app)
