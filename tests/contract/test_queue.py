"""What every Queue promises, over all its adapters; Redis is a real one."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.redis_server import RedisServer

from aboveboard.adapters.memory_queue import MemoryLists, MemoryQueue
from aboveboard.adapters.queue_bounds import LARGEST_ASIDE, MOST_ASIDE
from aboveboard.adapters.redis_queue import RedisQueue
from aboveboard.errors import QueueError
from aboveboard.ports.queue import Batch, Queue

ALIVE_MS = 60_000
MANY = 1_000_000
T = TypeVar("T")


class Lists(Protocol):
    """Lists that a test fills, and the consumers of them."""

    def push(self, name: str, *items: bytes) -> None: ...

    def items(self, name: str) -> list[bytes]: ...

    def consumer(self, name: str, *lists: str) -> Queue: ...

    def pause(self) -> None: ...

    def fail(self, *, failing: bool) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.shared = MemoryLists()

    def push(self, name: str, *items: bytes) -> None:
        self.shared.push(name, *items)

    def items(self, name: str) -> list[bytes]:
        return list(self.shared.lists.get(name, ()))

    def consumer(self, name: str, *lists: str) -> Queue:
        return MemoryQueue(self.shared, lists or ("reports",), name)

    def pause(self) -> None:
        self.shared.pause()

    def fail(self, *, failing: bool) -> None:
        self.shared.failing = failing


class InRedis:
    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self.runs = itertools.count()

    def push(self, name: str, *items: bytes) -> None:
        if items:
            self.server.client.lpush(name, *items)

    def items(self, name: str) -> list[bytes]:
        found: list[bytes] = self.server.client.lrange(name, 0, -1)  # type: ignore[assignment] # redis types both of its faces as one
        return found[::-1]

    def consumer(self, name: str, *lists: str) -> Queue:
        run = str(next(self.runs))
        return RedisQueue(self.server.url, lists or ("reports",), name, run, ALIVE_MS)

    def pause(self) -> None:
        """Let the time of all signs of life be over; a sleep would be too long or too short."""
        for sign in self.server.client.scan_iter("aboveboard:alive:*"):
            left: int = self.server.client.pttl(sign)
            assert ALIVE_MS / 2 < left <= ALIVE_MS, "it would end by itself"
            self.server.client.delete(sign)

    def fail(self, *, failing: bool) -> None:
        if failing:
            self.server.kill()
        else:
            self.server.start()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    # A socket's path may have about a hundred bytes; pytest's own folders are longer.
    folder = Path(tempfile.mkdtemp(prefix="ab"))
    made = RedisServer(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["memory", "redis"])
def lists(request: pytest.FixtureRequest) -> Lists:
    if request.param == "memory":
        return InMemory()
    server: RedisServer = request.getfixturevalue("server")
    server.client.flushall()
    return InRedis(server)


def within(work: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        return await work()

    return asyncio.run(run())


async def take(queue: Queue, most_items: int = 100, most_bytes: int = MANY) -> Batch:
    batch = await queue.take(most_items, most_bytes)
    assert batch is not None
    return batch


def test_the_oldest_items_are_taken_first_and_stay_away_when_they_are_done(lists: Lists) -> None:
    async def work() -> None:
        queue = lists.consumer("a")
        lists.push("reports", b"1", b"2", b"3")
        first, second = await take(queue, 2), await take(queue, 2)
        assert (first.items, second.items) == ((b"1", b"2"), (b"3",))
        assert await queue.done(first)
        assert await queue.done(second)
        assert await queue.take(2, MANY) is None
        await queue.close()

    within(work)
    assert lists.items("reports") == []


def test_a_batch_is_done_once(lists: Lists) -> None:
    async def work() -> list[bool]:
        queue = lists.consumer("a")
        lists.push("reports", b"1")
        batch = await take(queue)
        answers = [await queue.done(batch), await queue.done(batch, [0])]
        await queue.close()
        return answers

    assert within(work) == [True, False]
    assert lists.items("errors-reports") == []


def test_no_more_bytes_are_taken_than_asked_for_but_always_one_item(lists: Lists) -> None:
    async def work() -> list[int]:
        queue = lists.consumer("a")
        lists.push("reports", *[b"x" * 100] * 5)
        found = [len((await take(queue, 10, most)).items) for most in (1, 100, 101, 1000)]
        await queue.close()
        return found

    assert within(work) == [1, 1, 2, 1]


def test_a_full_list_does_not_starve_the_others(lists: Lists) -> None:
    async def work() -> set[str]:
        queue = lists.consumer("a", "busy", "empty", "rare")
        lists.push("busy", *[b"x"] * 100)
        lists.push("rare", b"y")
        found = {(await take(queue, 1)).list for _ in range(3)}
        await queue.close()
        return found

    assert within(work) == {"busy", "rare"}


def test_what_is_not_done_goes_back_in_its_order_when_a_consumer_closes(lists: Lists) -> None:
    async def work() -> None:
        queue = lists.consumer("a")
        lists.push("reports", b"1", b"2", b"3")
        await take(queue, 2)
        await queue.close()

    within(work)
    assert lists.items("reports") == [b"1", b"2", b"3"]


def test_what_a_dead_consumer_had_goes_back_and_what_a_live_one_has_does_not(lists: Lists) -> None:
    async def work() -> None:
        dead, live = lists.consumer("dead"), lists.consumer("live")
        lists.push("reports", b"1", b"2", b"3")
        lost = await take(dead, 2)
        assert await live.beat() == 0
        lists.pause()
        kept = await take(live, 1)
        other = lists.consumer("other")
        assert await other.beat() == 2
        assert lists.items("reports") == [b"1", b"2"]
        assert not await dead.done(lost, [0])
        assert await live.done(kept)
        assert lists.items("errors-reports") == []
        for each in (dead, live, other):
            await each.close()

    within(work)


def test_signs_of_life_keep_what_a_consumer_has(lists: Lists) -> None:
    async def work() -> None:
        slow, other = lists.consumer("slow"), lists.consumer("other")
        lists.push("reports", b"1")
        batch = await take(slow)
        for _ in range(3):
            lists.pause()
            assert await slow.beat() == 0
            assert await other.beat() == 0
        assert await slow.done(batch)
        for each in (slow, other):
            await each.close()

    within(work)


def test_a_consumer_that_comes_back_finds_at_once_what_it_had(lists: Lists) -> None:
    async def work() -> None:
        killed = lists.consumer("a")
        lists.push("reports", b"1", b"2")
        await take(killed)
        again = lists.consumer("a")
        assert await again.beat() == 2
        assert (await take(again)).items == (b"1", b"2")
        assert await again.beat() == 0
        await again.close()
        await killed.close()

    within(work)


def test_what_nobody_could_read_is_put_aside_as_it_was(lists: Lists) -> None:
    async def work() -> None:
        queue = lists.consumer("a")
        lists.push("reports", b"\x00\xff", b"good", b"\n", b"x" * (LARGEST_ASIDE + 1))
        assert await queue.done(await take(queue), [0, 2, 3])
        await queue.close()

    within(work)
    assert lists.items("errors-reports") == [b"\x00\xff", b"\n"]


def test_no_more_is_put_aside_than_there_is_room_for(lists: Lists) -> None:
    async def work() -> None:
        queue = lists.consumer("a")
        lists.push("reports", *(b"%d" % number for number in range(MOST_ASIDE + 5)))
        assert await queue.done(await take(queue, MOST_ASIDE + 5), range(MOST_ASIDE + 5))
        await queue.close()

    within(work)
    aside = lists.items("errors-reports")
    assert (len(aside), aside[0], aside[-1]) == (MOST_ASIDE, b"5", b"%d" % (MOST_ASIDE + 4))


def test_it_tells_how_many_items_wait(lists: Lists) -> None:
    async def work() -> dict[str, int]:
        queue = lists.consumer("a", "reports", "others")
        lists.push("reports", b"1", b"2")
        found = await queue.lengths()
        await queue.close()
        return found

    assert within(work) == {"others": 0, "reports": 2}


def test_a_queue_that_does_not_answer_is_an_error_and_goes_on_afterwards(lists: Lists) -> None:
    async def work() -> None:
        queue = lists.consumer("a")
        lists.push("reports", b"1", b"2")
        batch = await take(queue, 1)
        lists.fail(failing=True)
        for ask in (
            lambda: queue.take(1, MANY),
            lambda: queue.done(batch),
            queue.beat,
            queue.lengths,
        ):
            with pytest.raises(QueueError):
                await ask()
        lists.fail(failing=False)
        assert await queue.done(batch)
        assert (await take(queue, 1)).items == (b"2",)
        await queue.close()

    within(work)


@given(items=st.lists(st.binary(max_size=40), max_size=20), most=st.integers(1, 7))
def test_any_bytes_come_out_as_they_went_in(items: list[bytes], most: int) -> None:
    async def work() -> list[bytes]:
        lists = InMemory()
        lists.push("reports", *items)
        queue = lists.consumer("a")
        found: list[bytes] = []
        while (batch := await queue.take(most, MANY)) is not None:
            found += batch.items
        return found

    assert within(work) == items


def test_any_bytes_come_out_of_redis_as_they_went_in(server: RedisServer) -> None:
    async def work() -> list[bytes]:
        server.client.flushall()
        lists = InRedis(server)
        lists.push("reports", *(bytes([number]) for number in range(256)), b"", b"\r\n*1")
        queue = lists.consumer("a")
        items = [*(await take(queue, 1000)).items]
        await queue.close()
        return items

    assert within(work) == [*(bytes([number]) for number in range(256)), b"", b"\r\n*1"]
