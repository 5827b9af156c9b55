"""Enters: batches for a log in a folder. Leaves: each on disk, without blocking the loop.

A batch that is only written on is written here and synced by the kernel. What takes longer, such as
beginning a segment, and all of it where the kernel has no such thing, is done by a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from typing import TYPE_CHECKING

from aboveboard.adapters.log_thread import LogThread, settle

if TYPE_CHECKING:
    from aboveboard.adapters.file_log import FileLog, Unsynced
    from aboveboard.ports.collector import FileSync

logger = logging.getLogger("aboveboard")


class AsyncLog:
    """Appends to a log from an event loop.

    Args:
        log: what is written.
        sync: syncs it; None where a thread has to.

    Example:
        >>> from tempfile import mkdtemp
        >>> from pathlib import Path
        >>> from aboveboard.adapters.file_log import FileLog
        >>> from aboveboard.adapters.kernel_sync import offered
        >>> from aboveboard.ports.collector import LogPosition
        >>> folder = Path(mkdtemp())
        >>> log = FileLog(folder)
        >>> asyncio.run(AsyncLog(log, offered(folder)).append([b"one", b"two"]))
        >>> log.read(LogPosition(), 100).records
        [b'one', b'two']
    """

    def __init__(self, log: FileLog, sync: FileSync | None) -> None:
        self._log = log
        self._sync = sync
        self._thread = LogThread(log.append)

    async def append(self, records: list[bytes]) -> None:
        """Append a batch; come back when it is on disk.

        Raises:
            LogError: it is not.
        """
        loop, sync = asyncio.get_running_loop(), self._sync
        unsynced = None if sync is None else self._written(loop, sync, records)
        if sync is None or unsynced is None:
            await self._thread.append(records)
        else:
            await self._synced(loop, sync, unsynced)

    def _written(
        self, loop: asyncio.AbstractEventLoop, sync: FileSync, records: list[bytes]
    ) -> Unsynced | None:
        try:
            # Before anything else: a loop that ended may have left a sync that nobody reaps.
            sync.watch(loop)
        except OSError as error:
            self._do_without(error)
            return None
        return self._log.write(records, sync.reap)

    def _synced(
        self, loop: asyncio.AbstractEventLoop, sync: FileSync, unsynced: Unsynced
    ) -> asyncio.Future[None]:
        done: asyncio.Future[None] = loop.create_future()
        here = threading.get_ident()

        def told(failure: OSError | None) -> None:
            answer = _settled(unsynced, failure)
            with contextlib.suppress(RuntimeError):  # the loop ended, and nobody waits
                if threading.get_ident() == here:
                    settle(done, answer)
                else:
                    loop.call_soon_threadsafe(settle, done, answer)

        try:
            sync.start(unsynced.descriptor, told)
        except Exception as error:  # noqa: BLE001 whatever it is, the log is held until it is told
            self._do_without(error)
            told(_synced_here(unsynced.descriptor))
        return done

    def _do_without(self, error: Exception) -> None:
        logger.warning("the kernel syncs the log no more, a thread does: %r", error)
        self._sync = None


def _settled(unsynced: Unsynced, failure: OSError | None) -> Exception | None:
    try:
        return unsynced.settle(failure)
    except Exception as error:  # noqa: BLE001 it is raised where somebody waits
        return error


def _synced_here(descriptor: int) -> OSError | None:
    try:
        os.fdatasync(descriptor)
    except OSError as error:
        return error
    return None
