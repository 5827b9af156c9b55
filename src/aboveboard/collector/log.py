"""Step 9. Enters: records, many at once. Leaves: each of them on disk before its sender hears so.

Group commit: while one sync is under way, everything that arrives waits together for the next one,
so that a hundred senders cost one sync and nobody waits for more than two.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aboveboard.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = logging.getLogger("aboveboard")


class GroupCommit:
    """Joins single records into batches for a log that waits for the disk.

    Args:
        append: appends a batch and comes back when it is on disk, without blocking the loop.
    """

    def __init__(self, append: Callable[[list[bytes]], Awaitable[None]]) -> None:
        self._append = append
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def append(self, record: bytes) -> None:
        """Append one record; come back when it is on disk.

        Raises:
            LogError: it is not.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((record, done))
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                _tell(batch, await self._write([record for record, _ in batch]))
        finally:
            self._worker = None

    async def _write(self, records: list[bytes]) -> LogError | None:
        try:
            await self._append(records)
        except LogError as error:
            return error
        except Exception as error:  # whatever it is, somebody waits for an answer
            logger.exception("the log failed in an unknown way")
            return LogError(type(error).__name__)
        return None


def _tell(batch: list[tuple[bytes, asyncio.Future[None]]], failure: LogError | None) -> None:
    for _, done in batch:
        if done.cancelled():
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)
