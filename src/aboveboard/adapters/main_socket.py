"""Enters: a data folder. Leaves: the socket in it through which workers reach the main process.

A socket's address has room for about a hundred bytes, and the folder's path may be longer: both
ends name the socket relative to the folder that they work in.
"""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from aboveboard.errors import SetupError

FILE = "main.sock"


def listen_in(folder: Path) -> socket.socket:
    """Make the socket anew; the caller holds the folder's lock and has no other thread yet.

    Raises:
        SetupError: it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.chdir(folder):
            Path(FILE).unlink(missing_ok=True)
            listener.bind(FILE)
            Path(FILE).chmod(0o600)
    except OSError as error:
        listener.close()
        message = f"no socket can be made in the data folder {folder}: {error.strerror}"
        raise SetupError(message) from error
    return listener
