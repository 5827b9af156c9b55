"""Enters: the port ControlStore. Leaves: one that each use opens in a process of its own.

SQLAlchemy and Alembic take much of the memory of a collector that has nothing to do. It uses its
control store when it begins and when a job ran, a few times a day; so they live as long as that
takes (``control_worker`` is the other process).
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aboveboard.ports.control import Backup, JobRun

WORKER = "aboveboard.adapters.control_worker"
LONGEST_SECONDS = 120.0


class Use(NamedTuple):
    """A use of a control store.

    Attributes:
        url: of a PostgreSQL; empty for a file in the folder.
        folder: as above.
        method: of the port.
        told: its arguments.
    """

    url: str
    folder: str
    method: str
    told: tuple[Any, ...]


class ControlProcess:
    """A control store that is open as long as it is used.

    Args:
        url: where it is, ``postgresql://…``; empty for a file in the folder.
        folder: as above.
        worker: the module that is run.
        longest_seconds: after which a use is given up.
    """

    def __init__(
        self,
        url: str,
        folder: str,
        worker: str = WORKER,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._url = url
        self._folder = folder
        self._worker = worker
        self._longest = longest_seconds
        self._closed = False

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        return int(self._use("begin", job, started))

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        self._use("end", run, ended, outcome, dict(numbers))

    def last_runs(self) -> list[JobRun]:
        """Give the latest run of each job, by its name."""
        return list(self._use("last_runs"))

    def runs(self, job: str, most: int) -> list[JobRun]:
        """Give the runs of a job, latest first."""
        return list(self._use("runs", job, most))

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        return int(self._use("forget_runs", before))

    def keep_backup(self, backup: Backup) -> None:
        """Note down a backup; one that lay in its place is forgotten."""
        self._use("keep_backup", backup)

    def backups(self) -> list[Backup]:
        """Give the backups that there are, latest first."""
        return list(self._use("backups"))

    def forget_backup(self, place: str) -> None:
        """Note down that a backup is gone."""
        self._use("forget_backup", place)

    def close(self) -> None:
        """Use it no more; each use lets go of the database by itself."""
        self._closed = True

    def _use(self, method: str, *told: object) -> Any:  # noqa: ANN401 each method has its own
        if self._closed:
            message = "the control store is closed"
            raise ControlError(message)
        use = Use(self._url, self._folder, method, told)
        try:
            done = subprocess.run(  # noqa: S603 our own module, and nothing private in its arguments
                [sys.executable, "-P", "-m", self._worker],
                input=pickle.dumps(use),
                capture_output=True,
                timeout=self._longest,
                check=True,
            )
            found, why = pickle.loads(done.stdout)  # noqa: S301 our own process wrote it
        except _FAILURES as error:
            # Its words could hold the address, and what was to be written.
            message = f"the control store cannot be used: {type(error).__name__}"
            raise ControlError(message) from None
        if why:
            raise ControlError(why)
        return found


_FAILURES = (OSError, ValueError, EOFError, pickle.UnpicklingError, subprocess.SubprocessError)
