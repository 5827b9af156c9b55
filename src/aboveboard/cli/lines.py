"""Enters: what is said to a person. Leaves: it in the width of a terminal; unchanged in a pipe."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

WIDEST = 4000
"""A pipe has no width: nothing is ever this wide."""


def say(text: str, *, err: bool = False) -> None:
    """Write text; on a terminal no word is broken at the end of a line."""
    click.echo(folded(text, room(err=err)), err=err)


def folded(text: str, width: int) -> str:
    r"""Fold the lines that are too long; what follows is indented like their beginning.

    Example:
        >>> print(folded("Take it:\n  a long sentence, and /a/path/that/stays/whole", 20))
        Take it:
          a long sentence,
          and
          /a/path/that/stays/whole
    """
    return "\n".join(_fold(line, width) for line in text.split("\n"))


def room(least: int = 1, *, err: bool = False) -> int:
    """Tell how wide a page may be that needs some columns at least."""
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty():
        return WIDEST
    width = shutil.get_terminal_size().columns
    return width if width >= least else WIDEST


def _fold(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
