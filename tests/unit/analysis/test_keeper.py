from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_control import MemoryControlStore
from aboveboard.analysis import keeper as module
from aboveboard.analysis.keeper import Job, Keeper
from aboveboard.errors import ControlError, FactsError
from aboveboard.ports.control import JobRun
from aboveboard.ports.keeping import JobsLog


class Late(CountingChance):
    """Always draws the middle."""

    def draw(self) -> float:
        return 0.5


class House:
    """A keeper of two jobs, and what they did."""

    def __init__(self, notes: JobsLog | None = None) -> None:
        self.clock = SetClock()
        self.notes = notes or MemoryControlStore()
        self.done: list[tuple[str, date]] = []
        self.failure: Exception | None = None
        self.calm: Callable[[], bool] = lambda: True
        self.jobs = [Job(name, self._job(name), self._is_calm) for name in ("first", "second")]
        self.keeper = Keeper(self.jobs, self.notes, self.clock, Late())

    def after(self, **time: float) -> list[str]:
        """Give the jobs that are done some time later."""
        self.clock.move(timedelta(**time))
        before = len(self.done)
        self.keeper.look()
        return [name for name, _ in self.done[before:]]

    def _is_calm(self) -> bool:
        return self.calm()

    def _job(self, name: str) -> Callable[[date], dict[str, int]]:
        def run(today: date) -> dict[str, int]:
            if self.failure is not None and name == "first":
                raise self.failure
            self.done.append((name, today))
            return {"rows": 3}

        return run


@pytest.fixture
def house() -> House:
    return House()


def test_jobs_begin_some_time_after_the_start_and_then_once_a_day(house: House) -> None:
    assert house.after(minutes=29) == []
    assert house.after(minutes=1) == ["first", "second"]
    assert house.after(hours=24) == []
    assert house.after(minutes=30) == ["first", "second"]
    assert house.done[0] == ("first", date(2026, 11, 18))


def test_what_was_done_is_noted_down_and_known(house: House) -> None:
    house.after(hours=1)
    now = house.clock.now()
    assert house.keeper.last["first"] == JobRun("first", now, now, "done", {"rows": 3})
    assert list(house.notes.last_runs()) == list(house.keeper.last.values())
    assert house.keeper.well


def test_a_run_of_an_earlier_process_counts(house: House) -> None:
    house.after(hours=1)
    again = House(house.notes)
    again.clock.move(timedelta(hours=2))
    assert again.after(hours=0) == []
    assert again.after(hours=24) == ["first", "second"]


def test_a_run_that_never_ended_is_repeated(house: House) -> None:
    house.notes.begin("first", house.clock.now())
    assert house.after(hours=1) == ["first", "second"]


def test_as_long_as_something_is_behind_nothing_begins(house: House) -> None:
    house.calm = lambda: False
    assert house.after(hours=1) == []

    def unknown() -> bool:
        raise FactsError

    house.calm = unknown
    assert house.after(hours=1) == []
    house.calm = lambda: True
    assert house.after(hours=0) == ["first", "second"]


def test_a_job_that_waits_for_nothing_begins_all_the_same(house: House) -> None:
    house.calm = lambda: False
    house.jobs[1] = Job("second", house.jobs[1].run)
    assert house.after(hours=1) == ["second"]


def test_a_job_of_the_start_is_done_at_once_in_each_process_and_then_once_a_day(
    house: House,
) -> None:
    house.jobs[0] = replace(house.jobs[0], at_start=True)
    assert house.after(minutes=1) == ["first"]
    assert house.after(minutes=29) == ["second"]
    again = House(house.notes)
    again.jobs[0] = replace(again.jobs[0], at_start=True)
    again.clock.move(timedelta(hours=1))
    assert again.after(hours=0) == ["first"]
    assert again.after(hours=24) == ["second"]
    assert again.after(minutes=30) == ["first"]


def test_a_job_of_the_start_that_may_not_begin_then_begins_when_it_may(house: House) -> None:
    house.jobs[0] = replace(house.jobs[0], at_start=True)
    house.calm = lambda: False
    assert house.after(minutes=1) == []
    house.calm = lambda: True
    assert house.after(minutes=1) == ["first"]


def test_a_job_of_the_start_that_fails_is_tried_again_like_any(house: House) -> None:
    house.jobs[0] = replace(house.jobs[0], at_start=True)
    house.failure = FactsError("away")
    house.after(minutes=1)
    house.failure = None
    assert house.after(minutes=1) == []
    assert "first" in house.after(minutes=90)


@pytest.mark.parametrize("failure", [FactsError("full"), ZeroDivisionError()])
def test_a_job_that_fails_is_said_and_tried_again_and_the_next_one_runs(
    failure: Exception, house: House
) -> None:
    house.failure = failure
    assert house.after(hours=1) == ["second"]
    assert not house.keeper.well
    assert house.keeper.last["first"].outcome == "failed"
    assert house.after(hours=1) == []
    house.failure = None
    assert house.after(minutes=30) == ["first"]
    assert house.keeper.well


class NoNotes:
    """Cannot note anything down."""

    def __init__(self, *, begins: bool = False) -> None:
        self.begins = begins

    def begin(self, job: str, started: datetime) -> int:
        if not self.begins:
            raise ControlError(job, started)
        return 1

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        raise ControlError(run, ended, outcome, numbers)

    def last_runs(self) -> Sequence[JobRun]:
        raise ControlError

    def forget_runs(self, before: datetime) -> int:
        raise ControlError(str(before))


@pytest.mark.parametrize("begins", [False, True])
def test_jobs_are_done_though_nothing_can_be_noted_down(begins: bool) -> None:  # noqa: FBT001 a parameter of the test
    house = House(NoNotes(begins=begins))
    assert house.after(hours=1) == ["first", "second"]
    assert house.after(hours=1) == []
    assert house.keeper.last["second"].outcome == "done"


def test_it_looks_by_itself_until_it_is_stopped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.001)
    done = threading.Event()

    def tell() -> bool:
        done.set()
        return True

    house.calm = tell
    house.clock.move(timedelta(hours=1))
    house.keeper.start()
    assert done.wait(PATIENCE)
    house.keeper.stop()
    assert house.after(hours=48) == []


def test_one_that_was_never_started_can_be_stopped(house: House) -> None:
    house.keeper.stop()
