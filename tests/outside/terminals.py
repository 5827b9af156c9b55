"""Enters: a program. Leaves: it runs on a terminal of its own, whose keys a test presses."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

from tests.patience import PATIENCE


class Terminal:
    """A program on a pseudo-terminal that is its own.

    Attributes:
        process: the program.
        raw: every byte that was printed.
    """

    rows, columns = 24, 80

    def __init__(self, program: str, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.raw = b""

    @property
    def shown(self) -> str:
        """All that was printed and is to be seen."""
        return self.raw.decode().replace("\r\n", "\n")

    def read_until(self, words: str, times: int = 1) -> None:
        end = time.monotonic() + PATIENCE
        while self.shown.count(words) < times:
            assert time.monotonic() < end, f"{words!r} never came:\n{self.shown}"
            assert self._read(), f"{words!r} was not said:\n{self.shown}"

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self, patience: float = PATIENCE) -> int:
        end = time.monotonic() + patience
        while self._read():
            if time.monotonic() > end:
                raise TimeoutError(self.shown)
        return self.process.wait(PATIENCE)

    def leave(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def _read(self) -> bool:
        """Read on for a second; tell whether the program still has its terminal open."""
        if not select.select([self._ours], [], [], 1)[0]:
            return True
        try:
            piece = os.read(self._ours, 65_536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            piece = b""
        self.raw += piece
        return bool(piece)
