"""Enters: a terminal. Leaves: the keys that a person presses on it, one by one.

What was typed before, pasted, or typed on in one go was not meant for the question: a key counts
when nothing but Enter follows it for a moment.
"""

from __future__ import annotations

import contextlib
import os
import select
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTLED_SECONDS = 0.3
END_OF_INPUT = "\x04"
MOST_BYTES = 4096


class Keys(Protocol):
    """Gives keys."""

    enter: bool
    """Whether a key must be followed by Enter."""

    def read(self) -> str:
        """Wait for a key, and give it in lower case.

        Raises:
            EOFError: nobody is there any more.
        """
        ...


class CharacterKeys:
    """Gives each key as it is pressed, on a terminal that was set so.

    Args:
        descriptor: of the terminal.
    """

    enter = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> str:
        """Wait for a key that nothing follows."""
        while True:
            typed = os.read(self._descriptor, MOST_BYTES)
            while typed and select.select([self._descriptor], [], [], SETTLED_SECONDS)[0]:
                more = os.read(self._descriptor, MOST_BYTES)
                typed = typed + more if more else b""
            text = typed.decode(errors="ignore").rstrip("\r\n")
            if not typed or text == END_OF_INPUT:
                raise EOFError
            if len(text) <= 1:
                return text.lower()


class LineKeys:
    """Gives the letters of lines, where single keys cannot be had.

    Args:
        stream: where lines come from.
    """

    enter = True

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def read(self) -> str:
        """Wait for a line of one letter."""
        while True:
            line = self._stream.readline()
            if not line:
                raise EOFError
            text = line.strip()
            if len(text) <= 1:
                return text.lower()


@contextlib.contextmanager
def keys_of(stream: TextIO) -> Iterator[Keys]:
    """Give the keys of a terminal, which is afterwards as it was."""
    try:
        import termios  # noqa: PLC0415 Windows has none
        import tty  # noqa: PLC0415 the same
    except ImportError:
        yield LineKeys(stream)
        return
    descriptor = stream.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
        yield CharacterKeys(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
