"""Enters: a path, bytes. Leaves: a small file for its owner's eyes, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = 0o600
SECRET_FOLDER = 0o700
MOST_BYTES = 16 * 1024 * 1024


def read_private(file: Path | str) -> bytes | None:
    """Read a file; None if there is none.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        with open(file, "rb") as stream:
            return stream.read(MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{os.path.basename(file)} cannot be read"
        raise StoreError(message) from error


def write_private(file: Path | str, body: bytes) -> None:
    """Put bytes in the place of a file; its folder is made if it is not there.

    Raises:
        StoreError: it cannot be written; what was there before is there still.
    """
    folder, name = os.path.split(file)
    part = os.path.join(folder, f".{name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        os.makedirs(folder or os.curdir, exist_ok=True, mode=SECRET_FOLDER)
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, file)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
    except OSError as error:
        message = f"{name} cannot be written"
        raise StoreError(message) from error
