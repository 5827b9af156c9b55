"""Enters: places of records in a segment. Leaves: fillers of the same length, for good.

A crash in the middle of an overwrite would leave a broken record, and a broken record hides those
behind it. So the places are written down first, and whoever opens the log next does it again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from typing import TYPE_CHECKING

from aboveboard.adapters.disk import sync_folder, write_all
from aboveboard.adapters.log_frames import FRAME, erased

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NOTE = ".erase"


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep everybody else from erasing and from looking for a torn end."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def erase(folder: Path, file: Path, aside: Path, places: Sequence[tuple[int, int]]) -> None:
    """Overwrite records of a segment, or of what was put aside of it, and sync.

    Args:
        folder: the log's.
        file: the segment.
        aside: what was put aside of it.
        places: the offset of each frame and the length of its payload.
    """
    if not places:
        return
    with alone(folder):
        note = file.with_suffix(NOTE)
        _write_down(note, places)
        sync_folder(folder)
        _overwrite(file, aside, places)
        note.unlink()


def redo(folder: Path) -> None:
    """Erase again what a crash may have left half done. The caller is alone with the log."""
    for note in sorted(folder.glob(f"[0-9]*{NOTE}")):
        try:
            places = [
                (int(offset), int(length)) for offset, length in json.loads(note.read_bytes())
            ]
        except ValueError:
            places = []  # It was torn itself, so nothing was overwritten yet.
        _overwrite(note.with_suffix(".log"), note.with_suffix(".torn"), places)
        note.unlink()


def _write_down(note: Path, places: Sequence[tuple[int, int]]) -> None:
    descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(descriptor, json.dumps(list(places)).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _overwrite(file: Path, aside: Path, places: Sequence[tuple[int, int]]) -> None:
    size = file.stat().st_size if file.exists() else 0
    _overwrite_in(file, [place for place in places if place[0] < size])
    _overwrite_in(aside, [(offset - size, length) for offset, length in places if offset >= size])


def _overwrite_in(file: Path, places: Sequence[tuple[int, int]]) -> None:
    if not places or not file.exists():
        return
    descriptor = os.open(file, os.O_WRONLY)
    try:
        before = os.fstat(descriptor)
        for offset, length in places:
            if offset + FRAME.size + length <= before.st_size:
                os.pwrite(descriptor, erased(length), offset)
        # Its age is that of its records, not of what was taken back of them.
        os.utime(descriptor, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
