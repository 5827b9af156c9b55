"""Enters: a folder and a size. Leaves: a disk of its own in memory, which can be filled up."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BLOCK = 4096


class NoDiskError(Exception):
    """No disk can be made here; that takes Linux, and root."""


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Have a new folder that is a disk of its own.

    Args:
        folder: where it will be.
        size: as ``mount`` understands it, such as ``300k``.

    Raises:
        NoDiskError: this is not the system for it, or not the user.
    """
    mount = shutil.which("mount") if sys.platform == "linux" else None
    if mount is None:
        message = "no small disk can be made here"
        raise NoDiskError(message)
    folder.mkdir(parents=True)
    made = [mount, "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if subprocess.run(made, capture_output=True, check=False).returncode:
        message = "no small disk may be made here"
        raise NoDiskError(message)
    try:
        yield folder
    finally:
        # Lazily: a process that is being killed may still have a file open.
        subprocess.run([str(shutil.which("umount")), "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def disk_or_skip(folder: Path, size: str) -> Iterator[Path]:
    """Do the same for a test, which is skipped where it cannot be done."""
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(small_disk(folder, size))
        except NoDiskError as error:
            pytest.skip(str(error))
        yield made


def fill(path: Path, block: int = BLOCK) -> None:
    """Write to a file until there is no room any more."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(block))
