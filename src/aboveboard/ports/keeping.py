"""Enters: what keeping things for a time needs from outside. Leaves: its ports, no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aboveboard.ports.collector import FactStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from aboveboard.ports.collector import Erasure, LogPosition
    from aboveboard.ports.control import JobRun

MOST_WAITING = 100_000
"""How many rows of the quarantine an app may have, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Ages:
    """What is too old on a day.

    Attributes:
        facts: of days before this one, and of weeks that ended before its week, no facts are kept.
        facts_of: the same for single apps.
        waiting: what arrived before this day waits no longer.
        ids: the ids of reports of weeks that ended before this day need not be known.
        most_waiting: how many rows of the quarantine an app may have.
        senders: who said what is forgotten of weeks that ended before the week of this day; None
            forgets nothing.
        days: who said what of single days is forgotten of days before this one, and what was said
            on them with the facts; None forgets nothing.
    """

    facts: date
    waiting: date
    ids: date
    facts_of: Mapping[str, date] = field(default_factory=dict)
    most_waiting: int = MOST_WAITING
    senders: date | None = None
    days: date | None = None


class AgingStore(Protocol):
    """Holds tables in which things grow old. Contract: ``tests/contract/test_aging_store.py``.

    Every method may raise FactsError.
    """

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        ...

    def erasures(self) -> list[Erasure]:
        """Give the places where reports that were taken back may still be."""
        ...

    def age(self, ages: Ages) -> dict[str, int]:
        """Delete what is too old.

        Returns:
            What went, by the name of its table, as a number of rows.
        """
        ...

    def forget_places(self, log: str, before: int) -> None:
        """Forget which reports were in the segments of a log before one: they are not there now."""
        ...

    def rewrite(self) -> None:
        """Write everything anew, each table in the order of its values.

        Afterwards the bytes of what was deleted are in no file of the store, and no order tells
        what came together. Whoever reads or loads waits meanwhile.
        """
        ...


class Tables(FactStore, AgingStore, Protocol):
    """A collector's tables: what they hold grows old."""


class JobsLog(Protocol):
    """Notes down when jobs ran: the part of ``ControlStore`` that they need.

    Every method may raise ControlError.
    """

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        ...

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        ...

    def last_runs(self) -> Sequence[JobRun]:
        """Give the latest run of each job, by its name."""
        ...

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        ...
