"""Enters: the port ControlStore. Leaves: the same, kept in memory alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.errors import ControlError
from aboveboard.ports.control import JobRun

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aboveboard.ports.control import Backup


class MemoryControlStore:
    """Forgets everything at the end."""

    def __init__(self) -> None:
        self._runs: dict[int, JobRun] = {}
        self._begun = 0
        self._backups: dict[str, Backup] = {}

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        self._begun += 1
        self._runs[self._begun] = JobRun(job, started)
        return self._begun

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        if run not in self._runs:
            message = f"no run has the number {run}"
            raise ControlError(message)
        found = self._runs[run]
        self._runs[run] = replace(found, ended=ended, outcome=outcome, numbers=dict(numbers))

    def last_runs(self) -> list[JobRun]:
        """Give the latest run of each job, by its name."""
        return [self._runs[number] for _, number in sorted(self._latest().items())]

    def runs(self, job: str, most: int) -> list[JobRun]:
        """Give the runs of a job, latest first."""
        found = [run for _, run in sorted(self._runs.items(), reverse=True) if run.job == job]
        return found[:most]

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        latest = set(self._latest().values())
        old = [n for n, run in self._runs.items() if run.started < before and n not in latest]
        for number in old:
            del self._runs[number]
        return len(old)

    def keep_backup(self, backup: Backup) -> None:
        """Note down a backup; one that lay in its place is forgotten."""
        self._backups[backup.place] = backup

    def backups(self) -> list[Backup]:
        """Give the backups that there are, latest first."""
        return sorted(self._backups.values(), key=lambda each: (each.made, each.place))[::-1]

    def forget_backup(self, place: str) -> None:
        """Note down that a backup is gone."""
        self._backups.pop(place, None)

    def close(self) -> None:
        """Let go of nothing."""

    def _latest(self) -> dict[str, int]:
        """Give the number of each job's latest run."""
        return {run.job: number for number, run in sorted(self._runs.items())}
