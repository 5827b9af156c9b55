"""Enters: the port ReportLog. Leaves: segments of framed records in a folder, each on disk.

A segment is a file ``0000000001.log``: eight bytes of header (``ABLOG``, two zero bytes, version
1), then frames of ``[length u32, crc32 u32, payload]``, little-endian. A frame that is torn by a
crash was never acknowledged; when the log is opened again it is put aside as ``0000000001.torn``,
and the next record begins a new segment.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from typing import TYPE_CHECKING

from aboveboard.adapters.disk import mapped, sync_folder, write_all
from aboveboard.errors import LogError
from aboveboard.ports.collector import ERASED, LogPosition, LogSlice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HEADER = b"ABLOG\x00\x00\x01"
FRAME = struct.Struct("<II")
SEGMENT_BYTES = 64 * 1024 * 1024


class FileLog:
    """A log in a folder, written by one process.

    Args:
        folder: holds its segments; its name is the log's.
        segment_bytes: how large a segment grows before the next one begins.

    Attributes:
        name: what tells it from the collector's other logs.
        cut_bytes: how many bytes of a torn tail were put aside when it was opened.
        unreadable: segment to bytes behind a broken record in it, as far as it was read.
    """

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.name = folder.name
        self.cut_bytes = 0
        self.unreadable: dict[int, int] = {}
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._descriptor: int | None = None
        with mapped("the log cannot be opened"):
            folder.mkdir(parents=True, exist_ok=True)
            segments = self._segments()
            self._durable = LogPosition(segments[-1] if segments else 0, 0)
            if segments:
                self._recover(segments[-1])

    def append(self, records: Sequence[bytes]) -> None:
        """Append records and return when they are on disk."""
        frames = b"".join(FRAME.pack(len(r), zlib.crc32(r)) + r for r in records)
        try:
            with mapped("the log cannot be written"):
                descriptor = self._ready()
                write_all(descriptor, frames)
                os.fdatasync(descriptor)
        except LogError:
            # After a failed sync nobody knows what is on disk: this segment ends at its last
            # good byte, and the next append begins a new one.
            self._leave()
            raise
        place = self._durable
        self._durable = LogPosition(place.segment, place.offset + len(frames))

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place, of one segment at a time."""
        with mapped("the log cannot be read"):
            for segment in self._segments():
                if segment < start.segment:
                    continue
                begin = start.offset if segment == start.segment else 0
                records, end = self._read_segment(segment, max(begin, len(HEADER)), most_bytes)
                if records:
                    return LogSlice(records, LogPosition(segment, end), self.name)
                if rest := self._end(segment) - end:
                    self.unreadable[segment] = rest
        return LogSlice([], start, self.name)

    def tail(self, most_bytes: int) -> Iterator[bytes]:
        """Give the newest records, up to about ``most_bytes`` of them."""
        with mapped("the log cannot be read"):
            sizes = [(s, self._file(s).stat().st_size) for s in self._segments()]
            first = len(sizes)
            while first and sum(size for _, size in sizes[first:]) < most_bytes:
                first -= 1
            for segment, size in sizes[first:]:
                yield from self._read_segment(segment, len(HEADER), size)[0]

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes of frames lie after a place."""
        with mapped("the log cannot be read"):
            total = 0
            for segment in self._segments():
                begin = start.offset if segment == start.segment else 0
                if segment >= start.segment:
                    total += max(0, self._end(segment) - max(begin, len(HEADER)))
            return total

    def find(self, segment: int, needle: bytes) -> list[tuple[int, bytes]]:
        """Find the records of a segment in which some bytes stand."""
        with mapped("the log cannot be read"):
            if segment not in self._segments():
                return []
            place, found = len(HEADER), []
            for record in self._read_segment(segment, place, self._end(segment))[0]:
                if needle in record:
                    found.append((place, record))
                place += FRAME.size + len(record)
            return found

    def erase(self, segment: int, places: Sequence[tuple[int, int]]) -> None:
        """Overwrite records in place, each with a filler of the same length."""
        if not places:
            return
        with mapped("the log cannot be written"), self._file(segment).open("r+b") as file:
            for offset, length in places:
                filler = ERASED.ljust(length)
                file.seek(offset)
                file.write(FRAME.pack(length, zlib.crc32(filler)) + filler)
            file.flush()
            os.fdatasync(file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _file(self, segment: int) -> Path:
        return self._folder / f"{segment:010d}.log"

    def _segments(self) -> list[int]:
        return sorted(int(p.stem) for p in self._folder.glob("[0-9]*.log") if p.stem.isdigit())

    def _end(self, segment: int) -> int:
        """Tell up to where a segment may be read: what is not synced yet does not count."""
        durable = self._durable
        if segment < durable.segment:
            return self._file(segment).stat().st_size
        return durable.offset if segment == durable.segment else 0

    def _read_segment(self, segment: int, begin: int, most: int) -> tuple[list[bytes], int]:
        length = self._end(segment) - begin
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

    def _recover(self, segment: int) -> None:
        """Find the end of the newest segment; what is torn there goes aside."""
        file = self._file(segment)
        data = file.read_bytes()
        if not HEADER.startswith(data[: len(HEADER)]):
            message = f"{file.name} was not written by this version of Aboveboard; keep it, update"
            raise LogError(message)
        end = len(HEADER) + frames(data[len(HEADER) :])[1] if len(data) >= len(HEADER) else 0
        self.cut_bytes = len(data) - end
        self._durable = LogPosition(segment, end)
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
        if self.cut_bytes or not end:
            # A place in what is cut may have been given out: this segment is not written on.
            with os.fdopen(descriptor, "wb") as stream:
                file.with_suffix(".torn").write_bytes(data[end:])
                stream.truncate(end)
                os.fsync(descriptor)
            return
        os.fsync(descriptor)
        self._descriptor = descriptor

    def _ready(self) -> int:
        if self._descriptor is not None and self._durable.offset >= self._segment_bytes:
            self.close()
        if self._descriptor is None:
            self._descriptor = self._begin(self._durable.segment + 1)
        return self._descriptor

    def _begin(self, segment: int) -> int:
        while self._file(segment).exists():
            segment += 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(self._file(segment), flags, 0o600)
        try:
            write_all(descriptor, HEADER)
            os.fsync(descriptor)
            sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            self._file(segment).unlink()
            raise
        self._durable = LogPosition(segment, len(HEADER))
        return descriptor

    def _leave(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, self._durable.offset)
        with contextlib.suppress(OSError):
            os.close(descriptor)


def frames(data: bytes) -> tuple[list[bytes], int]:
    """Split bytes into whole, unbroken frames.

    Returns:
        The payloads up to the first broken or cut frame, and how many bytes they took.

    Example:
        >>> frames(FRAME.pack(2, zlib.crc32(b"ok")) + b"ok" + b"torn")
        ([b'ok'], 10)
    """
    records: list[bytes] = []
    place = 0
    while place + FRAME.size <= len(data):
        length, check = FRAME.unpack_from(data, place)
        payload = data[place + FRAME.size : place + FRAME.size + length]
        if len(payload) < length or zlib.crc32(payload) != check or not length:
            break
        records.append(payload)
        place += FRAME.size + length
    return records, place
