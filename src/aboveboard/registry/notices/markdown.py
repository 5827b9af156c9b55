"""Enters: what somebody wrote in a registry. Leaves: the same as Markdown that is nothing but text.

The rules are those of CommonMark 0.31 and of the tables of GitHub; what was escaped is still easy
to read where nobody renders it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENTITY = re.compile(r"&(?=#?\w+;)")
_MARK = re.compile(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])")
_START = re.compile(r"[#=+-]")
_NUMBER = re.compile(r"(\d+)([.)])")


def escape(text: str) -> str:
    r"""Write a text so that none of it is taken for markup.

    Example:
        >>> escape("Files & <b>folders</b>"), escape("*.toml"), escape("max_age")
        ('Files & &lt;b&gt;folders&lt;/b&gt;', '\\*.toml', 'max_age')
    """
    line = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(line.split())
    line = _ENTITY.sub("&amp;", line).replace("<", "&lt;").replace(">", "&gt;")
    line = _MARK.sub(r"\\\g<0>", line)
    if _START.match(line):
        return f"\\{line}"
    number = _NUMBER.match(line)
    return f"{number[1]}\\{line[number.end(1) :]}" if number else line


def bullets(lines: Iterable[str]) -> str:
    r"""Write a list; what is in it is Markdown already.

    Example:
        >>> bullets(["one", "two"])
        '- one\n- two'
    """
    return "\n".join(f"- {line}" for line in lines)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; what is in it is Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(title: str, *blocks: str) -> str:
    """Write a page of blocks with empty lines between; an empty block leaves no trace."""
    return "\n\n".join([f"# {title}", *filter(None, blocks)]) + "\n"
