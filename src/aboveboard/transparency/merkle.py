"""Enters: leaves in their order. Leaves: the tree's root, and proofs that strangers can check.

The Merkle tree and its proofs are those of RFC 6962 section 2.1 and RFC 9162 section 2.1, over
SHA-256. What checks never raises: foreign input that does not fit gives False.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aboveboard.transparency.hashes import HASH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf; the first byte keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees to the one that holds both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its right end; every question takes about log₂(n) hashes.

    It keeps the hash of every complete subtree, level by level, so about twice as many hashes as
    leaves.

    Args:
        leaf_hashes: what it begins with.

    Example:
        >>> tree = Tree(map(leaf_hash, [b"one", b"two", b"three"]))
        >>> proof = tree.inclusion_proof(1, 3)
        >>> verify_inclusion(leaf_hash(b"two"), 1, 3, proof, tree.root())
        True
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaf_hashes:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        level = 0
        self._levels[0].append(leaf)
        while len(self._levels[level]) % 2 == 0:
            left, right = self._levels[level][-2:]
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node_hash(left, right))

    def root(self, size: int | None = None) -> bytes:
        """Give the root of the whole tree, or of what it was with ``size`` leaves.

        Raises:
            ValueError: it has fewer leaves.
        """
        end = len(self) if size is None else size
        self._must(0 <= end <= len(self))
        return self._hash(0, end) if end else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Show that a leaf is in the tree of ``size`` leaves.

        Raises:
            ValueError: there is no such leaf or size.
        """
        self._must(0 <= index < size <= len(self))
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Show that the tree of ``new`` leaves only adds to that of ``old``.

        Raises:
            ValueError: there are no such sizes.
        """
        self._must(0 <= old <= new <= len(self))
        if not old:
            return []
        path, start, end = [], 0, new
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        if start:
            path.append(self._hash(start, end))
        return path[::-1]

    def _hash(self, start: int, end: int) -> bytes:
        size = end - start
        split = _split(size)
        if split * 2 == size or size == 1:
            return self._levels[size.bit_length() - 1][start // size]
        return node_hash(self._hash(start, start + split), self._hash(start + split, end))

    def _must(self, holds: bool) -> None:  # noqa: FBT001 the one thing that it is told
        if not holds:
            message = f"the tree has {len(self)} leaves, and no such place or size"
            raise ValueError(message)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether a proof shows that a leaf's hash stands at a place of a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    place, last, made = index, size - 1, leaf
    for step in proof:
        if not last:
            return False
        if place & 1 or place == last:
            made = node_hash(step, made)
            place, last = _climb(place, last)
        else:
            made = node_hash(made, step)
        place, last = place >> 1, last >> 1
    return not last and made == root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that a tree only adds to an older one (RFC 9162, 2.1.4.2).

    Everything adds to the empty tree, and a tree adds nothing to itself; both need no proof, and
    then none may be given.
    """
    if not 0 <= old_size <= new_size or not _hashes(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return old_root == new_root and not proof and (bool(new_size) or new_root == EMPTY_ROOT)
    if not old_size:
        return old_root == EMPTY_ROOT and not proof
    whole = old_size & (old_size - 1) == 0
    steps = [old_root, *proof] if whole else list(proof)
    return bool(steps) and _walk(old_size - 1, new_size - 1, steps) == (old_root, new_root)


def _walk(place: int, last: int, steps: list[bytes]) -> tuple[bytes, bytes] | None:
    """Give the old and the new root to which the steps lead."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if not last:
            return None
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            place, last = _climb(place, last)
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if not last else None


def _climb(place: int, last: int) -> tuple[int, int]:
    """Pass the levels at which a last, incomplete subtree has no neighbour."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(size: int) -> int:
    """Give the largest power of two below ``size`` (0 for 1)."""
    return 1 << (size - 1).bit_length() - 1 if size > 1 else 0
