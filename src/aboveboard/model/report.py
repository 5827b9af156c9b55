"""Enters: counts that are due. Leaves: a report, the unit that is shown, sent and kept."""

from __future__ import annotations

import enum
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.copy_place import copy_place
from aboveboard.model.period import Week
from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.broke import Broke

EntryValue: TypeAlias = bool | int | str | dict[str, int]
Answered: TypeAlias = frozenset[tuple[str, str]]
"""Reports, each with the destination that has said that it holds nothing more to take back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a report says about one metric.

    Attributes:
        metric: its name in the registry.
        value: a number, a yes or no, a word, or a timing's counts per bucket.
        day: the day, for what adds up; None for what holds for the whole week.
        detail: what some of an error's fingerprints stand for, by fingerprint.
    """

    metric: str
    value: EntryValue
    day: date | None = None
    detail: tuple[Broke, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What one install says about one week, as far as it may travel together. It holds no identity.

    An install's other reports of that week have nothing in common with it but ``app``, ``week`` and
    ``registry``.

    Attributes:
        id: 128 random bits as 32 lower-case hexadecimal digits, new for each report.
        app: the product.
        week: the period it covers.
        registry: fingerprint of the registry it was built by.
        entries: what it says, sorted by metric and day.
        withdrawal: SHA-256 (hexadecimal) of the token that takes it back; ``""`` for none.
    """

    id: str
    app: str
    week: Week
    registry: str
    entries: tuple[Entry, ...]
    withdrawal: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is drawn for a report before it is built.

    Attributes:
        id: of the report.
        token: who shows it may take the report back; only its hash leaves the machine before.
    """

    id: str
    token: str


class Fate(enum.StrEnum):
    """What became of a report at one of its destinations."""

    WAITING = "waiting"
    """Not delivered yet; it is tried again."""
    DELIVERED = "delivered"
    """The collector has it on disk."""
    REFUSED = "refused"
    """The collector will never accept it; it is not tried again."""
    STRUCK = "struck"
    """The person took it out before it left."""
    TAKEN_BACK = "taken_back"
    """It was delivered, and the collector has deleted it since."""


class Struck(enum.StrEnum):
    """What came of striking a report, or a part of it; only NOTHING is false.

    Example:
        >>> bool(Struck.NOTHING), bool(Struck.OUT), bool(Struck.UNHEARD)
        (False, True, True)
    """

    NOTHING = ""
    """There was nothing to take out."""
    OUT = "out"
    """It never leaves."""
    UNHEARD = "unheard"
    """It was tried before in vain, so that somebody may have it as it was all the same."""


COLLECTOR = "collector"
"""The destination that the registry names, or the one that the person named in its place."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A report as it is put into the outbox.

    Attributes:
        report: its id.
        week: its period.
        body: its exact bytes.
        token: who shows it may take the report back.
        due: the moment before which it does not leave, in seconds since 1970.
        day: when it was made.
    """

    report: str
    week: Week
    body: bytes
    token: str
    due: int
    day: date


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one report at one destination, as the journal keeps it.

    Attributes:
        report: its id.
        week: its period.
        fate: what became of it.
        answer: the collector's status and code in words, or why it could not be reached.
        body: the exact JSON bytes that were sealed and sent.
        sealed: how many bytes travelled, 0 if none did.
        day: when it was last tried; until then, when it was made.
        destination: ``collector``, or the address of a copy.
        url: where it was sent; ``""`` as long as it was not.
        at: the moment of the last try, ISO 8601 to the second; ``""`` for none.
        tries: how often it was tried.
        due: the moment before which it is not tried, in seconds since 1970.
    """

    report: str
    week: Week
    fate: Fate
    answer: str
    body: bytes
    sealed: int
    day: date
    destination: str = COLLECTOR
    url: str = ""
    at: str = ""
    tries: int = 0
    due: int = 0

    @property
    def may_have_arrived(self) -> bool:
        """Whether somebody may hold it: they took it, or their answer was never heard."""
        unheard = self.fate in {Fate.WAITING, Fate.STRUCK} and self.tries > 0
        return self.fate is Fate.DELIVERED or unheard


def still_held(deliveries: Iterable[Delivery], answered: Answered) -> set[str]:
    """Give the reports that somebody may hold, so that they can still be taken back.

    Whoever takes copies on another wire has nothing that a report could be asked back from.

    Args:
        deliveries: rows of the journal.
        answered: those about which nobody need be asked any more.
    """
    return {
        each.report
        for each in deliveries
        if each.may_have_arrived
        and (each.report, each.destination) not in answered
        and copy_place(each.destination) is None
    }


def taken_back(deliveries: Iterable[Delivery], answered: Answered) -> set[str]:
    """Give the reports that were taken back, and that nobody holds or waits for any more.

    Args:
        deliveries: rows of the journal.
        answered: those about which nobody need be asked any more.
    """
    rows = list(deliveries)
    waiting = {each.report for each in rows if each.fate is Fate.WAITING}
    back = {each.report for each in rows if (each.report, each.destination) in answered}
    return back - waiting - still_held(rows, answered)
