"""Step 9. Enters: records, many at once. Leaves: each of them on disk before its sender hears so.

Group commit: while one sync is under way, everything that arrives waits together for the next one,
so that a hundred senders cost one sync and nobody waits for more than two.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Told: TypeAlias = Callable[["LogError | None"], None]

logger = logging.getLogger("aboveboard")


class GroupCommit:
    """Joins single records into batches for a log that waits for the disk.

    Args:
        append: appends a batch and comes back when it is on disk, without blocking the loop.
    """

    def __init__(self, append: Callable[[list[bytes]], Awaitable[None]]) -> None:
        self._append = append
        self._records: list[bytes] = []
        self._waiting: list[Told] = []
        self._worker: asyncio.Task[None] | None = None

    def put(self, record: bytes, told: Told) -> None:
        """Append one record.

        Args:
            record: what is appended.
            told: is called once, with None when the record is on disk or with why it is not.
        """
        self._records.append(record)
        self._wait(told)

    def put_many(self, records: Iterable[bytes], told: Told) -> None:
        """Append records, all of them in one batch.

        Args:
            records: what is appended.
            told: is called once for all of them, as above.
        """
        self._records += records
        self._wait(told)

    def _wait(self, told: Told) -> None:
        self._waiting.append(told)
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())

    async def append(self, record: bytes) -> None:
        """Append one record; come back when it is on disk.

        Raises:
            LogError: it is not.
        """
        done: asyncio.Future[LogError | None] = asyncio.get_running_loop().create_future()

        def told(failure: LogError | None) -> None:
            if not done.done():
                done.set_result(failure)

        self.put(record, told)
        if (failure := await done) is not None:
            raise failure

    async def _work(self) -> None:
        try:
            while self._records:
                records, self._records = self._records, []
                waiting, self._waiting = self._waiting, []
                failure = await self._write(records)
                for told in waiting:
                    _tell(told, failure)
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


def _tell(told: Told, failure: LogError | None) -> None:
    try:
        told(failure)
    except Exception:
        # The others still wait for their answers.
        logger.exception("one who waited for the log failed")
