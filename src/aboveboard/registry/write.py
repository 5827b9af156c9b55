"""Enters: the tables of a registry file. Leaves: its TOML text, laid out for people who review it.

Reading it gives the same tables again. Short tables of a metric stand on one line, long lists are
filled up line by line, so that a change of one word is a change of one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

Table: TypeAlias = Mapping[str, object]
Notes: TypeAlias = Mapping[tuple[str, ...], Sequence[str]]
"""Where a table stands to the lines that are written below its heading."""

WIDEST = 100
INDENT = "    "
_INLINE = frozenset({"approved", "expires"})
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write(table: Table, notes: Mapping[str, Sequence[str]] | None = None) -> str:
    r"""Write a registry file.

    Args:
        table: the whole file: texts, whole numbers, fractions, yes or no, days, lists and tables.
        notes: metric to lines that are written as comments below its heading.

    Raises:
        TypeError: it holds what no registry file can hold.

    Example:
        >>> content = {"format": 1, "metric": {"file.opened": {"kind": "counter", "largest": 9}}}
        >>> print(write(content, {"file.opened": ["Counted since 2019."]}), end="")
        format = 1
        <BLANKLINE>
        [metric."file.opened"]
        # Counted since 2019.
        kind = "counter"
        largest = 9
    """
    told: Notes = {("metric", name): lines for name, lines in (notes or {}).items()}
    blocks = ["\n".join(block) for block in _blocks((), table, told)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _blocks(path: tuple[str, ...], table: Table, notes: Notes) -> Iterator[list[str]]:
    """Give a table's own lines, then those of the tables inside it."""
    below = {
        key: inner
        for key, inner in table.items()
        if isinstance(inner, Mapping) and key not in _INLINE
    }
    lines = [f"[{'.'.join(map(_key, path))}]"] if path else []
    lines += [f"# {_one_line(note)}".rstrip() for note in notes.get(path, ())]
    lines += [_line(key, value) for key, value in table.items() if key not in below]
    if len(lines) > 1 or not below or (lines and not path):
        yield lines
    for key, inner in below.items():
        yield from _blocks((*path, key), inner, notes)


def _line(key: str, value: object) -> str:
    line = f"{_key(key)} = {_value(value)}"
    if len(line) <= WIDEST or not isinstance(value, list):
        return line
    return "\n".join([f"{_key(key)} = [", *_filled(value), "]"])


def _filled(items: Sequence[object]) -> Iterator[str]:
    """Fill lines with a list's items; tables have a line each."""
    line = INDENT
    for item in items:
        word = f"{_value(item)},"
        if line != INDENT and (len(line) + len(word) > WIDEST or isinstance(item, Mapping)):
            yield line.rstrip()
            line = INDENT
        line += f"{word} "
    yield line.rstrip()


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return _text(value)
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case Mapping():
            inside = ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            message = f"a registry file cannot hold {type(value).__name__}"
            raise TypeError(message)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """Quote a text; JSON's escapes are TOML's, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", r"\u007f")


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
