"""Enters: a path. Leaves: a lock on it that one process of a machine holds while a block runs."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from aboveboard.adapters.file_lock import try_lock, unlock
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = 0o600
_AGAIN_SECONDS = 0.01


@contextlib.contextmanager
def locked(file: Path, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Hold a lock while the block runs; the system lets go of it if its holder dies.

    Args:
        file: made if it is not there, and left there; its folder must be there.
        wait_seconds: how long to wait for who holds it.

    Returns:
        Whether it was got.

    Raises:
        StoreError: the file cannot be opened.
    """
    end = time.monotonic() + wait_seconds
    try:
        descriptor = _taken(file)
        while descriptor is None and time.monotonic() < end:
            time.sleep(_AGAIN_SECONDS)
            descriptor = _taken(file)
    except OSError as error:
        message = f"{file.name} cannot be locked"
        raise StoreError(message) from error
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            # Not by closing alone: a process that was forked meanwhile has it open, too.
            unlock(descriptor)
            os.close(descriptor)


def _taken(file: Path) -> int | None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, SECRET)
    if try_lock(descriptor) and _is_still(file, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _is_still(file: Path, descriptor: int) -> bool:
    """Whether the file is the one that was opened: another one may stand in its place since."""
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
