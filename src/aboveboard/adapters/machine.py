"""Enters: this process and its disk. Leaves: how much of both is taken, as far as they tell."""

from __future__ import annotations

import os
import time
from pathlib import Path

STARTED = time.time()
_STATM = Path("/proc/self/statm")
_DESCRIPTORS = Path("/proc/self/fd")


def resident_bytes() -> int | None:
    """Give the memory of this process; None where the system does not tell it in this way."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int | None:
    """Give how many descriptors are open; None where the system does not tell."""
    try:
        return len(os.listdir(_DESCRIPTORS))  # noqa: PTH208 names alone
    except OSError:
        return None


def folder_bytes(folder: Path) -> int:
    """Give the bytes of all files in a folder; what goes away meanwhile does not count."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118 quick
            except OSError:
                continue
    return total


def disk_of(folder: Path) -> tuple[int, int] | None:
    """Give the bytes and the files that are free for a folder; None if that cannot be told.

    Where a file system has no bound for files, they are -1.
    """
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize, found.f_favail if found.f_files else -1
