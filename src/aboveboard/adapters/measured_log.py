"""Enters: the port ReportLog. Leaves: the same log, with the time and size of each batch noted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.collector.meters import Meters
    from aboveboard.ports.collector import LogPosition, LogSlice, ReportLog


class MeasuredLog:
    """A log that is measured; what fails is not.

    Args:
        log: the log.
        meters: take the numbers.
    """

    def __init__(self, log: ReportLog, meters: Meters) -> None:
        self._log = log
        self._meters = meters

    @property
    def name(self) -> str:
        """What tells it from the collector's other logs."""
        return self._log.name

    def append(self, records: Sequence[bytes]) -> None:
        """Append records and note down how many, and how long it took."""
        start = time.perf_counter()
        self._log.append(records)
        self._meters.syncs.observe(time.perf_counter() - start)
        self._meters.batches.observe(len(records))

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place."""
        return self._log.read(start, most_bytes)

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes lie after a place."""
        return self._log.behind(start)

    def close(self) -> None:
        """Let go of files."""
        self._log.close()
