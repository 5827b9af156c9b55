"""Enters: jobs that keep a collector in order. Leaves: each is done once a day, and noted down."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.errors import AboveboardError, ControlError
from aboveboard.ports.control import JobRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from aboveboard.ports.keeping import JobsLog
    from aboveboard.ports.surroundings import Chance, Clock

logger = logging.getLogger("aboveboard")
EACH = timedelta(days=1)
SPREAD = timedelta(hours=1)
"""So much later than its moment a job may begin: many collectors do not do so at once."""
AGAIN = timedelta(hours=1)
"""When a job is tried again that failed."""
PAUSE_SECONDS = 60.0
DONE = "done"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done once a day.

    Attributes:
        name: a stable word.
        run: does it for a day; gives how much it did, each number by its name.
        when: whether it may begin now; one of our errors means no.
        at_start: whether it is done after each start as well, and at once: it is quickly done, and
            may give room without which nothing goes on.
    """

    name: str
    run: Callable[[date], Mapping[str, int]]
    when: Callable[[], bool] = lambda: True
    at_start: bool = False


class Keeper:
    """Does jobs, one after the other, in a thread of its own.

    Args:
        jobs: what is to be done, in this order.
        notes: where it is noted down.
        clock: tells the time.
        chance: spreads the beginnings.

    Attributes:
        last: the last run of each job, by its name.
    """

    def __init__(self, jobs: Sequence[Job], notes: JobsLog, clock: Clock, chance: Chance) -> None:
        self.last: dict[str, JobRun] = {}
        self._jobs = jobs
        self._notes = notes
        self._clock = clock
        self._remembers = False
        self._begun: set[str] = set()
        self._late = SPREAD * chance.draw()
        self._began = clock.now()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    @property
    def well(self) -> bool:
        """Whether the last run of each job succeeded, as far as it ended."""
        return all(run.outcome != FAILED for run in self.last.values())

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the job under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> int:
        """Do every job that is due, and may be done now; tell how many."""
        self._remember()
        done = 0
        for job in self._jobs:
            if not self._stop.is_set() and self._is_due(job) and _may(job):
                self._do(job)
                done += 1
        return done

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            self.look()

    def _remember(self) -> None:
        """Look once when the jobs ran last, before this process."""
        if self._remembers:
            return
        try:
            known = {job.name for job in self._jobs}
            found = {run.job: run for run in self._notes.last_runs() if run.job in known}
            self.last = found | self.last
            self._remembers = True
        except ControlError as error:
            logger.warning("nobody knows when the jobs ran last: %s", error)

    def _is_due(self, job: Job) -> bool:
        if job.at_start and job.name not in self._begun:
            return True
        now, last = self._clock.now(), self.last.get(job.name)
        if last is None or last.outcome == "":
            return now >= self._began + self._late
        return now >= last.started + (AGAIN if last.outcome == FAILED else EACH) + self._late

    def _do(self, job: Job) -> None:
        started = self._clock.now()
        numbers: Mapping[str, int] = {}
        outcome = FAILED
        number = self._begin(job.name, started)
        try:
            numbers = job.run(started.date())
            outcome = DONE
        except AboveboardError as error:
            logger.warning("the job %s failed: %s", job.name, error)
        except Exception as error:  # noqa: BLE001 the next job must still run
            logger.warning("the job %s failed: %s", job.name, type(error).__name__)
        ended = self._clock.now()
        self.last = self.last | {job.name: JobRun(job.name, started, ended, outcome, numbers)}
        try:
            if number is not None:
                self._notes.end(number, ended, outcome, numbers)
        except ControlError as error:
            logger.warning("it is not noted down how the job %s ended: %s", job.name, error)

    def _begin(self, name: str, started: datetime) -> int | None:
        self._begun.add(name)
        self.last = self.last | {name: JobRun(name, started)}
        try:
            return self._notes.begin(name, started)
        except ControlError as error:
            logger.warning("it is not noted down that the job %s began: %s", name, error)
            return None


def _may(job: Job) -> bool:
    try:
        return job.when()
    except AboveboardError:
        return False
