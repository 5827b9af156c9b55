"""Enters: a question, a terminal. Leaves: what the person at it answered.

Each answer is a key, none is the one that Enter gives, and no colour favours any. Whoever presses
Ctrl-C, or goes away, has not answered.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO, TypeVar

from aboveboard.adapters.terminal_keys import keys_of
from aboveboard.device import question_screen as layout
from aboveboard.device.question import Answer
from aboveboard.device.reply import Reply, reply
from aboveboard.model.consent import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aboveboard.adapters.terminal_keys import Keys
    from aboveboard.device.question import Question

T = TypeVar("T")
USUAL = (80, 24)
NO_TERMINALS = frozenset({"", "dumb"})


class TerminalQuestion:
    """Asks on a terminal.

    Args:
        term: the variable ``TERM``.
        stdin: where keys come from; None for the process's own, as for the other two.
        stdout: must be a terminal, too: otherwise something reads what the program says.
        stderr: where the question is written.
    """

    def __init__(
        self,
        term: str,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self._term = term
        self._in = stdin or sys.stdin
        self._out = stdout or sys.stdout
        self._err = stderr or sys.stderr

    def can_ask(self, question: Question) -> bool:
        """Whether a person sits at a terminal that is large enough, and the program has it."""
        if sys.platform != "win32" and self._term in NO_TERMINALS:
            return False
        if not all(map(_is_terminal, (self._in, self._out, self._err))):
            return False
        fits = layout.screen(question, *_size(self._err)) is not None
        return fits and _in_foreground(self._in)

    def ask(self, question: Question) -> Reply:
        """Ask, and wait for the person as long as they like."""
        try:
            self._out.flush()
            with keys_of(self._in) as keys:
                return _Dialog(question, keys, self._err).run()
        except (OSError, EOFError, KeyboardInterrupt):
            return Reply(Answer.LATER)


class _Dialog:
    """One question on one terminal."""

    def __init__(self, question: Question, keys: Keys, stream: TextIO) -> None:
        self._question = question
        self._words = question.words
        self._keys = keys
        self._stream = stream
        self._shown: list[str] = []

    def run(self) -> Reply:
        """Show the question until it is answered."""
        question, meant, read = self._question, layout.keys(self._question), False
        while True:
            size = _size(self._stream)
            lines = layout.screen(question, *size) or layout.in_any_case(question, size[0])
            pick = self._choose(lines, meant)
            if pick == layout.DATA:
                self._turn(layout.data_lines)
            elif pick == layout.TEXT:
                read = True
                self._turn(layout.text_lines)
            else:
                self._shown = [*lines, *(["", question.text] if read else [])]
                return self._answered(Answer(pick))

    def _answered(self, answer: Answer) -> Reply:
        levels, earlier = self._part_by_part() if answer is Answer.LEVELS else (None, None)
        said = self._words.answered.format(answer=self._question.answers[answer])
        self._write(f"{said}\n\n")
        wording = "\n".join(self._shown)
        return reply(self._question, answer, wording, levels, earlier=earlier)

    def _part_by_part(self) -> tuple[dict[str, Mode], bool | None]:
        question, levels = self._question, {}
        columns, _ = _size(self._stream)
        modes = {key: mode for mode, (key, _) in self._words.modes.items()}
        for part in question.parts:
            lines = layout.part_lines(question, part, columns)
            levels[part.level] = self._choose(lines, modes)
            self._shown += lines
        if not question.earlier or Mode.ON not in levels.values():
            return levels, None
        lines = layout.earlier_lines(question, columns)
        self._shown += lines
        return levels, self._choose(
            lines, {key: yes for yes, (key, _) in self._words.yes_no.items()}
        )

    def _choose(self, lines: Sequence[str], meant: Mapping[str, T]) -> T:
        """Show lines, and wait for one of some keys."""
        pick = self._words.on_line if self._keys.enter else self._words.pick
        self._write("\n".join([*lines, f"{pick} "]))
        while (key := self._keys.read()) not in meant:
            pass
        self._write("\n" if self._keys.enter else f"{key}\n")
        return meant[key]

    def _turn(self, lay_out: Callable[[Question, int], list[str]]) -> None:
        """Show a text page by page."""
        columns, rows = _size(self._stream)
        shown = layout.pages(lay_out(self._question, columns), rows)
        for place, page in enumerate(shown, 1):
            hint = self._words.more if place < len(shown) else self._words.back
            self._write("\n".join([*page, f"{hint} ({place}/{len(shown)}) "]))
            self._keys.read()
            self._write("\n")

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a host may have put anything in its place."""
    try:
        return stream is not None and os.isatty(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return False


def _in_foreground(stream: TextIO) -> bool:
    """Whether the terminal is this program's now: whoever reads in the background is stopped."""
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except AttributeError:
        return True  # Windows knows no background
    except OSError:
        return False


def _size(stream: TextIO) -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except OSError:
        return USUAL
    return (columns, rows) if columns and rows else USUAL
