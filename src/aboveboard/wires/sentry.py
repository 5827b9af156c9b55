"""Enters: a request of a Sentry client. Leaves: what it said, and its answer.

Errors are kept as where the program broke, sessions as counts; what a client says that it lost is
counted. Everything else is dropped before anything is written; attachments while they come.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.model.digest import hex_digest
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.foreign_places import ERROR_PLACE
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import JSON, Answer, Understood
from aboveboard.wires.objects import read_object
from aboveboard.wires.segment_times import said_at, seconds
from aboveboard.wires.sentry_code import KnownCode
from aboveboard.wires.sentry_envelope import Envelope, EnvelopeReader, Item, read_single
from aboveboard.wires.sentry_events import BAD_EVENT, KnownErrors, moment, read_event
from aboveboard.wires.sentry_keys import auth_of, key_of
from aboveboard.wires.sentry_losses import losses
from aboveboard.wires.sentry_sessions import many_sessions, one_session
from aboveboard.wires.sentry_stored import StoredReader
from aboveboard.wires.streams import STEP, WIDE, Unpacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.wires.foreign import Asked
    from aboveboard.wires.sentry_sessions import Sessions

LARGEST_INFLATED = 100 * 1024 * 1024
MEMORY, WIDE_MEMORY = 4 * 1024 * 1024, 20 * 1024 * 1024
"""What is kept until the end, and what undoing the compression takes."""
LATER_SECONDS = 60
NOT_KEPT_SECONDS = 3600
"""How long a client is told not to send what is not kept; a whole number, for it is read as one."""
_PLACE = re.compile(r"/api/[^/]{1,40}/(envelope|store)/?")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")
_ERROR, _PROPERTY = ERROR_PLACE.split(".")
NOT_KEPT = {
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
        (('builtins.ValueError',), b'{"id": "d595952dd5bba3f59083d22b9d6eaf51"}')
    """

    name = "sentry"
    largest = 20 * 1024 * 1024

    def __init__(self, apps: Mapping[str, str], code: Mapping[str, KnownCode]) -> None:
        self._apps = dict(apps)
        self._errors = {app: KnownErrors(code.get(app, KnownCode())) for app in apps.values()}

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return method == "POST" and _PLACE.fullmatch(path) is not None

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        return self.reading(asked).whole(asked.body)

    def reading(self, asked: Asked) -> SentryReading:
        """Begin to read a request by its head."""
        return SentryReading(self, asked)

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer to a body with too many bytes; a client drops what it sent."""
        del asked
        return _refused(413, "too_large").answer

    def later(self, asked: Asked) -> Answer:
        """Give the answer when nothing can be kept right now.

        No client repeats what was not taken, whatever it hears; this one makes them wait, so that
        they lose what comes next without sending it.
        """
        del asked
        wait = (("retry-after", str(LATER_SECONDS)),)
        return Answer(429, b'{"detail": "not now"}', JSON, (*wait, *_OPEN))

    def shut(self, key: str) -> str:
        """Give the code for a key that opens nothing; ``""`` for one that does."""
        if not key:
            return "no_key"
        if self._apps.get(key):
            return ""
        return "key_is_off" if key in self._apps else "unknown_key"

    def app_of(self, key: str) -> str:
        """Give the app that a key stands for, ``""`` for none."""
        return self._apps.get(key, "")

    def understood(self, envelope: Envelope, key: str, version: str, received: float) -> Understood:
        """Tell what an envelope says.

        Args:
            envelope: it.
            key: one that opens.
            version: of the client.
            received: seconds since the epoch.
        """
        app = self._apps[key]
        sent = seconds(envelope.head.get("sent_at"))
        around = _Around(app, version, _id(envelope.head.get("event_id")), sent, received)
        answered = around.event_id
        said: list[Said] = []
        discarded: Counter[str] = Counter()
        refused: set[str] = set()
        for item in envelope.items:
            for found in self._item(item, around):
                if isinstance(found, Said):
                    said.append(found)
                else:
                    discarded.update(found)
            if item.kind in NOT_KEPT:
                refused.add(NOT_KEPT[item.kind])
            if item.kind == "event":
                answered = answered or _id_of(item)
        if envelope.left:
            discarded["too_many_items"] += 1
        return Understood(_kept(answered, refused), said, discarded, app, version)

    def _item(self, item: Item, around: _Around) -> Iterator[Said | Counter[str]]:
        """Give what an item says, and what is dropped of it by reason."""
        if item.is_too_large:
            yield Counter(["item_too_large"])
        elif item.kind == "event":
            yield self._event(item.payload, around)
        elif item.kind in {"session", "sessions"}:
            yield from _sessions(item, around)
        elif item.kind == "client_report":
            yield losses(read_object(item.payload))
        else:
            yield Counter([f"{item.kind}_not_kept" if item.kind in NOT_KEPT else "item_not_kept"])

    def _event(self, payload: bytes, around: _Around) -> Said | Counter[str]:
        event = read_event(payload)
        if event is None:
            return Counter([BAD_EVENT])
        broke = self._errors[around.app].of(event)
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


class SentryReading:
    """Reads a request while it comes.

    Args:
        wire: knows the keys, and what becomes of an envelope.
        asked: the request's head.
    """

    def __init__(self, wire: SentryWire, asked: Asked) -> None:
        self._wire = wire
        self._asked = asked
        auth = auth_of(asked)
        self._key = auth.get("sentry_key", "")
        self._version = auth.get("sentry_client") or asked.headers.get("user-agent", "")
        self._encoding = asked.headers.get("content-encoding", "")
        # An event by itself, as clients sent it before there were envelopes.
        self._is_stored = asked.path.endswith(("/store/", "/store"))
        # Whoever shows a key that is none is refused, whatever comes.
        self._is_shut = bool(self._key and wire.shut(self._key))

    @property
    def memory(self) -> int:
        """Bytes that it may take until it ends."""
        if self._is_shut:
            return 0
        return WIDE_MEMORY if self._encoding.strip().lower() in WIDE else MEMORY

    def whole(self, body: bytes) -> Understood:
        """Tell what a request said whose body is there whole.

        The same as if it came in pieces; what most clients send is read in a fraction of the time.
        """
        if not (self._is_shut or self._is_stored):
            plain = inflate(body, self._encoding, STEP)
            if not isinstance(plain, Refused) and (single := read_single(plain)) is not None:
                return self._told(single)
        self.feed(body)
        return self.end()

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body."""
        if self._is_shut:
            return
        for plain in self._unpacking.feed(piece):
            self._reader.feed(plain)

    def end(self) -> Understood:
        """Tell what the request said."""
        if self._is_shut:
            return self._told(None)
        ended = self._unpacking.end() or self._reader.end()
        if not isinstance(ended, Refused):
            return self._told(ended)
        large = ended.reason is Reason.TOO_LARGE_INFLATED
        return self._refused(413, "too_large") if large else self._refused(400, "bad_encoding")

    @cached_property
    def _unpacking(self) -> Unpacking:
        return Unpacking(self._encoding, LARGEST_INFLATED)

    @cached_property
    def _reader(self) -> StoredReader | EnvelopeReader:
        return StoredReader() if self._is_stored else EnvelopeReader()

    def _told(self, envelope: Envelope | None) -> Understood:
        """Tell what an envelope says; None for what is none."""
        key = self._key or key_of(envelope.head if envelope else {})
        if shut := self._wire.shut(key):
            return self._refused(403, shut)
        if envelope is None:
            return self._refused(400, "bad_envelope", key)
        return self._wire.understood(envelope, key, self._version, self._asked.received)

    def _refused(self, status: int, code: str, key: str = "") -> Understood:
        app = self._wire.app_of(key or self._key)
        return replace(_refused(status, code), app=app, client=self._version)


def _id(told: object) -> str:
    """Give an event's id as it is compared, ``""`` for what is none."""
    text = told.replace("-", "").lower() if isinstance(told, str) else ""
    return text if _EVENT_ID.fullmatch(text) else ""


def _id_of(item: Item) -> str:
    """Give the id that an event is answered with: its own, or one of its bytes."""
    event = read_event(item.payload)
    told = _id(event.event_id) if event is not None else ""
    return told if told or item.is_too_large else hex_digest(item.payload)[:32]


def _kept(event_id: str, refused: set[str]) -> Answer:
    """Answer what is kept; a client that sends more is told to spare itself that."""
    body = f'{{"id": "{event_id}"}}'.encode() if event_id else b"{}"
    if not refused:
        return Answer(200, body, JSON, _OPEN)
    limits = f"{NOT_KEPT_SECONDS}:{';'.join(sorted(refused))}:organization"
    return Answer(200, body, JSON, (("x-sentry-rate-limits", limits), *_OPEN))


def _refused(status: int, code: str) -> Understood:
    body = json.dumps({"detail": code.replace("_", " ")}).encode()
    headers = (("x-sentry-error", code), *_OPEN)
    return Understood(Answer(status, body, JSON, headers), (), Counter([code]))
