"""Enters: what appends records to a log. Leaves: the same, and numbers of each batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aboveboard.collector.meters import Meters

    Append: TypeAlias = Callable[[list[bytes]], Awaitable[None]]


def measured(append: Append, meters: Meters) -> Append:
    """Measure what appends; what fails is not measured.

    Args:
        append: appends records, and comes back when they are on disk.
        meters: take the numbers.

    Example:
        >>> import asyncio
        >>> from aboveboard.adapters.log_thread import LogThread
        >>> from aboveboard.adapters.memory import MemoryLog
        >>> from aboveboard.collector.meters import Meters
        >>> log, meters = MemoryLog(), Meters()
        >>> asyncio.run(measured(LogThread(log.append).append, meters)([b"one", b"two"]))
        >>> meters.batches.total
        2.0
    """

    async def append_measured(records: list[bytes]) -> None:
        start = time.perf_counter()
        await append(records)
        meters.syncs.observe(time.perf_counter() - start)
        meters.batches.observe(len(records))

    return append_measured
