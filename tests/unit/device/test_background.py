from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tests.patience import PATIENCE

from aboveboard.device.background import NAME, Background


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


def gone() -> None:
    for thread in threads():
        thread.join(PATIENCE)


class Work:
    """Work that goes on until somebody lets it end."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.rounds = 0
        self.told_to_stop = False

    def __call__(self, stop: Callable[[], bool]) -> None:
        self.rounds += 1
        self.began.release()
        assert self.may_end.acquire(timeout=PATIENCE)
        self.told_to_stop = stop()


def test_there_is_no_thread_before_there_is_work_and_none_after() -> None:
    work = Work()
    background = Background(work)
    assert threads() == []

    assert background.wake()
    assert work.began.acquire(timeout=PATIENCE)
    (thread,) = threads()
    assert thread.daemon
    at_work = background.runs
    work.may_end.release()
    gone()

    assert (at_work, background.runs) == (True, False)
    assert work.rounds == 1


def test_who_is_at_work_goes_through_it_once_more() -> None:
    work = Work()
    background = Background(work)
    background.wake()
    assert work.began.acquire(timeout=PATIENCE)
    for _ in range(5):
        assert background.wake()
    assert len(threads()) == 1
    for _ in range(2):
        work.may_end.release()
    gone()
    assert work.rounds == 2


def test_it_begins_again_when_there_is_work_again() -> None:
    work = Work()
    background = Background(work)
    for _ in range(2):
        work.may_end.release()
        background.wake()
        gone()
    assert work.rounds == 2


def test_it_is_told_to_stop_and_nobody_waits_for_it() -> None:
    work = Work()
    background = Background(work)
    background.wake()
    assert work.began.acquire(timeout=PATIENCE)
    background.wake()

    background.end()

    assert background.runs, "it still waits, and the program goes on"
    assert not background.wake()
    work.may_end.release()
    gone()
    assert work.told_to_stop
    assert work.rounds == 1


def test_work_that_ends_in_time_has_ended() -> None:
    work = Work()
    background = Background(work)
    background.end()
    background = Background(work)
    background.wake()
    work.may_end.release()
    background.end(PATIENCE)
    assert threads() == []


def test_the_work_itself_may_end_it() -> None:
    background = Background(lambda _: background.end(PATIENCE))
    background.wake()
    gone()
    assert not background.wake()


def test_work_that_fails_does_not_show_and_is_done_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rounds: list[int] = []

    def fail(_: Callable[[], bool]) -> None:
        rounds.append(1)
        message = "a secret"
        raise RuntimeError(message)

    background = Background(fail)
    for _ in range(2):
        background.wake()
        gone()
    assert len(rounds) == 2
    assert capsys.readouterr() == ("", "")


def test_where_no_thread_can_be_started_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    background = Background(Work())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert not background.wake()
    assert not background.runs


def test_a_process_that_was_forked_begins_anew() -> None:
    work = Work()
    background = Background(work)
    background.wake()
    assert work.began.acquire(timeout=PATIENCE)
    work.may_end.release()
    gone()
    background._lock.acquire()  # noqa: SLF001 as if the fork had come while somebody held it
    background.after_fork()
    work.may_end.release()
    assert background.wake()
    gone()
    assert work.rounds == 2
