"""Enters: pieces of Python. Leaves: lines of it, laid out as ``ruff format`` would."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 100
INDENT = "    "
_ENDS = (".", "!", "?")


def bracketed(depth: int, head: str, items: Sequence[str], tail: str) -> list[str]:
    """Write what stands in brackets on one line if it fits, else on a second, else a line each.

    Args:
        depth: how far it is indented.
        head: what comes before the items, up to the bracket that opens.
        items: what stands between; each stays whole.
        tail: what comes after them, from the bracket that closes.

    Example:
        >>> bracketed(0, "Word = Literal[", ['"linux"', '"macos"'], "]")
        ['Word = Literal["linux", "macos"]']
    """
    outer, inner = INDENT * depth, INDENT * (depth + 1)
    joined = ", ".join(items)
    if len(whole := f"{outer}{head}{joined}{tail}") <= WIDTH:
        return [whole]
    if len(between := f"{inner}{joined}") <= WIDTH and joined != "self":
        return [f"{outer}{head}", between, f"{outer}{tail}"]
    return [f"{outer}{head}", *(f"{inner}{item}," for item in items), f"{outer}{tail}"]


def docstring(depth: int, *paragraphs: str) -> list[str]:
    """Write a docstring; nothing that somebody wrote can end it.

    Args:
        depth: how far it is indented.
        paragraphs: its texts, the first a line; an empty one leaves no trace.

    Example:
        >>> for line in docstring(0, 'Files "opened"', "", "How many?"):
        ...     print(line.replace('"', "|"))
        |||Files 'opened'.
        <BLANKLINE>
        How many?
        |||
    """
    first, *others = [text for text in map(plain, paragraphs) if text]
    first = first if first.endswith(_ENDS) else f"{first}."
    outer = INDENT * depth
    mark = 'r"""' if any("\\" in text for text in paragraphs) else '"""'
    if not others and len(whole := f'{outer}{mark}{first}"""') <= WIDTH:
        return [whole]
    lines = _wrapped(first, f"{outer}{mark}", outer)
    for text in others:
        lines += ["", *_wrapped(text, outer, outer)]
    return [*lines, f'{outer}"""']


def plain(text: str) -> str:
    """Write a text as one printable line without the quotes that could end a docstring.

    Example:
        >>> plain('Is "Save  as" used?')
        "Is 'Save as' used?"
    """
    line = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(line.replace('"', "'").split())


def spaced(blocks: Iterable[Sequence[str]], lines: int) -> list[str]:
    """Join blocks of lines with empty lines between."""
    found: list[str] = []
    for block in blocks:
        found += [*[""] * (lines if found else 0), *block]
    return found


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
