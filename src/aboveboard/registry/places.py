"""Enters: a problem's place, and the texts it may stand in. Leaves: the file and the line.

A reader of TOML forgets lines; they are found again by looking for tables and keys at the beginning
of a line. What stands in a table on one line is told by that line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_TABLE = re.compile(rf"\s*\[\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_UNQUOTED = re.compile(rf"({_PART})|\s+")


def lines(text: str) -> dict[str, int]:
    r"""Give the first line of each table and key of a file, counted from 1.

    Example:
        >>> lines('format = 1\n[metric."file.opened"]\nkind = "flag"')
        {'format': 1, 'metric.file.opened': 2, 'metric.file.opened.kind': 3}
    """
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := _TABLE.fullmatch(line):
            table = _path(head[1])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = _path(key[1])
            found.setdefault(f"{table}.{path}" if table else path, number)
    return found


def locate(place: str, files: Mapping[str, Mapping[str, int]]) -> tuple[str, int]:
    """Find the file and the line of a place, or of what is nearest to it.

    Args:
        place: as a problem tells it; it may begin with the name of a plug-in's file.
        files: what each file is called, to its lines; the product's own file is the first.

    Example:
        >>> locate("metric.a.b.unit", {"editor.toml": {}, "spell.toml": {"metric.a.b": 7}})
        ('spell.toml', 7)
    """
    best = ("", next(iter(files)), 1)
    for name, known in files.items():
        inside = name if place == name else place.removeprefix(f"{name}.")
        while inside and inside not in known:
            inside = inside.rpartition(".")[0]
        if len(inside) > len(best[0]):
            best = (inside, name, known[inside])
        elif not best[0] and place.startswith(name):
            best = ("", name, 1)
    return best[1], best[2]


def _path(written: str) -> str:
    return _UNQUOTED.sub(lambda part: (part[1] or "").strip("\"'"), written)
