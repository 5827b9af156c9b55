from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import worker_processes
from aboveboard.adapters.worker_processes import WorkerProcesses

ECHO = """
import sys
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    if line == b"end\\n":
        break
    if line == b"die\\n":
        sys.exit(1)
"""
DEAF = """
import sys, time
sys.stdout.write("here\\n")
sys.stdout.flush()
time.sleep(600)
"""
PATIENT = """
import os, sys, threading, time

def hear():
    sys.stdin.readline()
    print(sys.stdin.readline(), end="", flush=True)
    sys.stdin.readline()
    os._exit(0)

threading.Thread(target=hear, daemon=True).start()
while True:
    print("here", flush=True)
    time.sleep(0.05)
"""
SILENT = "import sys; sys.exit(1)"


class Make(Protocol):
    def __call__(
        self,
        program: str,
        *names: str,
        order: Callable[[str], bytes] = ...,
        news: list[bytes] = ...,
    ) -> WorkerProcesses: ...


@pytest.fixture
def last_words() -> list[bytes]:
    return []


@pytest.fixture
def make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_words: list[bytes]
) -> Iterator[Make]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made: list[WorkerProcesses] = []

    def make_processes(
        program: str,
        *names: str,
        order: Callable[[str], bytes] = str.encode,
        news: list[bytes] | None = None,
    ) -> WorkerProcesses:
        (tmp_path / "worker_of_a_test.py").write_text(program, encoding="utf-8")
        told = news or [b"news"]
        made.append(
            WorkerProcesses(
                "worker_of_a_test", names, order, lambda: told[-1], b"end", last_words.append
            )
        )
        return made[-1]

    yield make_processes
    for each in made:
        each.stop()


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_each_is_told_its_order_and_ends_in_good_order(make: Make, last_words: list[bytes]) -> None:
    processes = make(ECHO, "1", "2", order=lambda name: b"you are " + name.encode())
    processes.start([])
    assert [each.said for each in processes.each] == [b"you are 1\n", b"you are 2\n"]
    assert all(each.running for each in processes.each)
    processes.stop()
    assert last_words == [b"end\n"] * 2
    assert not any(each.running for each in processes.each)
    assert [each.restarts for each in processes.each] == [0, 0]


def test_news_are_told_when_they_change(make: Make) -> None:
    news = [b"old"]
    processes = make(PATIENT, "1", news=news)
    processes.start([])
    one = processes.each[0]
    time.sleep(0.1)
    assert one.said == b"here\n"
    news.append(b"new")
    wait_until(lambda: one.said == b"new\n")


def test_one_that_dies_is_started_again_and_its_last_words_are_kept(
    make: Make, last_words: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    orders = [b"calm", b"die"]
    processes = make(ECHO, "1", order=lambda _: orders.pop())
    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        processes.start([])
        one = processes.each[0]
        wait_until(lambda: one.said == b"calm\n")
    assert (one.running, one.restarts) == (True, 1)
    assert last_words == [b"die\n"]
    assert "worker 1 ended; it is started again in 0.1 s" in caplog.text


def test_one_that_cannot_live_is_tried_after_growing_pauses(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_processes, "START_SECONDS", 0.0)
    monkeypatch.setattr(worker_processes, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(worker_processes, "LONGEST_PAUSE_SECONDS", 0.02)
    processes = make(SILENT, "1")
    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        processes.start([])
        wait_until(lambda: processes.each[0].restarts >= 2)
    assert not processes.each[0].running
    assert len(caplog.records) >= 2


def test_one_that_ran_long_is_started_again_at_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_processes, "STEADY_SECONDS", 0.0)
    orders = [b"calm", b"die", b"die", b"die"]
    processes = make(ECHO, "1", order=lambda _: orders.pop())
    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        processes.start([])
        wait_until(lambda: processes.each[0].restarts == 3)
    assert {record.getMessage()[-5:] for record in caplog.records} == {"0.1 s"}


def test_one_that_cannot_be_started_is_tried_again(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as none, caplog.at_level(logging.WARNING, logger="aboveboard"):
        none.setattr(sys, "executable", "/no/such/python")
        none.setattr(worker_processes, "START_SECONDS", 0.0)
        processes = make(ECHO, "1")
        processes.start([])
        wait_until(lambda: "cannot be started: No such file" in caplog.text)
    wait_until(lambda: processes.each[0].running)


def test_one_that_does_not_end_is_killed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_processes, "END_SECONDS", 0.05)
    processes = make(DEAF, "1")
    processes.start([])
    processes.stop()
    assert not processes.each[0].running


def test_one_that_takes_no_news_any_more_is_left_to_end(make: Make) -> None:
    news = [b"old"]
    processes = make(
        "import os, sys, time\n"
        "sys.stdin.buffer.readline(); os.close(0)\n"
        "for line in range(3): print(line, flush=True); time.sleep(0.2)\n",
        "1",
        news=news,
    )
    processes.start([])
    news.append(b"new")
    wait_until(lambda: processes.each[0].restarts > 0)


def test_they_share_the_descriptors_that_they_are_given(make: Make) -> None:
    reading, writing = os.pipe()
    processes = make(
        "import os, sys\n"
        "os.write(int(sys.stdin.readline()), b'hello')\n"
        "print('written', flush=True)\n"
        "sys.stdin.readline()\n",
        "1",
        order=lambda _: b"%d" % writing,
    )
    processes.start([writing])
    assert os.read(reading, 10) == b"hello"
    processes.stop()
    os.close(reading)
    os.close(writing)


def test_none_of_them_is_no_work(make: Make) -> None:
    processes = make(ECHO)
    processes.start([])
    processes.stop()
    assert processes.each == []


def test_one_that_rests_before_it_is_tried_again_is_not_started_at_the_end(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_processes, "START_SECONDS", 0.0)
    monkeypatch.setattr(worker_processes, "FIRST_PAUSE_SECONDS", 600.0)
    processes = make(SILENT, "1")
    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        processes.start([])
        wait_until(lambda: "started again in 600.0 s" in caplog.text)
    processes.stop()
    assert processes.each[0].restarts == 0


def test_none_is_started_after_the_end(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_processes, "START_SECONDS", 0.0)
    processes = make(ECHO, "1")
    processes.stop()
    processes.start([])
    processes.stop()
    assert processes.each[0].said == b""
