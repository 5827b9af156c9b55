from __future__ import annotations

import asyncio
import errno
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import file_log, kernel_sync
from aboveboard.adapters.async_log import AsyncLog
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.memory_sync import HeldSync
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition

ALL = 1024 * 1024
BROKEN = OSError(errno.EIO, "Input/output error")


def everything(log: FileLog) -> list[bytes]:
    found: list[bytes] = []
    place = LogPosition()
    while (part := log.read(place, ALL)).records:
        found += part.records
        place = part.end
    return found


def begun(folder: Path) -> FileLog:
    """Give a log that is only to be written on."""
    log = FileLog(folder)
    log.append([b"first"])
    return log


async def until(true: Callable[[], bool]) -> None:
    end = asyncio.get_running_loop().time() + PATIENCE
    while not true():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.001)


def test_what_is_only_written_on_is_synced_by_the_kernel_and_the_rest_by_a_thread(
    tmp_path: Path,
) -> None:
    log, sync = FileLog(tmp_path, segment_bytes=106), HeldSync()

    async def append() -> None:
        appending = AsyncLog(log, sync)
        await appending.append([b"begins the segment"])
        assert sync.begun == 0
        for number in range(4):
            waiting = asyncio.create_task(appending.append([b"%d" % number * 10]))
            await until(lambda: sync.begun == number + 1)  # noqa: B023 awaited at once
            assert len(everything(log)) == number + 1
            sync.end()
            sync.reap()
            await waiting
        assert sync.begun == 4
        await appending.append([b"begins the next"])
        assert sync.begun == 4

    asyncio.run(append())
    assert [len(each) for each in everything(log)] == [18, 10, 10, 10, 10, 15]
    assert len(log.segments()) == 2


def test_a_sync_that_fails_ends_the_segment(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()

    async def append() -> None:
        appending = AsyncLog(log, sync)
        waiting = asyncio.create_task(appending.append([b"lost"]))
        await until(lambda: sync.begun == 1)
        sync.end(BROKEN)
        sync.reap()
        with pytest.raises(LogError, match="the log cannot be written: Input/output error"):
            await waiting
        await appending.append([b"second"])

    asyncio.run(append())
    assert everything(log) == [b"first", b"second"]
    assert len(log.segments()) == 2
    log.close()
    assert everything(FileLog(tmp_path)) == [b"first", b"second"]


def test_a_write_that_fails_ends_the_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, sync = begun(tmp_path), HeldSync()

    async def append() -> None:
        appending = AsyncLog(log, sync)
        with monkeypatch.context() as full:

            def no_space(*_arguments: object) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

            full.setattr(os, "write", no_space)
            with pytest.raises(LogError, match="No space left"):
                await appending.append([b"lost"])
        await appending.append([b"second"])

    asyncio.run(append())
    assert sync.begun == 0
    assert everything(log) == [b"first", b"second"]


def test_what_has_no_room_reserved_is_for_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_log, "RESERVED_BYTES", 2000)
    log, sync = begun(tmp_path), HeldSync()
    sizes = [1990, 900, 1100]

    async def append() -> None:
        appending = AsyncLog(log, sync)
        for size in sizes:
            waiting = asyncio.create_task(appending.append([b"x" * size]))
            await until(lambda: sync.begun or waiting.done())  # type: ignore[arg-type, return-value] # noqa: B023
            while sync.begun:
                sync.end()
                sync.reap()
                sync.begun = 0
                by_kernel.append(size)
            await waiting

    by_kernel: list[int] = []
    asyncio.run(append())
    assert by_kernel == [900]
    assert [len(each) for each in everything(log)] == [5, *sizes]


def test_while_another_thread_writes_the_loop_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, sync = begun(tmp_path), HeldSync()
    writing, go_on = threading.Event(), threading.Event()
    real = os.fdatasync

    def slowly(descriptor: int) -> None:
        writing.set()
        assert go_on.wait(PATIENCE)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", slowly)
    replaying = threading.Thread(target=log.append, args=[[b"replayed"]])
    replaying.start()
    assert writing.wait(PATIENCE)

    async def append() -> None:
        waiting = asyncio.create_task(AsyncLog(log, sync).append([b"second"]))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        go_on.set()
        await waiting

    asyncio.run(append())
    replaying.join()
    assert sync.begun == 0
    assert everything(log) == [b"first", b"replayed", b"second"]


