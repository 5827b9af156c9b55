"""Enters: a request of a Sentry client. Leaves: what it said, and its answer.

Errors are kept as where the program broke, sessions as counts; what a client says that it lost is
counted. Everything else is dropped before anything is written.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.foreign_places import ERROR_PLACE
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import JSON, Answer, Understood
from aboveboard.wires.objects import read_object
from aboveboard.wires.segment_times import said_at, seconds
from aboveboard.wires.sentry_code import KnownCode
from aboveboard.wires.sentry_envelope import Envelope, Item, read_envelope
from aboveboard.wires.sentry_events import BAD_EVENT, broke_of, moment, read_event
from aboveboard.wires.sentry_losses import losses
from aboveboard.wires.sentry_sessions import many_sessions, one_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.wires.foreign import Asked
    from aboveboard.wires.sentry_sessions import Sessions

LARGEST_INFLATED = 16 * 1024 * 1024
LARGEST_ITEM = 1024 * 1024
"""Bytes of an event, as Sentry has it."""
LATER_SECONDS = 60
NOT_KEPT_SECONDS = 3600
"""How long a client is told not to send what is not kept; a whole number, for it is read as one."""
_PLACE = re.compile(r"/api/[^/]{1,40}/(envelope|store)/?")
_DSN = re.compile(r"https?://([^:@/]{1,100})(?::[^@/]*)?@.*")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")
_ERROR, _PROPERTY = ERROR_PLACE.split(".")
_NOT_KEPT = {
    "attachment": "attachment",
    "check_in": "monitor",
    "feedback": "feedback",
    "log": "log_item",
    "profile": "profile",
    "profile_chunk": "profile_chunk",
    "replay_event": "replay",
    "replay_recording": "replay",
    "span": "span",
    "statsd": "metric_bucket",
    "trace_metric": "trace_metric",
    "transaction": "transaction",
    "user_report": "feedback",
}
"""The items of which nothing is kept, and what a client calls all that is like it."""
_OPEN = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "x-sentry-error, x-sentry-rate-limits, retry-after"),
)


class SentryWire:
    """The wire of Sentry's clients.

    Args:
        apps: public key to app; ``""`` for a key that is known and switched off.
        code: app to the packages whose frames may be named.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> wire = SentryWire({"key": "editor"}, {})
        >>> body = b'{"exception": {"values": [{"type": "ValueError"}]}, "platform": "python"}'
        >>> understood = wire.read(Asked("POST", "/api/1/store/", "sentry_key=key", body=body))
        >>> understood.said[0].broke.types, understood.answer.body
        (('builtins.ValueError',), b'{}')
    """

    name = "sentry"
    largest = 4 * 1024 * 1024

    def __init__(self, apps: Mapping[str, str], code: Mapping[str, KnownCode]) -> None:
        self._apps = dict(apps)
        self._code = dict(code)
        self._other_code = KnownCode()

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return method == "POST" and _PLACE.fullmatch(path) is not None

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        auth = _auth(asked)
        content = inflate(asked.body, asked.headers.get("content-encoding", ""), LARGEST_INFLATED)
        if isinstance(content, Refused):
            large = content.reason is Reason.TOO_LARGE_INFLATED
            return _refused(413, "too_large") if large else _refused(400, "bad_encoding")
        place = _PLACE.fullmatch(asked.path)
        stored = place is not None and place[1] == "store"
        envelope = _stored(content) if stored else read_envelope(content)
        key = auth.get("sentry_key") or _key_of(envelope.head if envelope else {})
        if not key:
            return _refused(403, "no_key")
        if not self._apps.get(key):
            return _refused(403, "key_is_off" if key in self._apps else "unknown_key")
        app = self._apps[key]
        if envelope is None:
            return _refused(400, "bad_envelope", app)
        version = auth.get("sentry_client") or asked.headers.get("user-agent", "")
        return self._understood(envelope, app, version, asked.received)

    def too_large(self) -> Answer:
        """Give the answer to a body with too many bytes; a client drops what it sent."""
        return _refused(413, "too_large").answer

    def later(self) -> Answer:
        """Give the answer when nothing can be kept right now.

        No client repeats what was not taken, whatever it hears; this one makes them wait, so that
        they lose what comes next without sending it.
        """
        wait = (("retry-after", str(LATER_SECONDS)),)
        return Answer(429, b'{"detail": "not now"}', JSON, (*wait, *_OPEN))

    def _understood(
        self, envelope: Envelope, app: str, version: str, received: float
    ) -> Understood:
        sent = seconds(envelope.head.get("sent_at"))
        around = _Around(app, version, _id(envelope.head.get("event_id")), sent, received)
        said: list[Said] = []
        discarded: Counter[str] = Counter()
        refused: set[str] = set()
        for item in envelope.items:
            for found in self._item(item, around):
                if isinstance(found, Said):
                    said.append(found)
                    if not around.event_id and found.broke is not None:
                        around = around._replace(event_id=found.id)
                else:
                    discarded.update(found)
            if item.kind in _NOT_KEPT:
                refused.add(_NOT_KEPT[item.kind])
        if envelope.left:
            discarded["too_many_items"] += 1
        return Understood(_kept(around.event_id, refused), said, discarded, app)

    def _item(self, item: Item, around: _Around) -> Iterator[Said | Counter[str]]:
        """Give what an item says, and what is dropped of it by reason."""
        if len(item.payload) > LARGEST_ITEM and item.kind not in _NOT_KEPT:
            yield Counter(["item_too_large"])
        elif item.kind == "event":
            yield self._event(item.payload, around)
        elif item.kind in {"session", "sessions"}:
            yield from _sessions(item, around)
        elif item.kind == "client_report":
            yield losses(read_object(item.payload))
        else:
            yield Counter([f"{item.kind}_not_kept" if item.kind in _NOT_KEPT else "item_not_kept"])

    def _event(self, payload: bytes, around: _Around) -> Said | Counter[str]:
        event = read_event(payload)
        if event is None:
            return Counter([BAD_EVENT])
        broke = broke_of(event, self._code.get(around.app, self._other_code))
        if isinstance(broke, str):
            return Counter([broke])
        name = around.event_id or _id(event.event_id)
        told = {_PROPERTY: broke.fingerprint}
        at = around.at(moment(event.timestamp))
        return Said(around.app, _ERROR, told, id=name, at=at, version=around.version, broke=broke)


class _Around(NamedTuple):
    """What is said of all items of a request.

    Attributes:
        app: that its key stands for.
        version: of the client.
        event_id: of what it sends; ``""`` as long as nobody said it.
        sent: when it was sent, by its client's clock.
        received: when it came.
    """

    app: str
    version: str
    event_id: str
    sent: float | None
    received: float

    def at(self, told: float | None) -> float | None:
        """Give a moment by our clock."""
        return said_at(told, self.sent, self.received)


def _sessions(item: Item, around: _Around) -> Iterator[Said | Counter[str]]:
    content = read_object(item.payload) or {}
    found = one_session(content) if item.kind == "session" else many_sessions(content)
    if isinstance(found, str):
        yield Counter([found])
        return
    told: list[Sessions] = found if isinstance(found, list) else [found]
    for each in told:
        if each.counts:
            at = around.at(each.at)
            values, version = each.values, around.version
            yield Said(around.app, "session", values, id=each.id, at=at, version=version)


def _stored(content: bytes) -> Envelope | None:
    """Read one event as older clients send it, some of them packed and in base64."""
    if not content.lstrip().startswith(b"{"):
        try:
            content = base64.b64decode(content, validate=True)
        except ValueError:
            return None
        plain = inflate(content, "deflate", LARGEST_ITEM)
        if isinstance(plain, Refused):
            return None
        content = plain
    return Envelope({}, [Item("event", content)])


def _auth(asked: Asked) -> dict[str, str]:
    """Give what a client says of itself, in a header or in the query."""
    shown = asked.headers.get("x-sentry-auth", "") or asked.headers.get("authorization", "")
    scheme, _, rest = shown.strip().partition(" ")
    if scheme.lower() == "sentry":
        said = (each.partition("=") for each in rest.split(","))
        return {name.strip(): value.strip() for name, _, value in said}
    names = ("sentry_key", "sentry_client")
    return {name: asked.value(name) for name in names} if asked.query else {}


def _key_of(head: dict[str, Any]) -> str:
    """Give the key of the address that a client was made with, where the envelope names it."""
    dsn = head.get("dsn")
    found = _DSN.fullmatch(dsn) if isinstance(dsn, str) else None
    return found[1] if found else ""


def _id(told: object) -> str:
    """Give an event's id as it is compared, ``""`` for what is none."""
    text = told.replace("-", "").lower() if isinstance(told, str) else ""
    return text if _EVENT_ID.fullmatch(text) else ""


def _kept(event_id: str, refused: set[str]) -> Answer:
    """Answer what is kept; a client that sends more is told to spare itself that."""
    body = f'{{"id": "{event_id}"}}'.encode() if event_id else b"{}"
    if not refused:
        return Answer(200, body, JSON, _OPEN)
    limits = f"{NOT_KEPT_SECONDS}:{';'.join(sorted(refused))}:organization"
    return Answer(200, body, JSON, (("x-sentry-rate-limits", limits), *_OPEN))


def _refused(status: int, code: str, app: str = "") -> Understood:
    body = json.dumps({"detail": code.replace("_", " ")}).encode()
    headers = (("x-sentry-error", code), *_OPEN)
    return Understood(Answer(status, body, JSON, headers), (), Counter([code]), app)
