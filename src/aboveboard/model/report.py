"""Enters: counts that are due. Leaves: a report, the unit that is shown, sent and kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from aboveboard.model.period import Week

EntryValue: TypeAlias = bool | int | str | dict[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a report says about one metric.

    Attributes:
        metric: its name in the registry.
        value: a number, a yes or no, a word, or a timing's counts per bucket.
        day: the day, for what adds up; None for what holds for the whole week.
    """

    metric: str
    value: EntryValue
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one install says about one week. It holds no identity.

    Attributes:
        id: 128 random bits as 32 lower-case hexadecimal digits, new for each report.
        app: the product.
        week: the period it covers.
        registry: fingerprint of the registry it was built by.
        entries: what it says, sorted by metric and day.
    """

    id: str
    app: str
    week: Week
    registry: str
    entries: tuple[Entry, ...]


class Fate(enum.StrEnum):
    """What became of a report."""

    WAITING = "waiting"
    """Not delivered yet; it is tried again."""
    DELIVERED = "delivered"
    """The collector has it on disk."""
    REFUSED = "refused"
    """The collector will never accept it; it is not tried again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one report, as the journal keeps it.

    Attributes:
        report: its id.
        week: its period.
        fate: what became of it.
        answer: the collector's status and code in words, or why it could not be reached.
        body: the exact JSON bytes that were sealed and sent.
        sealed: how many bytes travelled, 0 if none did.
        day: when it was last tried.
    """

    report: str
    week: Week
    fate: Fate
    answer: str
    body: bytes
    sealed: int
    day: date
