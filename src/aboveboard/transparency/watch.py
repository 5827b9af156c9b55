"""Enters: what a follower knew of a log, and what it is shown now. Leaves: it goes on, or a doubt.

A follower is a device, a mirror or anyone: it never goes back, and never lets the past change.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.transparency.checkpoint import Checkpoint, is_signed
from aboveboard.transparency.checkpoint import read as read_checkpoint
from aboveboard.transparency.merkle import verify_consistency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.evidence import Equivocation
    from aboveboard.transparency.note import Key


class Suspicion(enum.StrEnum):
    """Why a log is not believed. The text never changes once released."""

    NOT_A_CHECKPOINT = "not_a_checkpoint"
    OTHER_LOG = "other_log"
    NOT_SIGNED = "not_signed"
    LOG_SHRANK = "log_shrank"
    LOG_FORKED = "log_forked"
    HISTORY_REWRITTEN = "history_rewritten"
    LOG_TOO_LARGE = "log_too_large"
    ENTRIES_DIFFER = "entries_differ"
    UNKNOWN_ENTRY = "unknown_entry"
    BLOB_MISSING = "blob_missing"
    BLOB_DIFFERS = "blob_differs"
    NOT_IN_LOG = "not_in_log"


_WORDS = {
    Suspicion.NOT_A_CHECKPOINT: "What it shows is no checkpoint of a log. Check the address.",
    Suspicion.OTHER_LOG: "It is another log than the one whose key you have. Check both.",
    Suspicion.NOT_SIGNED: "The log's key did not sign what it shows. Do not believe it.",
    Suspicion.LOG_SHRANK: (
        "The log is smaller than it was. A log only grows: this is an old copy, or entries were "
        "taken back. Ask again later; if it stays so, tell others."
    ),
    Suspicion.LOG_FORKED: (
        "The log shows different people different entries: it has signed two states that "
        "contradict each other. Keep the evidence and publish it."
    ),
    Suspicion.HISTORY_REWRITTEN: (
        "The log cannot show that it only added entries to what it was. Keep the evidence, and "
        "compare with another mirror."
    ),
    Suspicion.LOG_TOO_LARGE: "The log says it has more entries than can be checked here.",
    Suspicion.ENTRIES_DIFFER: "The entries it hands out are not the ones that it signed.",
    Suspicion.UNKNOWN_ENTRY: "It has an entry of an unknown kind. Update Aboveboard and try again.",
    Suspicion.BLOB_MISSING: "It does not hand out a content that one of its entries names.",
    Suspicion.BLOB_DIFFERS: "A content is not the one that its entry names.",
    Suspicion.NOT_IN_LOG: "What it shows does not stand in the log that it signed.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a follower knows: only ``advance`` makes one.

    Attributes:
        note: the signed checkpoint; keep these bytes.
        checkpoint: what it says.
    """

    note: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a follower stays with what it knew.

    Attributes:
        code: stable, for logs and counters.
        note: what the log showed.
        evidence: proof for others, if there is any.
    """

    code: Suspicion
    note: bytes = b""
    evidence: Equivocation | None = None

    @property
    def text(self) -> str:
        """What it means and what to do, for people."""
        return _WORDS[self.code]


def advance(
    seen: Seen | None,
    note: bytes,
    proof: Sequence[bytes],
    key: Key,
    checker: SignatureChecker,
) -> Seen | Doubt:
    """Go on from what was known to what a log shows now, if it only added to it.

    Bytes that were kept on disk become a Seen again by ``advance(None, kept, (), key, checker)``.

    Args:
        seen: what was known; None at first.
        note: the checkpoint that is shown now.
        proof: that it only added; empty at first, or if it is as large as it was.
        key: of the log, known from elsewhere.
        checker: checks signatures.

    Raises:
        SealError: signatures cannot be checked here.
    """
    new = read_checkpoint(note)
    if new is None:
        return Doubt(Suspicion.NOT_A_CHECKPOINT, note)
    if new.origin != key.name:
        return Doubt(Suspicion.OTHER_LOG, note)
    if not is_signed(note, key, checker):
        return Doubt(Suspicion.NOT_SIGNED, note)
    wrong = None if seen is None else _wrong(seen.checkpoint, new, proof)
    return Seen(note, new) if wrong is None else Doubt(wrong, note)


def _wrong(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> Suspicion | None:
    if new.size < old.size:
        return Suspicion.LOG_SHRANK
    if new.size == old.size:
        return None if new.root == old.root else Suspicion.LOG_FORKED
    if verify_consistency(old.size, old.root, new.size, new.root, proof):
        return None
    return Suspicion.HISTORY_REWRITTEN
