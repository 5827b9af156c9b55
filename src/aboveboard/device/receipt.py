"""Enters: what a collector answered to a withdrawal. Leaves: what its receipt is worth."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from aboveboard.errors import SealError
from aboveboard.model.withdrawal import Proof

if TYPE_CHECKING:
    from aboveboard.model.withdrawal import Withdrawal
    from aboveboard.ports.signatures import SignatureChecker

MOST_BYTES = 3000
_RECEIPT = re.compile(
    r"aboveboard receipt 1\n(?P<app>[a-z0-9-]+)\n(?P<report>[0-9a-f]{32})\n"
    r"deleted (?P<day>\d{4}-\d{2}-\d{2})\n(?:.+\n)*",
    re.ASCII,
)


def text(app: str, report: str, day: date) -> str:
    """Give the text that a collector signs when it has deleted a report, or will by that day.

    Example:
        >>> print(text("editor", "0" * 32, date(2026, 11, 20)), end="")
        aboveboard receipt 1
        editor
        00000000000000000000000000000000
        deleted 2026-11-20
    """
    return f"aboveboard receipt 1\n{app}\n{report}\ndeleted {day.isoformat()}\n"


def examine(
    receipt: str, withdrawal: Withdrawal, checker: SignatureChecker
) -> tuple[Proof, date | None]:
    """Tell what a receipt proves about a withdrawal, and the day that it names.

    What was signed by another key, or for another report, proves nothing.
    """
    from aboveboard.transparency.note import read, read_key, signed_by  # noqa: PLC0415 it is rare

    note = read(receipt.encode("utf-8", "replace")) if len(receipt) <= MOST_BYTES else None
    found = _RECEIPT.fullmatch(note.text) if note is not None else None
    day = _day(found["day"]) if found is not None else None
    if note is None or found is None or day is None:
        return Proof.NONE, None
    if (found["app"], found["report"]) != (withdrawal.app, withdrawal.report):
        return Proof.NONE, None
    key = read_key(withdrawal.log)
    if key is None:
        return Proof.UNCHECKED, day
    try:
        return (Proof.SIGNED, day) if signed_by(note, key, checker) else (Proof.NONE, None)
    except SealError:
        return Proof.UNCHECKED, day


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
