"""Enters: what a log brings to the disk. Leaves: it is there for good, or one error says why."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from aboveboard.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk: a new file is only there once this was done."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write bytes to their end; the system may take fewer at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@contextlib.contextmanager
def mapped(message: str) -> Iterator[None]:
    """Give the system's errors as one of ours.

    Raises:
        LogError: the system refused; its reason stands behind the message.
    """
    try:
        yield
    except OSError as error:
        raise as_log_error(message, error) from error


def as_log_error(message: str, error: OSError) -> LogError:
    """Give an error of the system as one of ours; the system's reason stands behind the message."""
    return LogError(f"{message}: {error.strerror or type(error).__name__}")
