"""Enters: a folder with segments. Leaves: their records, as far as they are on disk.

Reads a log that another process writes, and changes only what that process is done with: it erases
records in place and drops whole segments.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aboveboard.adapters import log_erasing
from aboveboard.adapters.disk import mapped, sync_folder, write_all
from aboveboard.adapters.log_frames import HEADER, frames, left_over, stretches
from aboveboard.adapters.log_place import LogPlace
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition, LogSlice, SegmentInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

TORN = ".torn"


class FileLogReader:
    """A log in a folder.

    Args:
        folder: holds its segments; its name is the log's.

    Attributes:
        folder: as above.
        name: what tells it from the collector's other logs.
        unreadable: segment to bytes behind a broken record in it, as far as it was read.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.unreadable: dict[int, int] = {}
        self.folder = folder
        self._place: LogPlace | None = None

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place, of one segment at a time."""
        with mapped("the log cannot be read"):
            durable = self._durable()
            for segment in self._segments():
                if segment < start.segment:
                    continue
                begin = max(start.offset if segment == start.segment else 0, len(HEADER))
                end = self._end(segment, durable)
                records, place = self._read_segment(segment, begin, end, most_bytes)
                if records:
                    return LogSlice(records, LogPosition(segment, place), self.name)
                self._look_behind(segment, place, end)
        return LogSlice([], start, self.name)

    def tail(self, most_bytes: int) -> Iterator[bytes]:
        """Give the newest records, up to about ``most_bytes`` of them."""
        with mapped("the log cannot be read"):
            durable = self._durable()
            ends = [(segment, self._end(segment, durable)) for segment in self._segments()]
            first = len(ends)
            while first and sum(end for _, end in ends[first:]) < most_bytes:
                first -= 1
            for segment, end in ends[first:]:
                yield from self._read_segment(segment, len(HEADER), end, end)[0]

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes of frames lie after a place."""
        with mapped("the log cannot be read"):
            durable, total = self._durable(), 0
            for segment in self._segments():
                begin = start.offset if segment == start.segment else 0
                if segment >= start.segment:
                    total += max(0, self._end(segment, durable) - max(begin, len(HEADER)))
            return total

    def find(self, segment: int, needle: bytes) -> list[tuple[int, bytes]]:
        """Find the records of a segment that hold some bytes, also in what was put aside of it.

        What is broken counts as a record: nothing that was taken back may stay in it either.
        """
        with mapped("the log cannot be read"):
            data = self._bytes(segment)
            end = self._end(segment, self._durable()) if data else 0
            found = [
                (len(HEADER) + offset, payload)
                for offset, payload in _holding(data[len(HEADER) : end], needle)
            ]
            # What was put aside is addressed as if it still stood behind the segment.
            aside = _read(self._file(segment).with_suffix(TORN))
            return found + [
                (len(data) + offset, payload) for offset, payload in _holding(aside, needle)
            ]

    def erase(self, segment: int, places: Sequence[tuple[int, int]]) -> None:
        """Overwrite records for good; done again, it repairs what a crash left half done."""
        with mapped("the log cannot be erased"):
            file = self._file(segment)
            log_erasing.erase(self.folder, file, file.with_suffix(TORN), places)

    def segments(self) -> list[SegmentInfo]:
        """Tell of each segment, oldest first."""
        with mapped("the log cannot be read"):
            durable, numbers = self._durable(), self._segments()
            return [
                self._about(number, durable)
                for number in numbers
                if number != numbers[-1] or self._size(number) > len(HEADER)
            ]

    def drop(self, segment: int) -> None:
        """Remove a segment that is not written any more, and what was put aside of it."""
        with mapped("a segment of the log cannot be removed"):
            if segment >= self._durable().segment:
                message = f"segment {segment} is still being written"
                raise LogError(message)
            if segment == max(self._segments(), default=0):
                # The highest number stays taken: a place beyond it was given out.
                self._take(segment + 1)
            for suffix in (log_erasing.NOTE, TORN, ".log"):
                self._file(segment).with_suffix(suffix).unlink(missing_ok=True)
            sync_folder(self.folder)

    def torn_bytes(self) -> int:
        """Tell how many bytes lie aside that crashes left torn."""
        with mapped("the log cannot be read"):
            return sum(file.stat().st_size for file in self._torn())

    def drop_torn(self, before: date) -> int:
        """Remove what was put aside before a day, also if its segment is gone or not loaded."""
        with mapped("what was torn cannot be removed"):
            old = [file for file in self._torn() if _day_of(file) < before]
            for file in old:
                file.unlink()
            if old:
                sync_folder(self.folder)
            return len(old)

    def close(self) -> None:
        """Let go of files."""
        if self._place is not None:
            self._place.close()
            self._place = None

    def _durable(self) -> LogPosition:
        """Tell up to where the log may be read: what is not synced yet does not count."""
        if self._place is None:
            self._place = LogPlace.look(self.folder)
        return LogPosition() if self._place is None else self._place.get()

    def _file(self, segment: int) -> Path:
        return self.folder / f"{segment:010d}.log"

    def _segments(self) -> list[int]:
        return sorted(int(p.stem) for p in self.folder.glob("[0-9]*.log") if p.stem.isdigit())

    def _torn(self) -> list[Path]:
        return sorted(self.folder.glob(f"[0-9]*{TORN}"))

    def _size(self, segment: int) -> int:
        return self._file(segment).stat().st_size

    def _end(self, segment: int, durable: LogPosition) -> int:
        if segment < durable.segment:
            return self._size(segment)
        return durable.offset if segment == durable.segment else 0

    def _about(self, segment: int, durable: LogPosition) -> SegmentInfo:
        end = self._end(segment, durable)
        return SegmentInfo(
            segment, _day_of(self._file(segment)), end, sealed=segment < durable.segment
        )

    def _read_segment(
        self, segment: int, begin: int, end: int, most: int
    ) -> tuple[list[bytes], int]:
        length = end - begin
        if length <= 0:
            return [], begin
        with self._file(segment).open("rb") as file:
            file.seek(begin)
            data = file.read(min(length, most))
            records, used = frames(data)
            if not records and len(data) < length:
                # The first record alone is larger than ``most``.
                records, used = frames(data + file.read(length - len(data)))
        return records, begin + used

    def _look_behind(self, segment: int, place: int, end: int) -> None:
        """Remember what nobody can read behind a segment's last record."""
        if end > place and segment not in self.unreadable:
            rest = left_over(self._bytes(segment)[place:end])
            if rest:
                self.unreadable[segment] = len(rest)

    def _bytes(self, segment: int) -> bytes:
        return _read(self._file(segment))

    def _take(self, segment: int) -> None:
        """Make a segment without records, unless there is one."""
        flags = os.O_WRONLY | os.O_CREAT
        descriptor = os.open(self._file(segment), flags, 0o600)
        try:
            if not os.fstat(descriptor).st_size:
                write_all(descriptor, HEADER)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(self.folder)


def _day_of(file: Path) -> date:
    """Give the day on which a file was written."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _holding(data: bytes, needle: bytes) -> list[tuple[int, bytes]]:
    if needle not in data:
        return []
    return [(offset, payload) for offset, payload in stretches(data) if needle in payload]
