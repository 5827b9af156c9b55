"""Enters: a request of the GA4 Measurement Protocol. Leaves: what it said, and Google's answers.

``/mp/collect`` answers 204 to whatever arrives, as Google does; what is left out is counted for the
operator. ``/debug/mp/collect`` tells what is wrong, keeps nothing and does not ask for the secret.
Nothing that names a person, an address or a device is kept of either.
"""

from __future__ import annotations

import hmac
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from aboveboard.model.said import Said
from aboveboard.model.verdict import Refused
from aboveboard.wires import ga4_limits as limits
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import JSON, SOONER_OR_LATER, Answer, Understood
from aboveboard.wires.ga4_checks import UNREADABLE, judge, table
from aboveboard.wires.ga4_judged import Judged
from aboveboard.wires.ga4_limits import Code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.wires.foreign import Asked

COLLECT, DEBUG = "/mp/collect", "/debug/mp/collect"
STREAM_IDS = ("measurement_id", "firebase_app_id")
"""Names of a stream's id in a query: of the web, of an app."""
USER_PROPERTIES = "user_properties"
LEFT_OUT = frozenset({"session_id", "session_number", "debug_mode"})
"""Parameters that tell sessions apart, and those that only Google needs."""
SILENCE = Answer(204, media_type="")
_DECODER = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of data, as Google calls what has an id and secrets of its own.

    Attributes:
        app: the product that it is about.
        secrets: each of which opens it, so that one can follow another.
    """

    app: str
    secrets: tuple[str, ...] = field(repr=False)


class Ga4Wire:
    """The Measurement Protocol.

    Args:
        streams: by measurement id or Firebase app id.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> wire = Ga4Wire({"G-1": Stream("editor", ("s",))})
        >>> body = b'{"client_id":"7","events":[{"name":"opened"}]}'
        >>> query = "api_secret=s&measurement_id=G-1"
        >>> understood = wire.read(Asked("POST", "/mp/collect", query, body=body))
        >>> understood.answer.status, understood.said[0].event
        (204, 'opened')
    """

    name = "ga4"
    largest = 1024 * 1024

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self._streams = dict(streams)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return method == "POST" and path in {COLLECT, DEBUG}

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        return _validated(asked) if asked.path == DEBUG else self._collected(asked)

    def too_large(self, asked: Asked) -> Answer:
        """Be silent, as ever."""
        del asked
        return SILENCE

    def later(self, asked: Asked) -> Answer:
        """Say that nothing was kept, to those who listen."""
        del asked
        return Answer(503, media_type="", headers=(("retry-after", str(SOONER_OR_LATER)),))

    def _collected(self, asked: Asked) -> Understood:
        stream = self._stream(asked)
        if not isinstance(stream, Stream):
            return Understood(SILENCE, discarded=Counter({stream: 1}))
        content = _content(asked, strict=False)
        if isinstance(content, _Unreadable):
            return Understood(SILENCE, discarded=Counter({content.reason: 1}))
        found = judge(content.value, of_app=_of_app(asked), received=asked.received)
        return Understood(SILENCE, _said(stream.app, found, asked), found.dropped)

    def _stream(self, asked: Asked) -> Stream | str:
        """Give the stream that a request may report to, or why there is none."""
        named = next((found for name in STREAM_IDS if (found := asked.value(name))), "")
        stream = self._streams.get(named)
        if stream is None:
            return "unknown_stream" if named else "no_stream"
        tried = _secrets(asked)
        good = [
            hmac.compare_digest(mine.encode(), theirs.encode(errors="surrogatepass"))
            for mine in stream.secrets
            for theirs in tried
        ]
        return stream if any(good) else "wrong_secret"


@dataclass(frozen=True, slots=True)
class _Unreadable:
    reason: str
    code: Code


@dataclass(frozen=True, slots=True)
class _Content:
    value: object


def _validated(asked: Asked) -> Understood:
    """Tell what is wrong with a request."""
    content = _content(asked, strict=True)
    if isinstance(content, _Unreadable):
        found = Judged()
        found.tell("", content.code, UNREADABLE)
    else:
        found = judge(content.value, of_app=_of_app(asked), received=asked.received)
    if not any(asked.value(name) for name in STREAM_IDS):
        sentence = "Measurement requires a measurement_id or a firebase_app_id."
        found.tell("measurement_id", Code.VALUE_REQUIRED, sentence)
    messages = [problem.table() for problem in found.problems]
    # Plain ASCII, since a name may be half a character, which JSON can escape and UTF-8 cannot say.
    body = json.dumps({"validationMessages": messages}, separators=(",", ":"))
    return Understood(Answer(200, body.encode("ascii"), JSON))


def _of_app(asked: Asked) -> bool:
    web, app = (asked.value(name) for name in STREAM_IDS)
    return bool(app) and not web


def _secrets(asked: Asked) -> tuple[str, str]:
    """Give the secret as it was meant, and as it stood there: some clients do not escape it."""
    pairs = (pair.partition("=") for pair in asked.query.split("&"))
    raw = next((value for name, _, value in pairs if name == "api_secret"), "")
    return asked.value("api_secret"), raw


def _content(asked: Asked, *, strict: bool) -> _Content | _Unreadable:
    """Read the body; a strict reader also finds names that are there twice."""
    encoding = asked.headers.get("content-encoding", "")
    plain = inflate(asked.body, encoding, limits.MOST_BYTES - 1)
    if isinstance(plain, Refused):
        too_large = "too_large" in plain.reason.value
        code = Code.VALUE_OUT_OF_BOUNDS if too_large else Code.VALUE_INVALID
        return _Unreadable(plain.reason.value, code)
    try:
        if strict:
            return _Content(json.loads(plain, object_pairs_hook=table, parse_constant=_no_number))
        return _Content(_DECODER.decode(plain))
    except (ValueError, RecursionError):  # msgspec's own errors are among the first
        return _Unreadable("not_json", Code.VALUE_INVALID)


def _no_number(word: str) -> object:
    raise ValueError(word)


def _said(app: str, found: Judged, asked: Asked) -> list[Said]:
    version = asked.headers.get("user-agent", "")
    said = [
        Said(
            app,
            event.name,
            {name: value for name, value in event.values.items() if name not in LEFT_OUT},
            found.who,
            at=event.at,
            version=version,
        )
        for event in found.events
    ]
    for each in found.properties:
        part = f"{USER_PROPERTIES}/{each.name}"
        said.append(
            Said(
                app, USER_PROPERTIES, each.values, found.who, at=each.at, part=part, version=version
            )
        )
    return said
