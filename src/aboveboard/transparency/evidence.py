"""Enters: two checkpoints that one log signed. Leaves: proof that they contradict each other.

Whoever holds an Equivocation and the log's key needs nothing else, and need trust nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.transparency.checkpoint import is_signed
from aboveboard.transparency.checkpoint import read as read_checkpoint
from aboveboard.transparency.hashes import hash_from, proof_from, to_base64
from aboveboard.transparency.merkle import verify_consistency

if TYPE_CHECKING:
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.merkle import Tree
    from aboveboard.transparency.note import Key

FORMAT = 1
MOST_EVIDENCE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Equivocation:
    """Two signed checkpoints of one log, of which the later does not continue the earlier.

    Attributes:
        earlier: the note with the smaller size.
        later: the note with the larger size, or the same.
        root: the root that the later tree had when it was as large as the earlier one.
        proof: shows that it had it; empty if both are equally large.
    """

    earlier: bytes
    later: bytes
    root: bytes
    proof: tuple[bytes, ...]


def prove_fork(
    one: bytes, other: bytes, tree: Tree, key: Key, checker: SignatureChecker
) -> Equivocation | None:
    """Make the proof that two checkpoints contradict each other.

    Args:
        one: a note.
        other: another note.
        tree: the leaves of the larger one. Of two equally large ones either tree does, or none.
        key: of the log.
        checker: checks signatures.

    Returns:
        None if they do not, if the key did not sign both, or if the tree is not the larger one's.
    """
    first, second = read_checkpoint(one), read_checkpoint(other)
    if first is None or second is None:
        return None
    (old, earlier), (new, later) = sorted(
        [(first, one), (second, other)], key=lambda it: it[0].size
    )
    if old.size == new.size:
        evidence = Equivocation(earlier, later, new.root, ())
    elif new.size <= len(tree):
        steps = tree.consistency_proof(old.size, new.size)
        evidence = Equivocation(earlier, later, tree.root(old.size), tuple(steps))
    else:
        return None
    return evidence if proves(evidence, key, checker) else None


def proves(evidence: Equivocation, key: Key, checker: SignatureChecker) -> bool:
    """Whether it proves that the key's owner showed two different logs as one.

    The later tree had the root ``root`` when it was as large as the earlier one; the earlier note
    says another.
    """
    earlier, later = read_checkpoint(evidence.earlier), read_checkpoint(evidence.later)
    if earlier is None or later is None or not earlier.origin == later.origin == key.name:
        return False
    signed = all(is_signed(body, key, checker) for body in (evidence.earlier, evidence.later))
    return (
        signed
        and evidence.root != earlier.root
        and verify_consistency(earlier.size, evidence.root, later.size, later.root, evidence.proof)
    )


def write(evidence: Equivocation) -> bytes:
    """Write it as JSON, for a file."""
    content = {
        "format": FORMAT,
        "earlier": evidence.earlier.decode(),
        "later": evidence.later.decode(),
        "root": to_base64(evidence.root),
        "proof": [to_base64(step) for step in evidence.proof],
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def read(body: bytes) -> Equivocation | None:
    """Read what ``write`` wrote; None for anything else. Nothing is checked yet."""
    try:
        content = json.loads(body) if len(body) <= MOST_EVIDENCE_BYTES else None
    except (ValueError, RecursionError):
        return None
    match content:
        case {"format": 1, "earlier": str(earlier), "later": str(later), **rest}:
            root, proof = hash_from(rest.get("root")), proof_from(rest.get("proof"))
        case _:
            return None
    if root is None or proof is None:
        return None
    return Equivocation(
        earlier.encode(errors="replace"), later.encode(errors="replace"), root, proof
    )
