"""Enters: the port Lease. Leaves: a lock of one machine, a lease of a folder, or somebody's lock.

``SharedLease`` is for hosts that share a folder whose locks may not reach from one to the other. A
lease is a file ``sending.lease.7``; the highest number counts. Whoever finds it given back, or too
old, makes the next one, which the file system lets one alone do.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from typing import TYPE_CHECKING, Protocol

from aboveboard.adapters.held_lock import locked
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = 0o600
LEASE_SECONDS = 3600.0
_NAME = re.compile(r"sending\.lease\.(\d{1,15})")
_BACK = b"given back\n"


class LockLease:
    """Lets one process of this machine send. Where there is no folder, there is nothing to send.

    Args:
        home: the folder that they share.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    @contextlib.contextmanager
    def claim(self) -> Iterator[bool]:
        """Try to be the one."""
        if not self._home.is_dir():
            yield False
            return
        with locked(self._home / "sending.lock") as mine:
            yield mine


class SharedLease:
    """Lets one host, or process, of those that share a folder send.

    A holder that dies keeps the others waiting for as long as a lease holds.

    Args:
        folder: the folder that they share; where there is none, there is nothing to send.
        seconds: for how long a lease holds that was not given back.
    """

    def __init__(self, folder: Path, seconds: float = LEASE_SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds

    @contextlib.contextmanager
    def claim(self) -> Iterator[bool]:
        """Try to be the one."""
        with _mapped():
            mine = self._claimed() if self._folder.is_dir() else None
        try:
            yield mine is not None
        finally:
            if mine is not None:
                with _mapped():
                    self._file(mine).write_bytes(_BACK)

    def _file(self, number: int) -> Path:
        return self._folder / f"sending.lease.{number}"

    def _numbers(self) -> list[int]:
        found = (_NAME.fullmatch(file.name) for file in self._folder.iterdir())
        return sorted(int(name[1]) for name in found if name is not None)

    def _claimed(self) -> int | None:
        numbers = self._numbers()
        if numbers and not self._is_free(numbers[-1]):
            return None
        mine = numbers[-1] + 1 if numbers else 1
        try:
            os.close(os.open(self._file(mine), os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET))
        except FileExistsError:
            return None
        if self._numbers()[-1] != mine:
            # The list was old: others have had this number, and gave way to the next, already.
            self._remove(mine)
            return None
        for old in numbers:
            self._remove(old)
        return mine

    def _is_free(self, number: int) -> bool:
        try:
            file = self._file(number)
            return file.read_bytes() == _BACK or self._age(file) > self._seconds
        except FileNotFoundError:
            return False

    def _age(self, file: Path) -> float:
        """Tell how old a file is by the clock of the file system, the only one that all share."""
        began = file.stat().st_mtime
        probe = self._folder / f"sending.probe.{secrets.token_hex(8)}"
        try:
            os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET))
            # Of a clock that was set back the distance tells just as well.
            return abs(probe.stat().st_mtime - began)
        finally:
            probe.unlink(missing_ok=True)

    def _remove(self, number: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._file(number).unlink()


class Lockable(Protocol):
    """A lock as many libraries have one: of threads, of a database, of a cluster."""

    def acquire(self, *, blocking: bool) -> object:
        """Try to take it; something true if it was taken."""
        ...

    def release(self) -> object:
        """Give it back."""
        ...


class CallableLease:
    """Lets whoever holds the program's own lock send.

    Args:
        lock: what has ``acquire(blocking=False)`` and ``release()``.
    """

    def __init__(self, lock: Lockable) -> None:
        self._lock = lock

    @contextlib.contextmanager
    def claim(self) -> Iterator[bool]:
        """Try to be the one."""
        with _foreign():
            mine = bool(self._lock.acquire(blocking=False))
        try:
            yield mine
        finally:
            if mine:
                with _foreign():
                    self._lock.release()


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = "it cannot be told who of several sends"
        raise StoreError(message) from error


@contextlib.contextmanager
def _foreign() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        message = f"the program's own lock failed with {type(error).__name__}"
        raise StoreError(message) from error
