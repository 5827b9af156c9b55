"""Enters: how far a log is on disk. Leaves: the same, for every process that reads it.

The place stands in a small mapped file as one aligned number of eight bytes, so that a reader sees
the one before or the one after, and nothing between. Whoever writes the log has the file locked.
"""

from __future__ import annotations

import mmap
import os
import time
from typing import TYPE_CHECKING, Self

from aboveboard.adapters.file_lock import PAUSE_SECONDS, try_lock
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition

if TYPE_CHECKING:
    from pathlib import Path

FILE = "place"
PATIENCE_SECONDS = 10.0
"""How long a log's last writer may take to end."""
_BYTES = 8
_OFFSET_BITS = 40


class LogPlace:
    """The mapped file of one log."""

    def __init__(self, descriptor: int, access: int) -> None:
        # The mapping keeps the file open, and with it the lock.
        self._map = mmap.mmap(descriptor, _BYTES, access=access)
        self._word = memoryview(self._map).cast("Q")

    @classmethod
    def own(cls, folder: Path) -> Self:
        """Open a log's place for its only writer; wait for the one before to end.

        Raises:
            LogError: another process writes this log.
            OSError: the file cannot be opened.
        """
        descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            while not try_lock(descriptor):
                if time.monotonic() >= end:
                    message = "another process writes this log"
                    raise LogError(message)
                time.sleep(PAUSE_SECONDS)
            if os.fstat(descriptor).st_size < _BYTES:
                # Written, not only made longer: a mapped page without room on the disk is deadly.
                os.pwrite(descriptor, bytes(_BYTES), 0)
            return cls(descriptor, mmap.ACCESS_WRITE)
        finally:
            os.close(descriptor)

    @classmethod
    def look(cls, folder: Path) -> Self | None:
        """Open a log's place for a reader; None if nobody has written the log yet.

        Raises:
            OSError: the file cannot be opened.
        """
        try:
            descriptor = os.open(folder / FILE, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            ready = os.fstat(descriptor).st_size >= _BYTES
            return cls(descriptor, mmap.ACCESS_READ) if ready else None
        finally:
            os.close(descriptor)

    def get(self) -> LogPosition:
        """Give the place up to which all is on disk."""
        word = self._word[0]
        return LogPosition(word >> _OFFSET_BITS, word & ((1 << _OFFSET_BITS) - 1))

    def set(self, place: LogPosition) -> None:
        """Let everybody know that all is on disk up to a place."""
        self._word[0] = place.segment << _OFFSET_BITS | place.offset

    def close(self) -> None:
        """Let go of the file and its lock."""
        self._word.release()
        self._map.close()
