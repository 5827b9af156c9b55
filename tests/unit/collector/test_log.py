from __future__ import annotations

import asyncio

import pytest
from tests.patience import PATIENCE

from aboveboard.collector.log import GroupCommit
from aboveboard.errors import LogError


class Disk:
    """A disk that syncs when it is told to, and may fail."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.go_on = asyncio.Event()
        self.failing: set[int] = set()

    async def append(self, records: list[bytes]) -> None:
        self.batches.append(records)
        mine = len(self.batches)
        await self.go_on.wait()
        if mine in self.failing:
            message = "no space left"
            raise LogError(message)


async def let_all_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def begin(commit: GroupCommit, records: list[bytes]) -> list[asyncio.Task[None]]:
    tasks = [asyncio.ensure_future(commit.append(record)) for record in records]
    await let_all_run()
    return tasks


def test_whoever_comes_during_a_sync_shares_the_next_one() -> None:
    async def run() -> list[list[bytes]]:
        disk = Disk()
        commit = GroupCommit(disk.append)
        first = await begin(commit, [b"first"])
        others = await begin(commit, [b"%d" % number for number in range(100)])
        disk.go_on.set()
        await asyncio.gather(*first, *others)
        return disk.batches

    assert asyncio.run(run()) == [[b"first"], [b"%d" % number for number in range(100)]]


def test_nobody_is_answered_before_the_disk_is_done() -> None:
    async def run() -> None:
        disk = Disk()
        commit = GroupCommit(disk.append)
        tasks = [*await begin(commit, [b"1"]), *await begin(commit, [b"2", b"3"])]
        assert disk.batches == [[b"1"]]
        assert not any(task.done() for task in tasks)
        disk.go_on.set()
        await let_all_run()
        assert all(task.done() for task in tasks)

    asyncio.run(run())


def test_a_failed_sync_is_heard_by_all_who_waited_for_it_and_by_nobody_else() -> None:
    async def run() -> list[bool]:
        disk = Disk()
        disk.failing = {2}
        commit = GroupCommit(disk.append)
        tasks = [*await begin(commit, [b"1"]), *await begin(commit, [b"2", b"3"])]
        disk.go_on.set()
        heard = await asyncio.gather(*tasks, return_exceptions=True)
        await commit.append(b"4")
        return [isinstance(answer, LogError) for answer in heard]

    assert asyncio.run(run()) == [False, True, True]


def test_work_begins_again_after_a_pause() -> None:
    async def run() -> list[list[bytes]]:
        disk = Disk()
        disk.go_on.set()
        commit = GroupCommit(disk.append)
        await commit.append(b"1")
        await let_all_run()
        await commit.append(b"2")
        return disk.batches

    assert asyncio.run(run()) == [[b"1"], [b"2"]]


@pytest.mark.parametrize(
    "failing", [pytest.param(set[int](), id="synced"), pytest.param({1, 2}, id="failed")]
)
def test_one_who_stops_waiting_harms_nobody(failing: set[int]) -> None:
    async def run() -> None:
        disk = Disk()
        disk.failing = failing
        commit = GroupCommit(disk.append)
        tasks = [*await begin(commit, [b"1"]), *await begin(commit, [b"2", b"3"])]
        tasks[0].cancel()
        tasks[1].cancel()
        await let_all_run()
        disk.go_on.set()
        heard = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(answer, asyncio.CancelledError) for answer in heard[:2]] == [True, True]
        assert isinstance(heard[2], LogError) == bool(failing)
        disk.failing = set()
        await commit.append(b"4")

    asyncio.run(run())


def test_a_mistake_in_the_log_leaves_nobody_waiting() -> None:
    async def broken(records: list[bytes]) -> None:
        message = f"cannot keep {len(records)}"
        raise RuntimeError(message)

    async def run() -> None:
        # What becomes of the worker is not the question here.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        commit = GroupCommit(broken)
        for record in (b"1", b"2"):
            with pytest.raises((LogError, RuntimeError)):
                async with asyncio.timeout(PATIENCE):
                    await commit.append(record)

    asyncio.run(run())


def test_one_who_fails_when_told_keeps_nobody_else_waiting() -> None:
    def failing(_: LogError | None) -> None:
        raise ZeroDivisionError

    async def run() -> None:
        disk = Disk()
        disk.go_on.set()
        commit = GroupCommit(disk.append)
        commit.put(b"1", failing)
        async with asyncio.timeout(PATIENCE):
            await commit.append(b"2")

    asyncio.run(run())


def test_records_that_are_put_together_are_in_one_batch_and_heard_of_once() -> None:
    async def run() -> tuple[list[list[bytes]], list[LogError | None]]:
        disk = Disk()
        disk.go_on.set()
        commit = GroupCommit(disk.append)
        heard: list[LogError | None] = []
        commit.put_many([b"1", b"2"], heard.append)
        await commit.append(b"3")
        return disk.batches, heard

    assert asyncio.run(run()) == ([[b"1", b"2", b"3"]], [None])
