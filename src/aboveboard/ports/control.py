"""Enters: what a collector notes down about its own work. Leaves: the port that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job.

    Attributes:
        job: its name.
        started: when it began, with a zone.
        ended: when it ended; None while it runs, and for ever where its process was killed.
        outcome: a stable code, such as ``done``; empty as long as there is none.
        numbers: how much it did, each number by its name.
    """

    job: str
    started: datetime
    ended: datetime | None = None
    outcome: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made.

    Attributes:
        made: when, with a zone.
        place: where it lies, as whoever made it names the place.
        size: its bytes.
        until: the last day it is kept.
    """

    made: datetime
    place: str
    size: int
    until: date


class ControlStore(Protocol):
    """Notes down a collector's own work. Contract: ``tests/contract/test_control_store.py``.

    Nothing that is counted depends on it. Every method may raise ControlError.
    """

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        ...

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        ...

    def last_runs(self) -> list[JobRun]:
        """Give the latest run of each job, by its name."""
        ...

    def runs(self, job: str, most: int) -> list[JobRun]:
        """Give the runs of a job, latest first."""
        ...

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        ...

    def keep_backup(self, backup: Backup) -> None:
        """Note down a backup; one that lay in its place is forgotten."""
        ...

    def backups(self) -> list[Backup]:
        """Give the backups that there are, latest first."""
        ...

    def forget_backup(self, place: str) -> None:
        """Note down that a backup is gone."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
