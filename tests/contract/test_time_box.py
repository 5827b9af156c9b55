"""The contract of the port TimeBox, run over all its adapters."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import NoReturn

import pytest
from tests.patience import ENOUGH, PATIENCE

from aboveboard.adapters.direct_box import DirectBox
from aboveboard.adapters.thread_box import ThreadBox
from aboveboard.device.time_box import Done, Lost, TimeBox

WHERE: ContextVar[str] = ContextVar("where")


@pytest.fixture(
    params=[pytest.param(DirectBox, id="direct"), pytest.param(ThreadBox, id="thread")],
)
def box(request: pytest.FixtureRequest) -> TimeBox:
    made: TimeBox = request.param()
    return made


def fail() -> NoReturn:
    message = "token=hunter2"
    raise ValueError(message)


def test_what_a_function_gives_comes_back(box: TimeBox) -> None:
    with box.worker() as run:
        assert run(lambda: 3) == Done(3)
        assert run(lambda: None) == Done(None)


@pytest.mark.parametrize("work", [fail, sys.exit], ids=["error", "exit"])
def test_what_a_function_raises_ends_here(box: TimeBox, work: type) -> None:
    with box.worker() as run:
        assert run(work) is Lost.FAILED
        assert run(lambda: "next") == Done("next")


def test_functions_run_one_after_another(box: TimeBox) -> None:
    seen: list[int] = []
    with box.worker() as run:
        for number in range(100):
            run(lambda number=number: seen.append(number))  # type: ignore[misc]
    assert seen == list(range(100))


def test_a_function_sees_the_context_of_whoever_asks(box: TimeBox) -> None:
    WHERE.set("here")
    with box.worker() as run:
        assert run(WHERE.get) == Done("here")


def test_two_workers_do_not_know_each_other(box: TimeBox) -> None:
    with box.worker() as run, box.worker() as other:
        assert other(lambda: run(lambda: "inner")) == Done(Done("inner"))


def test_an_error_of_the_block_comes_through(box: TimeBox) -> None:
    with pytest.raises(ValueError, match="hunter2"), box.worker():
        fail()


# What only the thread can.


class Gate:
    """Holds whoever waits at it until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self.passed = threading.Event()

    def wait(self) -> None:
        self._opened.wait()
        self.passed.set()

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()
    assert made.passed.wait(PATIENCE)


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "aboveboard"}


def test_a_function_that_hangs_is_left_behind(gate: Gate) -> None:
    with ThreadBox(ENOUGH).worker() as run:
        started = time.monotonic()
        assert run(gate.wait) is Lost.HUNG
        assert time.monotonic() - started < PATIENCE
        assert run(lambda: "next") == Done("next")


def test_a_thread_that_was_left_behind_ends_with_its_function(gate: Gate) -> None:
    before = threads()
    with ThreadBox(ENOUGH).worker() as run:
        run(gate.wait)
        (left,) = threads() - before
    assert left.daemon
    gate.open()
    left.join(PATIENCE)
    assert not left.is_alive()


def test_there_is_no_thread_before_the_first_function_nor_after_the_last() -> None:
    before = threads()
    with ThreadBox().worker() as run:
        assert threads() <= before
        run(list)
        run(list)
        (thread,) = threads() - before
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_where_no_thread_can_start_every_function_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> NoReturn:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with ThreadBox().worker() as run:
        assert run(list) is Lost.FAILED


def test_a_direct_box_lets_a_person_interrupt() -> None:
    def interrupt() -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), DirectBox().worker() as run:
        run(interrupt)
