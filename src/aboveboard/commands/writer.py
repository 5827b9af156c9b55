"""Enters: lines. Leaves: they are on standard output, or on the other one, whatever it can show."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo
    from typing import TextIO

WIDEST = 100
NO_EDGE = 1_000_000


class Writer:
    """Where a command writes: results to one stream, remarks and problems to the other.

    Args:
        call: what is typed before a command's own words: ``yourapp telemetry``.
        out: for results; None for standard output.
        err: for what is no result; None for standard error.
        zone: the person's zone; None for the machine's own.
    """

    def __init__(
        self,
        call: str,
        out: TextIO | None = None,
        err: TextIO | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self.call = call
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._zone = zone

    def say(self, text: str = "") -> None:
        """Write a result as it is."""
        _write(self._out, text)

    def note(self, text: str) -> None:
        """Write a remark, which no program should read as a result."""
        _write(self._err, text)

    def items(self, lines: Iterable[str], before: str = "- ") -> None:
        """Write lines of a list, none wider than the terminal; whole ones where there is none."""
        after = " " * (len(before) or 2)
        for line in lines:
            for row in textwrap.wrap(
                line,
                self.width,
                initial_indent=before,
                subsequent_indent=after,
                break_long_words=False,
                break_on_hyphens=False,
            ):
                self.say(row)

    def could_not(self, what: str, means: str, remedy: str) -> int:
        """Say what happened, what it means and what to do."""
        self._problem(what, means, remedy)
        return Exit.COULD_NOT

    def not_understood(self, what: str, remedy: str) -> int:
        """Say what was not understood, and what would be."""
        self._problem(what, "Nothing was changed.", remedy)
        return Exit.NOT_UNDERSTOOD

    def moment(self, seconds: float) -> str:
        """Say a moment in the person's zone.

        Example:
            >>> Writer("", zone=UTC).moment(1_796_000_000)
            '2026-11-30 00:53 UTC'
        """
        then = datetime.fromtimestamp(seconds, UTC).astimezone(self._zone)
        return f"{then:%Y-%m-%d %H:%M %Z}"

    @property
    def width(self) -> int:
        """How many columns there are; very many where no terminal is."""
        if not self._out.isatty():
            return NO_EDGE
        return min(shutil.get_terminal_size().columns, WIDEST)

    def _problem(self, *sentences: str) -> None:
        first, *others = sentences
        self.note(f"{self.call}: {first}")
        for sentence in others:
            self.note(f"  {sentence}")


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
