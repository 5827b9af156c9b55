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
    from aboveboard.adapters.kernel_sync import KernelSync

logger = logging.getLogger("aboveboard")


class AsyncLog:
    """Appends to a log from an event loop.

    Args:
        log: what is written.
        kernel: syncs it; None where a thread has to.

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

    def __init__(self, log: FileLog, kernel: KernelSync | None) -> None:
        self._log = log
        self._kernel = kernel
        self._thread = LogThread(log.append)

    async def append(self, records: list[bytes]) -> None:
        """Append a batch; come back when it is on disk.

        Raises:
            LogError: it is not.
        """
        kernel = self._kernel
        if kernel is not None and (unsynced := self._log.write(records, kernel.reap)):
            await self._synced(kernel, unsynced)
        else:
            await self._thread.append(records)

    def _synced(self, kernel: KernelSync, unsynced: Unsynced) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        here = threading.get_ident()

        def told(failure: OSError | None) -> None:
            answer = _settled(unsynced, failure)
            if threading.get_ident() == here:
                settle(done, answer)
                return
            with contextlib.suppress(RuntimeError):  # the loop ended, and nobody waits
                loop.call_soon_threadsafe(settle, done, answer)

        try:
            kernel.watch(loop)
            kernel.start(unsynced.descriptor, told)
        except OSError as error:
            logger.warning("the kernel syncs the log no more, a thread does: %s", error)
            self._kernel = None
            told(_synced_here(unsynced.descriptor))
        return done


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
