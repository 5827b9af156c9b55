"""Enters: lists in Redis that others push to. Leaves: batches that stay there until they are done.

Keys beside the lists: ``aboveboard:batch:{consumer}:{run}:{number}`` is a batch that was taken,
``aboveboard:taken`` the hash of all batches to their lists, ``aboveboard:alive:{consumer}`` is
there as long as the consumer lives. ``errors-{list}`` holds what nobody could read.
"""

from __future__ import annotations

import contextlib
import itertools
from collections import deque
from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from aboveboard.adapters import redis_scripts as scripts
from aboveboard.adapters.queue_bounds import LARGEST_ASIDE, MOST_ASIDE
from aboveboard.errors import QueueError, SetupError
from aboveboard.ports.queue import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ALIVE_MS = 30_000
"""After so long without a sign of life, a consumer is dead."""
SOCKET_SECONDS = 10.0
TAKEN = "aboveboard:taken"


class RedisQueue:
    """One consumer of lists in Redis or Valkey.

    Args:
        url: where it is: ``redis://``, ``rediss://`` or ``unix://``.
        names: the lists to take from.
        consumer: what tells it from others, without a colon. A second one of a name takes the first
            one's place and gets what that had, so no two may run at a time.
        run: what tells this run of the consumer from its earlier ones, without a colon.
        alive_ms: how long after its last sign of life it counts as dead.

    Raises:
        SetupError: that is no such address.
    """

    def __init__(
        self, url: str, names: Sequence[str], consumer: str, run: str, alive_ms: int = ALIVE_MS
    ) -> None:
        self._redis = _connect(url)
        self._names = deque(names)
        self._alive_ms = alive_ms
        self._alive = _alive(consumer)
        self._mine = f"aboveboard:batch:{consumer}:"
        self._run = f"{self._mine}{run}:"
        self._numbers = itertools.count()
        self._unsure: dict[str, deque[str]] = {name: deque() for name in names}

    async def take(self, most_items: int, most_bytes: int) -> Batch | None:
        """Take the oldest items of one list."""
        for _ in range(len(self._names)):
            name = self._names[0]
            self._names.rotate(-1)
            batch = await self._take(name, most_items, most_bytes)
            if batch is not None:
                return batch
        return None

    async def done(self, batch: Batch, aside: Iterable[int] = ()) -> bool:
        """Let go of a batch."""
        small = [at for at in aside if len(batch.items[at]) <= LARGEST_ASIDE]
        keys = (batch.receipt, TAKEN, f"errors-{batch.list}")
        with _told():
            return bool(await self._redis.eval(scripts.DONE, 3, *keys, MOST_ASIDE, *small))

    async def beat(self) -> int:
        """Tell that this consumer lives, and give back what dead ones left."""
        with _told():
            await self._redis.eval(scripts.BEAT, 1, self._alive, self._alive_ms)
            count = 0
            for batch, name in (await self._batches()).items():
                if batch.startswith(self._run):
                    continue
                before = batch.startswith(self._mine)
                count += await self._give_back(batch, name, whoever_lives=before)
            return count

    async def lengths(self) -> dict[str, int]:
        """Tell how many items wait in each list."""
        with _told():
            return {name: await self._redis.llen(name) for name in sorted(self._names)}

    async def close(self) -> None:
        """Give back what is not done."""
        try:
            with _told():
                for batch, name in (await self._batches()).items():
                    if batch.startswith(self._run):
                        await self._give_back(batch, name, whoever_lives=True)
                await self._redis.delete(self._alive)
        finally:
            with _told():
                await self._redis.aclose()

    async def _take(self, name: str, most_items: int, most_bytes: int) -> Batch | None:
        unsure = self._unsure[name]
        receipt = unsure.popleft() if unsure else f"{self._run}{next(self._numbers)}"
        keys = (name, receipt, TAKEN, self._alive)
        items: list[bytes] | None = None
        try:
            with _told():
                items = await self._redis.eval(
                    scripts.TAKE, 4, *keys, most_items, most_bytes, self._alive_ms
                )
        finally:
            if items is None:  # It may have been taken all the same: ask for this very batch again.
                unsure.append(receipt)
        return Batch(name, tuple(items), receipt) if items else None

    async def _batches(self) -> dict[str, str]:
        found = await self._redis.hgetall(TAKEN)
        return {_text(batch): _text(name) for batch, name in found.items()}

    async def _give_back(self, batch: str, name: str, *, whoever_lives: bool) -> int:
        keys = (batch, name, TAKEN, _alive(batch.split(":")[2]))
        return int(await self._redis.eval(scripts.GIVE_BACK, 4, *keys, int(whoever_lives)))


def _alive(consumer: str) -> str:
    return f"aboveboard:alive:{consumer}"


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()


def _connect(url: str) -> Redis:
    try:
        return Redis.from_url(
            url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),  # who calls knows what may be tried again, and when
        )
    except ValueError as error:
        # The address may hold a password: it is not shown.
        message = "the address of the queue must look like redis://host:6379/0"
        raise SetupError(message) from error


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Let a failure of Redis out as one of the house; its own words may name the address."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise QueueError(type(error).__name__) from None
