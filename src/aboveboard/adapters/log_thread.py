"""Enters: batches for a log that waits for the disk. Leaves: the same, without blocking the loop.

One thread is the point: there is never more than one sync under way. An executor of the standard
library would do, but for each batch it makes locks and wakes threads that nobody needs here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Work: TypeAlias = Callable[[list[bytes]], None]
    Batch: TypeAlias = tuple[list[bytes], asyncio.AbstractEventLoop, asyncio.Future[None]]


class LogThread:
    """Does work in a thread of its own, one batch after the other.

    The thread begins with the first batch, and ends when nobody has this object any more.

    Args:
        work: what is done with a batch; it may block.

    Example:
        >>> batches = []
        >>> thread = LogThread(batches.append)
        >>> asyncio.run(thread.append([b"one", b"two"]))
        >>> batches
        [[b'one', b'two']]
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._batches: SimpleQueue[Batch | None] = SimpleQueue()
        self._is_begun = False

    async def append(self, records: list[bytes]) -> None:
        """Have a batch done; come back when it is.

        Raises:
            Exception: whatever the work raised.
        """
        if not self._is_begun:
            self._begin()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._batches.put((records, loop, done))
        await done

    def _begin(self) -> None:
        # What was not done when the program ends was not acknowledged: nobody need wait for it.
        told = (self._batches, self._work)
        threading.Thread(target=_serve, args=told, name="log", daemon=True).start()
        self._is_begun = True
        weakref.finalize(self, self._batches.put, None)


def _serve(batches: SimpleQueue[Batch | None], work: Work) -> None:
    while (batch := batches.get()) is not None:
        records, loop, done = batch
        failure: BaseException | None = None
        try:
            work(records)
        except BaseException as error:  # noqa: BLE001 it is raised where somebody waits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop ended, and nobody waits
            loop.call_soon_threadsafe(settle, done, failure)
        del batch, records, loop, done, failure


def settle(done: asyncio.Future[None], failure: BaseException | None) -> None:
    """Tell who waits, if anybody still does."""
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
