"""Enters: the port ReportLog. Leaves: segments of framed records in a folder, each on disk.

A segment is a file ``0000000001.log``: eight bytes of header (``ABLOG``, two zero bytes, version
1), then frames. It is left for the next one when it is large or old enough, when a write or a sync
in it failed, and at every start. A frame that is torn by a crash was never acknowledged; when the
log is opened again it is put aside as ``0000000001.torn``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.adapters import log_erasing
from aboveboard.adapters.disk import as_log_error, mapped, sync_folder, write_all
from aboveboard.adapters.log_frames import HEADER, framed, frames, left_over
from aboveboard.adapters.log_place import LogPlace
from aboveboard.adapters.log_reader import TORN, FileLogReader
from aboveboard.adapters.system import SystemClock
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from aboveboard.ports.surroundings import Clock

SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_HOURS = 24
RESERVED_BYTES = 4 * 1024 * 1024
"""How much of the disk is reserved at once: a sync is faster where a file does not grow, and a
disk that fills up is noticed before a record is half written. No more is written in the loop."""
_MS_PER_HOUR = 3_600_000
_WRITING = "the log cannot be written"
_PAUSE_SECONDS = 0.01
_NO_RESERVING = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}


@dataclass(frozen=True, slots=True)
class Unsynced:
    """Records that are written and not on disk yet. Until they are, nobody else writes this log.

    Attributes:
        descriptor: the file that is to be synced.
        settle: takes why the sync failed, or None, and gives what to tell the senders. It is
            called once, in any thread.
    """

    descriptor: int
    settle: Callable[[OSError | None], LogError | None]


class FileLog(FileLogReader):
    """A log in a folder, written by one process.

    Args:
        folder: holds its segments; its name is the log's.
        segment_bytes: how large a segment grows before the next one begins.
        segment_hours: how old a segment grows.
        clock: tells its age.

    Attributes:
        cut_bytes: how many bytes of a torn tail were put aside when it was opened.
    """

    def __init__(
        self,
        folder: Path,
        segment_bytes: int = SEGMENT_BYTES,
        segment_hours: float = SEGMENT_HOURS,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(folder)
        self.cut_bytes = 0
        self._segment_bytes = segment_bytes
        self._segment_ms = segment_hours * _MS_PER_HOUR
        self._clock = clock or SystemClock()
        self._descriptor: int | None = None
        self._writing = threading.Lock()
        self._reap: Callable[[], None] | None = None
        self._reserved = 0
        self._begun_ms = 0
        with mapped("the log cannot be opened"):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                sync_folder(folder.parent)
                sync_folder(folder.parent.parent)
            self._place = LogPlace.own(folder)
            try:
                self._recover()
            except BaseException:
                self._place.close()
                raise

    def append(self, records: Sequence[bytes]) -> None:
        """Append records and return when they are on disk."""
        if not records:
            return
        data = framed(records)
        with self._writing, mapped(_WRITING):
            descriptor = self._ready(len(data))
            try:
                write_all(descriptor, data)
                os.fdatasync(descriptor)
            except BaseException:
                # After a failed sync nobody knows what is on disk: this segment ends at its last
                # good byte, and the next append begins a new one.
                self._leave()
                raise
            self._go_on(len(data))

    def write(self, records: Sequence[bytes], reap: Callable[[], None]) -> Unsynced | None:
        """Write records and leave it to the caller to sync them.

        Args:
            records: what is appended; at least one.
            reap: settles what is synced by now. Whoever closes the log asks it again and again:
                the loop that would do so may have ended.

        Returns:
            None, and nothing is written, if it would not be done in a moment: a segment begins,
            room is to be reserved, or another thread is at it. Then ``append`` does it.

        Raises:
            LogError: it cannot be written.
        """
        if not self._writing.acquire(blocking=False):
            return None
        unsynced = None
        try:
            with mapped(_WRITING):
                unsynced = self._written(framed(records))
        finally:
            if unsynced is None:
                self._writing.release()
        self._reap = reap
        return unsynced

    def _written(self, data: bytes) -> Unsynced | None:
        descriptor, length = self._descriptor, len(data)
        has_room = self._at.offset + length <= self._reserved
        if descriptor is None or self._is_full() or not has_room:
            return None
        try:
            write_all(descriptor, data)
        except BaseException:
            self._leave()
            raise
        return Unsynced(descriptor, lambda failure: self._settle(length, failure))

    def _settle(self, length: int, failure: OSError | None) -> LogError | None:
        try:
            if failure is None:
                self._go_on(length)
                return None
            self._leave()
            return as_log_error(_WRITING, failure)
        finally:
            self._writing.release()

    def leave_old(self) -> None:
        """Leave a segment that is old enough, though nothing comes: what is left can be dropped."""
        with self._writing:
            if self._descriptor is None or not self._is_old():
                return
            self._leave()

    def close(self) -> None:
        """Let go of the file; the next append begins a new one."""
        while not self._writing.acquire(timeout=_PAUSE_SECONDS):
            if self._reap is not None:
                self._reap()
        try:
            self._leave()
            super().close()
        finally:
            self._writing.release()

    def _durable(self) -> LogPosition:
        return self._at

    def _go_on(self, length: int) -> None:
        place = self._at
        self._move(LogPosition(place.segment, place.offset + length))

    def _move(self, place: LogPosition) -> None:
        self._at = place
        self._owned().set(place)

    def _owned(self) -> LogPlace:
        if self._place is None:
            self._place = LogPlace.own(self.folder)
        return self._place

    def _recover(self) -> None:
        """Find the end of the newest segment; what is torn there goes aside."""
        with log_erasing.alone(self.folder):
            log_erasing.redo(self.folder)
            newest = max(self._segments(), default=0)
            if newest:
                self._find_end(newest)
        # A place in what was cut may have been given out: an old segment is not written on.
        self._at = LogPosition()
        self._move(LogPosition(newest + 1, 0))

    def _find_end(self, segment: int) -> None:
        file = self._file(segment)
        data = file.read_bytes()
        known = data[: len(HEADER)].rstrip(b"\0")
        if not HEADER.startswith(known):
            message = f"{file.name} was not written by this version of Aboveboard; keep it, update"
            raise LogError(message)
        end = 0
        if data.startswith(HEADER):
            end = len(HEADER) + frames(data[len(HEADER) :])[1]
        torn = left_over(data[end:])
        if torn:
            try:
                _write_aside(file.with_suffix(TORN), torn)
                sync_folder(self.folder)
                self.cut_bytes = len(torn)
            except OSError:
                end = len(data.rstrip(b"\0"))  # No room: it does no harm where it is, unreadable.
        with file.open("r+b") as stream:
            if end < len(data):
                stream.truncate(end)
            os.fsync(stream.fileno())

    def _ready(self, room: int) -> int:
        self._owned()
        if self._descriptor is not None and self._is_full():
            self._leave()
        if self._descriptor is None:
            self._descriptor = self._begin()
        self._reserve(self._descriptor, self._at.offset + room)
        return self._descriptor

    def _is_full(self) -> bool:
        return self._at.offset >= self._segment_bytes or self._is_old()

    def _is_old(self) -> bool:
        return self._clock.monotonic_ms() - self._begun_ms >= self._segment_ms

    def _begin(self) -> int:
        segment = self._at.segment
        while self._file(segment).exists():
            segment += 1
        file = self._file(segment)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(descriptor, HEADER)
            os.fsync(descriptor)
            sync_folder(self.folder)
        except OSError:
            os.close(descriptor)
            file.unlink()
            raise
        self._reserved = len(HEADER)
        self._begun_ms = self._clock.monotonic_ms()
        self._move(LogPosition(segment, len(HEADER)))
        return descriptor

    def _reserve(self, descriptor: int, needed: int) -> None:
        """Reserve room on the disk up to an offset, and some more if there is some."""
        if needed <= self._reserved:
            return
        more = min(self._reserved + RESERVED_BYTES, self._segment_bytes)
        try:
            self._reserve_to(descriptor, max(needed, more))
        except OSError as error:
            if error.errno != errno.ENOSPC or needed >= more:
                raise
            self._reserve_to(descriptor, needed)

    def _reserve_to(self, descriptor: int, end: int) -> None:
        reserve = getattr(os, "posix_fallocate", None)
        try:
            if reserve is not None:
                reserve(descriptor, self._reserved, end - self._reserved)
        except OSError as error:
            if error.errno not in _NO_RESERVING:
                raise
        self._reserved = end

    def _leave(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, self._at.offset)
        with contextlib.suppress(OSError):
            os.close(descriptor)
        self._move(LogPosition(self._at.segment + 1, 0))


def _write_aside(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
