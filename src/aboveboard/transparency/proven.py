"""Enters: an entry with its proof. Leaves: JSON for whoever asked, and there the entry, checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.transparency import entries
from aboveboard.transparency.hashes import proof_from, to_base64
from aboveboard.transparency.merkle import leaf_hash, verify_inclusion
from aboveboard.transparency.watch import Doubt, Suspicion, advance

if TYPE_CHECKING:
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.entries import Entry
    from aboveboard.transparency.note import Key

MOST_PROVEN_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, and all that is needed to see that it stands in the log.

    Attributes:
        index: its place.
        leaf: its exact bytes.
        proof: that it stands there in the tree of the checkpoint.
        note: the signed checkpoint.
    """

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]
    note: bytes


def write(proven: Proven) -> bytes:
    """Write it as JSON."""
    content = {
        "index": proven.index,
        "leaf": proven.leaf.decode(),
        "proof": [to_base64(step) for step in proven.proof],
        "checkpoint": proven.note.decode(),
    }
    return json.dumps(content, ensure_ascii=False).encode()


def read(body: bytes) -> Proven | None:
    """Read what ``write`` wrote; None for anything else. Nothing is checked yet."""
    try:
        content = json.loads(body) if len(body) <= MOST_PROVEN_BYTES else None
    except (ValueError, RecursionError):
        return None
    match content:
        case {"index": int(index), "leaf": str(leaf), "checkpoint": str(note), **rest}:
            proof = proof_from(rest.get("proof"))
        case _:
            return None
    if proof is None:
        return None
    return Proven(index, leaf.encode(errors="replace"), proof, note.encode(errors="replace"))


def check(proven: Proven, key: Key, checker: SignatureChecker) -> Entry | Doubt:
    """Give the entry if it stands in the log that the key signed.

    Whether that log is the one which others see is for ``watch.advance`` with ``proven.note``.

    Raises:
        SealError: signatures cannot be checked here.
    """
    seen = advance(None, proven.note, (), key, checker)
    if isinstance(seen, Doubt):
        return seen
    tree, leaf = seen.checkpoint, leaf_hash(proven.leaf)
    if not verify_inclusion(leaf, proven.index, tree.size, proven.proof, tree.root):
        return Doubt(Suspicion.NOT_IN_LOG, proven.note)
    entry = entries.read(proven.leaf)
    return Doubt(Suspicion.UNKNOWN_ENTRY, proven.note) if entry is None else entry
