"""Enters: an open file. Leaves: it is locked for this process as long as it is open, or is not."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PAUSE_SECONDS = 0.005
BINARY = getattr(os, "O_BINARY", 0)

if sys.platform == "win32":  # pragma: no cover (tests run where there is flock)
    import msvcrt

    _FAR = 1 << 30
    """A byte that nobody reads or writes: Windows keeps others from one that is locked."""

    def try_lock(descriptor: int, *, shared: bool = False) -> bool:
        """Lock a file without waiting; the lock ends with the process at the latest."""
        if shared:
            return True  # what somebody has open cannot be removed there
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of the lock."""
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int, *, shared: bool = False) -> bool:
        """Lock a file without waiting; the lock ends with the process at the latest."""
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of the lock."""
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def hold(path: Path | str, *, shared: bool, create: bool, seconds: float) -> int | None:
    """Open a file and lock it; wait for whoever has it locked otherwise.

    Args:
        path: the file, which whoever has it alone may remove.
        shared: whether others may hold it at the same time.
        create: whether to make it where there is none.
        seconds: how long to wait.

    Returns:
        Its descriptor; None if others held it all the time.

    Raises:
        OSError: it cannot be opened.
    """
    end = time.monotonic() + seconds
    while True:
        flags = os.O_RDWR | BINARY | (os.O_CREAT if create else 0)
        descriptor = os.open(path, flags, 0o600)
        # Between opening and locking, somebody may have removed it: then another holds for others.
        if try_lock(descriptor, shared=shared) and is_at(path, descriptor):
            return descriptor
        os.close(descriptor)
        if time.monotonic() >= end:
            return None
        time.sleep(PAUSE_SECONDS)


def is_at(path: Path | str, descriptor: int) -> bool:
    """Whether an open file is the one that a path names."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116 both alike
    except OSError:
        return False
