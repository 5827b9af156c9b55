"""Enters: a question, a terminal's size. Leaves: the lines that are shown, as many as fit."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from aboveboard.device.question import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.device.question import Part, Question

FEWEST_COLUMNS = 40
WIDEST = 96
DATA, TEXT = "data", "text"
"""What can be looked at before one answers."""
DIGEST_DIGITS = 16


def screen(question: Question, columns: int, rows: int) -> list[str] | None:
    """Lay out the question with its answers; None if a screen is too small for it.

    Long lists are cut: first to a line for each item, then to as many as there is room for.
    """
    if columns < FEWEST_COLUMNS:
        return None
    width = min(columns - 1, WIDEST)
    head, items, tail = _blocks(question, width)
    room = rows - 1 - len(head) - len(tail)  # the last line is where one answers
    whole = _wrapped(items, width)
    for body in ([*whole, ""], whole, [_cut(item, width) for item in items]):
        if len(body) <= room:
            return [*head, *body, *tail]
    if room < 1:
        return None
    rest = question.words.rest.format(number=len(items) - room + 1)
    return [*head, *(_cut(line, width) for line in (*items[: room - 1], rest)), *tail]


def in_any_case(question: Question, columns: int) -> list[str]:
    """Lay it out for a window that has become too small since the question began."""
    width = max(columns, FEWEST_COLUMNS) - 1
    head, items, tail = _blocks(question, width)
    return [*head, *_wrapped(items, width), *tail]


def _blocks(question: Question, width: int) -> tuple[list[str], list[str], list[str]]:
    """Give what stands before the list, its items, and what stands after it."""
    items = [line for line in question.lines if line.startswith("- ")]
    before, after = question.lines[:3], question.lines[3 + len(items) :]
    tail = [*_wrapped(after, width), "", *_keys(question, width), ""]
    return _wrapped(before, width), items, tail


def keys(question: Question) -> dict[str, str]:
    """Give what each key stands for: an answer, the data or the text."""
    meant = [*question.answers, DATA, TEXT]
    return {question.words.keys[each]: str(each) for each in meant}


def part_lines(question: Question, part: Part, columns: int) -> list[str]:
    """Ask about one part alone."""
    width = min(columns - 1, WIDEST)
    return ["", *_wrapped([part.text], width), *_pairs(question.words.modes.values(), width)]


def earlier_lines(question: Question, columns: int) -> list[str]:
    """Ask about what was counted until now."""
    width, words = min(columns - 1, WIDEST), question.words
    return ["", *_wrapped([words.earlier], width), *_pairs(words.yes_no.values(), width)]


def text_lines(question: Question, columns: int) -> list[str]:
    """Lay out the whole text, with all that is new before it."""
    news = [f"- {line}" for line in question.news]
    return _wrapped([*news, *([""] if news else []), *question.text.split("\n")], columns - 1)


def data_lines(question: Question, columns: int) -> list[str]:
    """Lay out the exact data; a report has the same values without the white space."""
    lines = [question.data_head]
    for body in question.data:
        pretty = json.dumps(json.loads(body), indent=1)
        lines += ["", *pretty.split("\n")]
    return _wrapped(lines, columns - 1)


def pages(lines: Sequence[str], rows: int) -> list[list[str]]:
    """Divide lines into pages that leave a line for the key that turns them."""
    size = max(rows - 1, 1)
    return [list(lines[start : start + size]) for start in range(0, len(lines), size)]


def _keys(question: Question, width: int) -> list[str]:
    words = question.words
    whole = f"{words.answers[TEXT]} (SHA-256 {question.digest[:DIGEST_DIGITS]})"
    looks = {DATA: words.answers[DATA], TEXT: whole}
    answers = dict(question.answers)
    later = {Answer.LATER: answers.pop(Answer.LATER)}
    named = ((words.keys[name], label) for name, label in (answers | looks | later).items())
    return _pairs(named, width)


def _pairs(choices: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Write keys and what they stand for, all in the same form."""
    return [
        line
        for key, label in choices
        for line in textwrap.wrap(f"  {key}  {label}", width, subsequent_indent=" " * 5)
    ]


def _wrapped(lines: Iterable[str], width: int) -> list[str]:
    found: list[str] = []
    for line in lines:
        bare = line.lstrip(" ")
        indent = " " * (len(line) - len(bare) + (2 if bare.startswith("- ") else 0))
        found += textwrap.wrap(line, width, subsequent_indent=indent) or [""]
    return found


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
