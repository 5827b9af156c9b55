"""Enters: what a collector keeps of a report. Leaves: the record that its log holds, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

NATIVE = "native"
"""The wire of ``docs/wire.md``."""
_ENCODER = msgspec.json.Encoder()
_OTHER = b'{"kind":'
"""What every record but a report begins with."""
USUAL_BYTES = 8 * 1024
"""Hardly a report is longer."""


class RecordFact(msgspec.Struct, gc=False, omit_defaults=True):
    """One count of a record: metric, day as it is written, key and count.

    What is usual is left out: most of the time of loading goes into reading.
    """

    m: str
    d: str | None = None
    k: str = ""
    c: int = 1


class RecordTable(msgspec.Struct, gc=False):
    """The counts of a record that have keys: metric, day as it is written, keys and their counts.

    The same as a ``RecordFact`` for each key, and shorter.
    """

    m: str
    d: str | None
    k: list[str]
    c: list[int]


class RecordAside(msgspec.Struct, gc=False, omit_defaults=True, frozen=True):
    """One entry that was set aside: metric, reason, and itself as JSON where it is kept."""

    m: str
    r: str
    e: str | None = None


class RecordDetail(msgspec.Struct, gc=False, omit_defaults=True):
    """What one fingerprint of an error stands for: metric, key, types, frames and said words."""

    m: str
    k: str
    t: list[str]
    f: list[str]
    s: str = ""


class Record(msgspec.Struct, gc=False, omit_defaults=True):
    """What the log keeps of a report: counts per key and what errors stand for, nothing else.

    Attributes:
        tables: more counts; a metric that is here is not among ``facts``.
        w: the hash of the token that takes it back, if it came with one.
        wire: the language in which it came.
    """

    id: str
    app: str
    week: str
    day: str
    facts: list[RecordFact]
    aside: list[RecordAside] = []
    w: str | None = None
    details: list[RecordDetail] = []
    wire: str = NATIVE
    tables: list[RecordTable] = []


class RecordSaid(msgspec.Struct, gc=False, omit_defaults=True, tag_field="kind", tag="said"):
    """What the log keeps of a message of a foreign client.

    Attributes:
        id: a keyed hash of what the wire knows the message by, or chance.
        who: a keyed hash of what the wire knows the sender by; None where nobody is known.
        part: of the sender's state, what ``facts`` replace.
        facts: the state itself.
        sums: what adds up.
        once: what counts once of a sender, however often it is said.
        details: what fingerprints of errors stand for; they stay in the log.
        wire: the language in which it came.
        on_day: the day on which it was said, if facts without a day hold on that day as well as in
            their week; None where they hold in the week alone.
    """

    id: str
    app: str
    week: str
    day: str
    wire: str
    who: str | None = None
    part: str = ""
    facts: list[RecordFact] = []
    sums: list[RecordFact] = []
    once: list[RecordFact] = []
    aside: list[RecordAside] = []
    details: list[RecordDetail] = []
    on_day: str | None = None


class Gone(msgspec.Struct, gc=False, tag_field="kind", tag="gone"):
    """What the log keeps of a withdrawal: whose report is gone.

    Attributes:
        w: the hash of the token that took it back, so that the same request is known again.
    """

    id: str
    app: str
    week: str
    day: str
    w: str


class RecordHad(msgspec.Struct, gc=False, frozen=True):
    """What a report had said before: metric and key."""

    m: str
    k: str


class RecordMore(msgspec.Struct, gc=False, omit_defaults=True, tag_field="kind", tag="more"):
    """Entries of a report that is in the log, which are accepted now and were not then.

    Attributes:
        day: the day on which the report arrived.
        facts: what they say.
        back: the entries themselves, which wait no longer.
        stay: of the same metrics and reasons those that go on waiting.
        had: what the report had said of these metrics, which is counted already.
        on_day: of a foreign message, as there.
    """

    id: str
    app: str
    week: str
    day: str
    facts: list[RecordFact]
    back: list[RecordAside]
    stay: list[RecordAside] = []
    had: list[RecordHad] = []
    details: list[RecordDetail] = []
    wire: str = NATIVE
    on_day: str | None = None


class RecordUnread(msgspec.Struct, gc=False, tag_field="kind", tag="unread"):
    """A body that nobody could read, or its beginning, in base64."""

    app: str
    day: str
    reason: str
    body: str
    wire: str = NATIVE


class RecordDrop(msgspec.Struct, gc=False, tag_field="kind", tag="drop"):
    """Word that what waits for a reason, of all that arrived until a day, need not wait longer."""

    app: str
    day: str
    m: str
    r: str


def facts_of(record: Record) -> list[RecordFact]:
    """Give all counts of a report, each by itself.

    Example:
        >>> opened = RecordTable("file.opened", "2026-11-18", ["menu", "key"], [2, 1])
        >>> record = Record("0f", "editor", "2026-W47", "2026-11-20", [], tables=[opened])
        >>> [(fact.m, fact.k, fact.c) for fact in facts_of(record)]
        [('file.opened', 'menu', 2), ('file.opened', 'key', 1)]
    """
    listed = [
        RecordFact(table.m, table.d, key, count)
        for table in record.tables
        for key, count in zip(table.k, table.c, strict=True)
    ]
    return [*record.facts, *listed]


def is_report(record: bytes) -> bool:
    """Whether a record is a report, not word of something else.

    Example:
        >>> is_report(b'{"id":"0f","app":"editor"}'), is_report(b'{"kind":"gone"}')
        (True, False)
    """
    return not record.startswith(_OTHER)


def encode(
    record: Record | RecordSaid | Gone | RecordMore | RecordUnread | RecordDrop,
) -> bytes:
    """Write a record as one line of JSON; what is no report begins with its kind."""
    return _ENCODER.encode(record)


def encode_many(records: Iterable[Record | None]) -> list[bytes]:
    """Write reports as ``encode`` does, a little faster; nothing where there is none."""
    # One piece of memory for all, so that none has to grow.
    buffer = bytearray(USUAL_BYTES)
    written: list[bytes] = []
    for record in records:
        if record is None:
            written.append(b"")
        else:
            _ENCODER.encode_into(record, buffer)
            written.append(bytes(buffer))
    return written
