"""Enters: what a person named. Leaves: its bytes, or a new file with theirs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MOST_BYTES = 16 * 1024 * 1024
OWNER_ONLY = 0o600


def read_bytes(name: str) -> bytes:
    """Read a file, or with ``-`` what standard input has.

    Raises:
        OSError: it cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    with Path(name).open("rb") as stream:
        return stream.read(MOST_BYTES)


def write_new(file: Path, body: bytes) -> None:
    """Write a file that is not there yet, for its owner's eyes.

    Raises:
        OSError: it is there, or cannot be written.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(body)


def why(error: OSError) -> str:
    """Say why without the name of a file: that may tell who somebody is."""
    return error.strerror or "the system does not say why"
