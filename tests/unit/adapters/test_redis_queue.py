"""What only the queue in Redis has to withstand; what it promises is in tests/contract."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
from tests.redis_server import RedisServer

from aboveboard.adapters.redis_queue import RedisQueue
from aboveboard.errors import QueueError, SetupError


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    # A socket's path may have about a hundred bytes; pytest's own folders are longer.
    folder = Path(tempfile.mkdtemp(prefix="ab"))
    made = RedisServer(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def empty(server: RedisServer) -> None:
    server.client.config_set("maxmemory", 0)
    server.client.flushall()


class Line:
    """A way to the server that may lose what comes back."""

    def __init__(self, server: RedisServer) -> None:
        self.socket = server.folder / "line"
        self.url = f"unix://{self.socket}"
        self.losing = False
        self._server = server

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        listener = await asyncio.start_unix_server(self._connect, str(self.socket))
        try:
            yield
        finally:
            listener.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(str(self._server.socket))
        away = asyncio.create_task(self._copy(reader, back))
        await self._copy(there, writer, answers=True)
        back.close()
        await away

    async def _copy(
        self, source: asyncio.StreamReader, end: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if answers and self.losing:
                    break
                end.write(data)
                await end.drain()
        end.close()


def test_a_batch_whose_answer_was_lost_is_given_when_it_is_asked_for_again(
    server: RedisServer,
) -> None:
    async def work() -> tuple[bytes, ...]:
        line = Line(server)
        async with line.open():
            queue = RedisQueue(line.url, ["reports"], "a", "1")
            await queue.lengths()
            server.client.lpush("reports", b"1", b"2", b"3")
            line.losing = True
            with pytest.raises(QueueError):
                await queue.take(2, 1000)
            line.losing = False
            batch = await queue.take(1, 1000)
            assert batch is not None
            assert await queue.done(batch)
            await queue.close()
            return batch.items

    assert asyncio.run(work()) == (b"1", b"2")
    assert server.client.lrange("reports", 0, -1) == [b"3"]


def test_a_batch_that_is_done_stays_so_when_the_answer_was_lost(server: RedisServer) -> None:
    async def work() -> bool:
        line = Line(server)
        async with line.open():
            queue = RedisQueue(line.url, ["reports"], "a", "1")
            server.client.lpush("reports", b"1")
            batch = await queue.take(1, 1000)
            assert batch is not None
            line.losing = True
            with pytest.raises(QueueError):
                await queue.done(batch, [0])
            line.losing = False
            again = await queue.done(batch, [0])
            await queue.close()
            return again

    assert not asyncio.run(work())
    assert server.client.lrange("errors-reports", 0, -1) == [b"1"]


def test_a_redis_without_memory_can_be_drained(server: RedisServer) -> None:
    async def work() -> None:
        server.client.lpush("reports", *[b"x" * 10_000] * 50)
        server.client.config_set("maxmemory", "1mb")
        with pytest.raises(redis.OutOfMemoryError):
            server.client.lpush("reports", b"y")
        queue = RedisQueue(server.url, ["reports"], "a", "1")
        for _ in range(5):
            batch = await queue.take(10, 1_000_000)
            assert batch is not None
            assert await queue.done(batch, [0])
        assert await queue.take(10, 1_000_000) is None
        await queue.close()

    asyncio.run(work())
    assert server.client.llen("errors-reports") == 5


def test_nothing_is_left_behind_when_everything_is_done(server: RedisServer) -> None:
    async def work() -> None:
        queue = RedisQueue(server.url, ["reports"], "a", "1")
        server.client.lpush("reports", b"1")
        await queue.beat()
        batch = await queue.take(1, 1000)
        assert batch is not None
        assert await queue.done(batch)
        await queue.close()

    asyncio.run(work())
    assert server.client.keys("*") == []


def test_an_error_names_no_address_and_no_password() -> None:
    async def work() -> None:
        queue = RedisQueue("unix://:secret@/nowhere/socket", ["reports"], "a", "1")
        with pytest.raises(QueueError) as caught:
            await queue.lengths()
        assert str(caught.value) == "ConnectionError"
        assert caught.value.__suppress_context__
        with contextlib.suppress(QueueError):
            await queue.close()

    asyncio.run(work())


@pytest.mark.parametrize("url", ["", "localhost:6379", "http://:secret@localhost"])
def test_what_is_no_address_of_a_queue_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        RedisQueue(url, ["reports"], "a", "1")
    assert "secret" not in str(caught.value)
