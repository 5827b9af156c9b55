"""Enters: the same calls as the real adapters. Leaves: the same results, kept in memory alone."""

from __future__ import annotations

from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from aboveboard.adapters.log_frames import FRAME, erased
from aboveboard.errors import LogError, SendError
from aboveboard.ports.collector import ONLY_LOG, LogPosition, LogSlice, SegmentInfo
from aboveboard.ports.device import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class SetClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 11, 18, 12, tzinfo=UTC)
        self._elapsed = 0

    def now(self) -> datetime:
        """Give the time it was set to."""
        return self._now

    def seconds(self) -> float:
        """Give the same time in seconds since 1970."""
        return self._now.timestamp()

    def monotonic_ms(self) -> int:
        """Give the milliseconds by which it was moved."""
        return self._elapsed

    def boot(self) -> tuple[str, int]:
        """Give the machine's only run, and the milliseconds by which it was moved."""
        return "the only one", self._elapsed

    def move(self, by: timedelta) -> None:
        """Move it forward."""
        self._now += by
        self._elapsed += int(by.total_seconds() * 1000)


class CountingChance:
    """Draws 1, 2, 3 …, for tests that must foresee it.

    Args:
        draw: what is drawn from 0 to 1.
    """

    def __init__(self, draw: float = 0.0) -> None:
        self._last = 0
        self._draw = draw

    def report_id(self) -> str:
        """Give the next number as 32 hexadecimal digits."""
        self._last += 1
        return f"{self._last:032x}"

    def token(self) -> str:
        """Give the next number as 64 hexadecimal digits."""
        self._last += 1
        return f"{self._last:064x}"

    def draw(self) -> float:
        """Give the same each time."""
        return self._draw


class MemoryTransport:
    """Hands what is sent to a function, or fails as if there were no network.

    Attributes:
        sent: every ``(url, body, headers)`` that was sent.
    """

    def __init__(self, answer: Callable[[str, bytes, dict[str, str]], Answer] | None) -> None:
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self._answer = answer

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Hand over a body."""
        if self._answer is None:
            message = "no network"
            raise SendError(message)
        self.sent.append((url, body, headers))
        return self._answer(url, body, headers)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Hand over a body."""
        return self.put(url, body, headers)

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        """Ask to delete; it is handed over like an empty body."""
        return self.put(url, b"", headers)


class MemoryLog:
    """Keeps records as long as the process lives; a place's offset counts records.

    Attributes:
        name: what tells it from other logs.
        records: every record, oldest first.
        unreadable: nothing ever is.
        newest: the day that it tells as that of its newest record.
    """

    def __init__(self, name: str = ONLY_LOG, newest: date = date(2026, 11, 18)) -> None:
        self.name = name
        self.unreadable: dict[int, int] = {}
        self.newest = newest
        self.records: deque[bytes] = deque()

    def append(self, records: Sequence[bytes]) -> None:
        """Append records."""
        self.records.extend(records)

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place."""
        found: list[bytes] = []
        for record in list(self.records)[start.offset :]:
            if found and sum(map(len, found)) + len(record) > most_bytes:
                break
            found.append(record)
        return LogSlice(found, LogPosition(0, start.offset + len(found)), self.name)

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes lie after a place."""
        return sum(map(len, list(self.records)[start.offset :]))

    def find(self, segment: int, needle: bytes) -> list[tuple[int, bytes]]:
        """Find the records that hold some bytes; all are in segment 0."""
        if segment:
            return []
        return [(place, each) for place, each in enumerate(self.records) if needle in each]

    def erase(self, segment: int, places: Sequence[tuple[int, int]]) -> None:
        """Overwrite records."""
        for place, length in places if not segment else ():
            self.records[place] = erased(length)[FRAME.size :]

    def segments(self) -> list[SegmentInfo]:
        """Tell of the only segment, if anything is in it."""
        size = sum(map(len, self.records))
        return [SegmentInfo(0, self.newest, size, sealed=False)] if size else []

    def drop(self, segment: int) -> None:
        """Refuse: there is one segment, and it is written.

        Raises:
            LogError: always.
        """
        message = f"segment {segment} is still being written"
        raise LogError(message)

    def torn_bytes(self) -> int:
        """Tell of none: a crash leaves nothing of it."""
        return 0

    def drop_torn(self, before: date) -> int:  # noqa: ARG002 none is older than any day
        """Remove nothing."""
        return 0

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
