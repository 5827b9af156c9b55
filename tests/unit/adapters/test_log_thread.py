from __future__ import annotations

import asyncio
import gc
import threading
import time

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.log_thread import LogThread
from aboveboard.errors import LogError


def test_batches_are_done_one_after_the_other_in_one_thread_that_is_not_the_loops() -> None:
    done: list[list[bytes]] = []
    threads: set[int] = set()

    def work(records: list[bytes]) -> None:
        threads.add(threading.get_ident())
        done.append(records)

    async def append() -> None:
        thread = LogThread(work)
        await asyncio.gather(*(thread.append([b"%d" % number]) for number in range(20)))

    asyncio.run(append())
    assert done == [[b"%d" % number] for number in range(20)]
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_the_loop_goes_on_meanwhile() -> None:
    go_on = threading.Event()

    def work(_: list[bytes]) -> None:
        assert go_on.wait(PATIENCE)

    async def append() -> None:
        waiting = asyncio.create_task(LogThread(work).append([]))
        await asyncio.sleep(0)
        go_on.set()
        await waiting

    asyncio.run(append())


def test_what_fails_is_told_to_who_waits_and_the_next_batch_is_done() -> None:
    failures = [LogError("full"), KeyError("a mistake of ours"), SystemExit(3)]

    def work(_: list[bytes]) -> None:
        if failures:
            raise failures.pop(0)

    async def append() -> None:
        thread = LogThread(work)
        for kind in (LogError, KeyError, SystemExit):
            with pytest.raises(kind):
                await thread.append([])
        await thread.append([])

    asyncio.run(append())


def test_who_gave_up_waiting_harms_nobody() -> None:
    go_on = threading.Event()
    done: list[list[bytes]] = []

    def work(records: list[bytes]) -> None:
        go_on.wait(PATIENCE)
        done.append(records)

    async def append() -> None:
        thread = LogThread(work)
        hasty = asyncio.create_task(thread.append([b"1"]))
        await asyncio.sleep(0)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        go_on.set()
        await thread.append([b"2"])

    asyncio.run(append())
    assert done == [[b"1"], [b"2"]]


def test_a_loop_that_ended_meanwhile_harms_nobody() -> None:
    go_on, done = threading.Event(), threading.Event()

    def work(_: list[bytes]) -> None:
        go_on.wait(PATIENCE)
        done.set()

    async def begin() -> LogThread:
        thread = LogThread(work)
        waiting = asyncio.create_task(thread.append([]))
        await asyncio.sleep(0)
        waiting.cancel()
        return thread

    thread = asyncio.run(begin())
    go_on.set()
    assert done.wait(PATIENCE)
    asyncio.run(thread.append([]))


def test_the_thread_ends_when_nobody_has_it_any_more() -> None:
    found: list[threading.Thread] = []
    thread = LogThread(lambda _: found.append(threading.current_thread()))
    asyncio.run(thread.append([]))
    del thread
    gc.collect()
    found[0].join(PATIENCE)
    assert not found[0].is_alive()


def test_without_a_batch_there_is_no_thread() -> None:
    before = threading.active_count()
    thread = LogThread(time.sleep)  # type: ignore[arg-type] # it is never asked
    assert threading.active_count() <= before
    del thread


def test_a_thread_that_cannot_begin_begins_with_the_next_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = threading.Thread.start
    failures = [RuntimeError("can't start new thread")]

    def start(self: threading.Thread) -> None:
        if failures:
            raise failures.pop()
        begun(self)

    monkeypatch.setattr(threading.Thread, "start", start)
    done: list[list[bytes]] = []

    async def append() -> None:
        thread = LogThread(done.append)
        with pytest.raises(RuntimeError, match="new thread"):
            await thread.append([b"1"])
        await thread.append([b"2"])

    asyncio.run(append())
    assert done == [[b"2"]]