def test_other_threads_wait_until_the_kernel_has_synced(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()

    async def append() -> None:
        waiting = asyncio.create_task(AsyncLog(log, sync).append([b"second"]))
        await until(lambda: sync.begun == 1)
        replaying = asyncio.create_task(asyncio.to_thread(log.append, [b"replayed"]))
        await asyncio.sleep(0.01)
        assert not replaying.done()
        sync.end()
        sync.reap()
        await asyncio.gather(waiting, replaying)

    asyncio.run(append())
    assert everything(log) == [b"first", b"second", b"replayed"]


def test_batches_that_come_at_once_are_all_kept(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    kernel = kernel_sync.offered(tmp_path)

    async def append() -> None:
        appending = AsyncLog(log, kernel)
        for _ in range(20):
            await asyncio.gather(*(appending.append([b"%d" % each]) for each in range(5)))

    asyncio.run(append())
    assert sorted(everything(log)) == sorted([b"%d" % each for each in range(5)] * 20)


def test_who_gave_up_waiting_harms_nobody(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()

    async def append() -> None:
        appending = AsyncLog(log, sync)
        hasty = asyncio.create_task(appending.append([b"second"]))
        await until(lambda: sync.begun == 1)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        assert everything(log) == [b"first"]
        sync.end()
        sync.reap()
        third = asyncio.create_task(appending.append([b"third"]))
        await until(lambda: sync.begun == 2)
        sync.end()
        sync.reap()
        await third

    asyncio.run(append())
    assert everything(log) == [b"first", b"second", b"third"]


def left_by_a_loop_that_ended(log: FileLog, sync: HeldSync) -> AsyncLog:
    appending = AsyncLog(log, sync)

    async def begin() -> None:
        waiting = asyncio.create_task(appending.append([b"second"]))
        await until(lambda: sync.begun == 1)
        waiting.cancel()

    asyncio.run(begin())
    return appending


def test_closing_ends_what_a_loop_left_that_ended(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()
    left_by_a_loop_that_ended(log, sync)
    closing = threading.Thread(target=log.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    sync.end()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert everything(FileLog(tmp_path)) == [b"first", b"second"]


def test_closing_ends_what_a_loop_left_that_was_closed_in_the_middle(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(AsyncLog(log, sync).append([b"second"]))
    loop.run_until_complete(until(lambda: sync.begun == 1))
    loop.close()
    sync.end()
    log.close()
    assert not waiting.done()
    # Nobody can end it any more; asyncio would say so when it is forgotten.
    waiting._log_destroy_pending = False  # type: ignore[attr-defined] # noqa: SLF001 as above
    assert everything(FileLog(tmp_path)) == [b"first", b"second"]


def test_closing_in_the_loop_that_should_reap_does_not_wait_for_it(tmp_path: Path) -> None:
    log, kernel = begun(tmp_path), kernel_sync.offered(tmp_path)

    async def append() -> None:
        waiting = asyncio.create_task(AsyncLog(log, kernel).append([b"second"]))
        await asyncio.sleep(0)
        log.close()
        await waiting

    asyncio.run(append())
    assert everything(FileLog(tmp_path)) == [b"first", b"second"]


def test_closing_in_another_thread_tells_who_waits_in_the_loop(tmp_path: Path) -> None:
    log, sync = begun(tmp_path), HeldSync()

    async def append() -> None:
        waiting = asyncio.create_task(AsyncLog(log, sync).append([b"second"]))
        await until(lambda: sync.begun == 1)
        sync.end()
        await asyncio.to_thread(log.close)
        await asyncio.wait_for(waiting, PATIENCE)

    asyncio.run(append())
    assert everything(log) == [b"first", b"second"]


def test_another_loop_ends_what_the_one_before_left(tmp_path: Path) -> None:
    log, kernel = begun(tmp_path), kernel_sync.offered(tmp_path)
    appending = AsyncLog(log, kernel)

    async def begin() -> None:
        waiting = asyncio.create_task(appending.append([b"second"]))
        await asyncio.sleep(0)
        waiting.cancel()

    async def go_on() -> None:
        await asyncio.wait_for(appending.append([b"third"]), PATIENCE)

    asyncio.run(begin())
    asyncio.run(go_on())
    assert everything(log) == [b"first", b"second", b"third"]


class Gone(HeldSync):
    """A kernel that does it no more."""

    def start(self, descriptor: int, told: Callable[[OSError | None], None]) -> None:  # noqa: ARG002 refused
        """Refuse."""
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


class Short(HeldSync):
    """A kernel that would do it, in a process that has no memory left to ask."""

    def start(self, descriptor: int, told: Callable[[OSError | None], None]) -> None:  # noqa: ARG002 refused
        """Refuse."""
        raise MemoryError


class Unwatched(HeldSync):
    """A kernel whose word no loop can wait for."""

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ARG002 refused
        """Refuse."""
        raise OSError(errno.EMFILE, "Too many open files")


@pytest.mark.parametrize("kind", [Gone, Short, Unwatched])
def test_where_the_kernel_syncs_no_more_a_thread_does_and_nothing_is_refused(
    kind: type[HeldSync], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log, sync = begun(tmp_path), kind()

    async def append() -> None:
        appending = AsyncLog(log, sync)
        await appending.append([b"second"])
        await appending.append([b"third"])

    with caplog.at_level(logging.WARNING):
        asyncio.run(append())
    assert everything(log) == [b"first", b"second", b"third"]
    assert [each.getMessage().partition(":")[0] for each in caplog.records] == [
        "the kernel syncs the log no more, a thread does"
    ]


def test_where_neither_kernel_nor_system_syncs_the_segment_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = begun(tmp_path)

    def broken(_descriptor: int) -> None:
        raise BROKEN

    async def append() -> None:
        appending = AsyncLog(log, Gone())
        with monkeypatch.context() as bad:
            bad.setattr(os, "fdatasync", broken)
            with pytest.raises(LogError, match="Input/output error"):
                await appending.append([b"lost"])
        await appending.append([b"second"])

    asyncio.run(append())
    assert everything(log) == [b"first", b"second"]


def test_a_mistake_while_settling_is_told_to_who_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, sync = begun(tmp_path), HeldSync()

    def mistake(_length: int) -> None:
        raise KeyError(_length)

    monkeypatch.setattr(log, "_go_on", mistake)

    async def append() -> None:
        waiting = asyncio.create_task(AsyncLog(log, sync).append([b"second"]))
        await until(lambda: sync.begun == 1)
        sync.end()
        sync.reap()
        with pytest.raises(KeyError):
            await waiting

    asyncio.run(append())
    log.close()
