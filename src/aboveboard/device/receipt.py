"""Enters: what a collector answered to a withdrawal. Leaves: what its receipt is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import SealError
from aboveboard.model.withdrawal import Proof
from aboveboard.wires import receipts

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.withdrawal import Withdrawal
    from aboveboard.ports.signatures import SignatureChecker


def examine(
    receipt: str, withdrawal: Withdrawal, checker: SignatureChecker
) -> tuple[Proof, date | None]:
    """Tell what a receipt proves about a withdrawal, and the day that it names.

    What was signed by another key, or for another report, proves nothing.
    """
    from aboveboard.transparency.note import read, read_key, signed_by  # noqa: PLC0415 it is rare

    fits = len(receipt) <= receipts.MOST_BYTES
    note = read(receipt.encode("utf-8", "replace")) if fits else None
    said = receipts.read(note.text) if note is not None else None
    if note is None or said is None:
        return Proof.NONE, None
    if (said.app, said.report) != (withdrawal.app, withdrawal.report):
        return Proof.NONE, None
    key = read_key(withdrawal.log)
    if key is None:
        return Proof.UNCHECKED, said.day
    try:
        return (Proof.SIGNED, said.day) if signed_by(note, key, checker) else (Proof.NONE, None)
    except SealError:
        return Proof.UNCHECKED, said.day
