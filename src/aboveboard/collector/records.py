"""Enters: what a collector keeps of a report. Leaves: the record that its log holds, as JSON."""

from __future__ import annotations

import msgspec

_ENCODER = msgspec.json.Encoder()


class RecordFact(msgspec.Struct, gc=False):
    """One count of a record: metric, day as it is written, key and count."""

    m: str
    d: str | None
    k: str
    c: int


class RecordAside(msgspec.Struct, gc=False):
    """One entry that was set aside: metric and reason. Its value is not kept."""

    m: str
    r: str


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
        w: the hash of the token that takes it back, if it came with one.
    """

    id: str
    app: str
    week: str
    day: str
    facts: list[RecordFact]
    aside: list[RecordAside]
    w: str | None = None
    details: list[RecordDetail] = []


def encode(record: Record) -> bytes:
    """Write a record as one line of JSON."""
    return _ENCODER.encode(record)
