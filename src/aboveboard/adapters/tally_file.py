"""Enters: the port Tally. Leaves: a mapped file that holds counts, however a process ends.

The operating system keeps the pages of a mapped file when a process is killed. A file belongs to
the process that has it locked; one whose process has ended is taken over by the next, so that there
are never many more files than there were processes at a time.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
import sys
import time
import weakref
from typing import TYPE_CHECKING, Self

from aboveboard.adapters import tally_layout as layout
from aboveboard.adapters.file_lock import BINARY, is_at, try_lock
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".tally"
PART = ".part"
_TRIES = 3
_WORD = 8
_FIRST_WORD = int.from_bytes(layout.MAGIC[:_WORD], sys.byteorder)
_REGULAR = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | BINARY
_open: weakref.WeakSet[TallyFile] = weakref.WeakSet()


class TallyFile:
    """One mapped file, owned by this process.

    Raises:
        StoreError: it cannot be mapped.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        try:
            self._map = mmap.mmap(descriptor, layout.SIZE)
        except (OSError, ValueError) as error:
            message = "the counts cannot be mapped"
            raise StoreError(message) from error
        about = os.fstat(descriptor)
        self._file = (about.st_dev, about.st_ino)
        self._slots = memoryview(self._map).cast("Q")
        self._places: dict[str, list[int]] = {}
        self._turn = 0
        for place, label, count in layout.records(self._map[: self._slots[layout.USED]]):
            self._places.setdefault(label, []).append(place)
            if label.startswith("="):
                self._turn = max(self._turn, count)
        self._closed = False
        _open.add(self)

    @classmethod
    def create(cls, folder: Path | str) -> Self:
        """Take over a file that nobody has any more, or make a new one.

        Raises:
            StoreError: there is no room, or nothing may be written here.
        """
        message = "no counts can be kept here"
        try:
            os.makedirs(os.path.dirname(folder) or os.curdir, exist_ok=True, mode=0o700)
            os.makedirs(folder, exist_ok=True, mode=0o700)
            for path in sorted(named(folder, SUFFIX)):
                if (found := cls._take_over(path)) is not None:
                    return found
            for _ in range(_TRIES):  # somebody may gather the new one before it is locked
                if (found := cls._take_over(_new(folder))) is not None:
                    return found
        except (OSError, ValueError) as error:
            raise StoreError(message) from error
        raise StoreError(message)

    @classmethod
    def _take_over(cls, path: str) -> Self | None:
        descriptor = lock(path)
        if descriptor is None:
            return None
        try:
            if _has_room(descriptor):
                return cls(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def slot(self, label: str) -> tuple[memoryview, int] | None:
        """Make a slot, or give one that the label has from the file's last owner."""
        if self.lost():
            return None
        if places := self._places.get(label):
            return self._slots, places.pop() // _WORD
        return self._append(label)

    def turn(self) -> int:
        """Give the next number."""
        self._turn += 1
        return self._turn

    def lost(self) -> bool:
        """Whether it was closed, or somebody erased or removed the file."""
        return self._closed or self._slots[0] != _FIRST_WORD or not self._is_open()

    def close(self) -> None:
        """Let nobody count here any more; the file waits to be gathered, or for its next owner."""
        if self._closed:
            return
        self._closed = True
        ours = self._is_open() is not None
        self._slots.release()
        self._map.close()
        if ours:
            os.close(self._descriptor)

    def _is_open(self) -> bool | None:
        """Whether the file is still there; None if the program closed it with all it had open."""
        try:
            about = os.fstat(self._descriptor)
        except OSError:
            return None
        return about.st_nlink > 0 if (about.st_dev, about.st_ino) == self._file else None

    def _append(self, label: str) -> tuple[memoryview, int] | None:
        used = self._slots[layout.USED]
        record = layout.record(label)
        if len(record) > layout.MOST_RECORD or used + len(record) > layout.SIZE:
            return None
        self._map[used : used + len(record)] = record
        # Last, so that a reader never sees half a record.
        self._slots[layout.USED] = used + len(record)
        return self._slots, used // _WORD


def named(folder: Path | str, ending: str) -> list[str]:
    """Give what is in a folder and is named like this; nothing where it cannot be read."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return [os.path.join(folder, name) for name in names if name.endswith(ending)]


def lock(path: Path | str) -> int | None:
    """Open a tally whose process has ended, and own it from now on.

    Returns:
        Its descriptor, which whoever called closes; None if somebody has it, it is gone, or it is
        no file that can be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | _REGULAR)
    except OSError:
        return None
    # Between opening and locking, somebody may have gathered and removed it.
    if _is_file(descriptor) and try_lock(descriptor) and is_at(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def content(path: Path | str) -> bytes:
    """Read a tally, whoever has it; nothing where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _REGULAR)
    except OSError:
        return b""
    try:
        return _read(descriptor) if _is_file(descriptor) else b""
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, layout.SIZE + 1)


def _has_room(descriptor: int) -> bool:
    """Whether it is worth while to count on in a file; what is not in use is not read.

    What was read stays in memory, and the system maps it together with what is counted in.
    """
    if os.fstat(descriptor).st_size != layout.SIZE:
        return False
    os.lseek(descriptor, 0, os.SEEK_SET)
    head = os.read(descriptor, layout.HEADER)
    more = min(layout.used(head), layout.SIZE // 2) - len(head)
    return layout.has_room(head + os.read(descriptor, max(more, 0)))


def _is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _new(folder: Path | str) -> str:
    """Make an empty file; its name tells when, so that the oldest names come first."""
    path = os.path.join(folder, f"{time.time_ns():016x}-{os.urandom(8).hex()}")
    part, whole = path + PART, path + SUFFIX
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | BINARY, 0o600)
    try:
        _reserve(descriptor)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise
    finally:
        os.close(descriptor)
    os.replace(part, whole)
    return whole


def _reserve(descriptor: int) -> None:
    """Take the room at once: a full disk must be an error here, not a signal while counting."""
    reserves = hasattr(os, "posix_fallocate")  # macOS and Windows lack it
    body = layout.HEAD if reserves else layout.HEAD.ljust(layout.SIZE, b"\0")
    if os.write(descriptor, body) != len(body):
        raise OSError
    if reserves:
        os.posix_fallocate(descriptor, 0, layout.SIZE)


def _forget_in_child() -> None:
    """After a fork, the files are the parent's; a child counts in its own."""
    for tally in list(_open):
        tally.close()


if hasattr(os, "register_at_fork"):  # pragma: no branch (Windows knows no fork)
    os.register_at_fork(after_in_child=_forget_in_child)
