"""Enters: what appends records to a log. Leaves: the same, and numbers of each batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.collector.meters import Meters


def measured(
    append: Callable[[list[bytes]], None], meters: Meters
) -> Callable[[list[bytes]], None]:
    """Measure what appends; what fails is not measured.

    Args:
        append: appends records, and comes back when they are on disk.
        meters: take the numbers.

    Example:
        >>> from aboveboard.adapters.memory import MemoryLog
        >>> from aboveboard.collector.meters import Meters
        >>> log, meters = MemoryLog(), Meters()
        >>> measured(log.append, meters)([b"one", b"two"])
        >>> meters.batches.total
        2.0
    """

    def append_measured(records: list[bytes]) -> None:
        start = time.perf_counter()
        append(records)
        meters.syncs.observe(time.perf_counter() - start)
        meters.batches.observe(len(records))

    return append_measured
