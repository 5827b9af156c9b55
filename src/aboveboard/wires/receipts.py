"""Enters: a report that was deleted, or somebody's bytes. Leaves: a receipt's text, or its content.

A receipt is a signed note (:mod:`aboveboard.transparency.note`); this is what its text says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MOST_BYTES = 3000
_TEXT = re.compile(
    r"aboveboard receipt 1\n(?P<app>[a-z0-9-]+)\n(?P<report>[0-9a-f]{32})\n"
    r"deleted (?P<day>\d{4}-\d{2}-\d{2})\n(?P<more>(?:.+\n)*)",
    re.ASCII,
)
_BACKUPS = re.compile(r"^backups until (\d{4}-\d{2}-\d{2})$", re.ASCII | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.

    Attributes:
        app: the product.
        report: the report's id.
        day: on which it was deleted, or by which it will be.
        backups: the day after which no backup has it either; None if it says nothing of backups.
    """

    app: str
    report: str
    day: date
    backups: date | None = None


def text(app: str, report: str, day: date, backups: date | None = None) -> str:
    """Give the text that a collector signs.

    Args:
        app: the product.
        report: the report's id.
        day: on which it was deleted, or by which it will be.
        backups: the day after which no backup has it either.

    Example:
        >>> print(text("editor", "0" * 32, date(2026, 11, 20), date(2026, 12, 20)), end="")
        aboveboard receipt 1
        editor
        00000000000000000000000000000000
        deleted 2026-11-20
        backups until 2026-12-20
    """
    head = f"aboveboard receipt 1\n{app}\n{report}\ndeleted {day.isoformat()}\n"
    return head if backups is None else f"{head}backups until {backups.isoformat()}\n"


def read(said: str) -> Receipt | None:
    """Read a receipt's text; None for anything else. Lines that it does not know may follow.

    Example:
        >>> read("aboveboard receipt 1") is None
        True
    """
    found = _TEXT.fullmatch(said)
    day = _day(found["day"]) if found is not None else None
    if found is None or day is None:
        return None
    backups = _BACKUPS.search(found["more"])
    return Receipt(
        found["app"], found["report"], day, _day(backups[1]) if backups is not None else None
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
