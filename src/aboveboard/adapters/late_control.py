"""Enters: the port ControlStore. Leaves: one that is opened when it is used for the first time.

What it is made with takes long to import, and a collector that starts does not need it yet.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aboveboard.errors import ControlError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from aboveboard.ports.control import Backup, ControlStore, JobRun


class LateControlStore:
    """Stands for a control store, also while its database is away: each use tries again.

    Args:
        opens: opens it.
    """

    def __init__(self, opens: Callable[[], ControlStore]) -> None:
        self._opens = opens
        self._one_opens = threading.Lock()
        self._found: ControlStore | None = None
        self._closed = False

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        return self._store().begin(job, started)

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        self._store().end(run, ended, outcome, numbers)

    def last_runs(self) -> list[JobRun]:
        """Give the latest run of each job, by its name."""
        return self._store().last_runs()

    def runs(self, job: str, most: int) -> list[JobRun]:
        """Give the runs of a job, latest first."""
        return self._store().runs(job, most)

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        return self._store().forget_runs(before)

    def keep_backup(self, backup: Backup) -> None:
        """Note down a backup; one that lay in its place is forgotten."""
        self._store().keep_backup(backup)

    def backups(self) -> list[Backup]:
        """Give the backups that there are, latest first."""
        return self._store().backups()

    def forget_backup(self, place: str) -> None:
        """Note down that a backup is gone."""
        self._store().forget_backup(place)

    def close(self) -> None:
        """Let go of the database, if it was ever used."""
        with self._one_opens:
            self._closed = True
            if self._found is not None:
                self._found.close()

    def _store(self) -> ControlStore:
        with self._one_opens:
            if self._closed:
                message = "the control store is closed"
                raise ControlError(message)
            if self._found is None:
                try:
                    self._found = self._opens()
                except SetupError as error:
                    raise ControlError(str(error)) from error
            return self._found
