"""Enters: what a collector publishes. Leaves: it is in a signed log, on disk, with proofs for all.

Several threads may ask and add at the same time. What is served is always one state: that of the
newest checkpoint.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.errors import LogError
from aboveboard.transparency import checkpoint as checkpoints
from aboveboard.transparency.checkpoint import Checkpoint
from aboveboard.transparency.entries import Entry, RegistryEntry, read, write
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.note import Key
from aboveboard.transparency.proven import Proven

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.ports.ledger import Ledger
    from aboveboard.ports.signatures import Signer


class TransparencyLog:
    """The log of one collector.

    Attributes:
        key: what others need to check it; ``str(key)`` is to be handed out.

    Args:
        ledger: keeps it.
        signer: signs its checkpoints.
        origin: its name, by convention its address without the scheme.

    Raises:
        LogError: what is on disk cannot be gone on with.
        ValueError: no log can have this origin.
    """

    def __init__(self, ledger: Ledger, signer: Signer, origin: str) -> None:
        self.key = Key(origin, signer.public_key)
        self._ledger = ledger
        self._signer = signer
        self._origin = origin
        self._adding = threading.Lock()
        self._reading = threading.Lock()
        self._tree = Tree()
        self._leaves: list[bytes] = []
        self._newest: dict[tuple[str, ...], int] = {}
        self._registries: dict[str, list[tuple[int, RegistryEntry]]] = {}
        self._note, self._size = b"", 0
        for leaf in ledger.leaves():
            self._take(leaf)
        self._go_on(ledger.checkpoint())

    def add(self, entry: Entry, blobs: Iterable[bytes]) -> int:
        """Add an entry and give its place; when this returns, it is on disk and signed for.

        If the newest entry about the same subject says the same on an earlier day, nothing is added
        and its place is given: a collector may say at every start what it serves.

        Args:
            entry: what to add.
            blobs: the contents that it names, as far as the log has not got them.

        Raises:
            LogError: it could not be kept; it may be tried again.
            ValueError: no entry can be like this, or a content is missing.
        """
        leaf, given = write(entry), {content_name(blob): blob for blob in blobs}
        with self._adding:
            index = self._newest.get(entry.subject)
            if index is None or not _says_the_same(self._leaves[index], entry):
                index = len(self._leaves)
                self._keep(leaf, entry, given)
            if index >= self._size:
                self._publish()
        return index

    def size(self) -> int:
        """Tell how many entries the newest checkpoint is about."""
        with self._reading:
            return self._size

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint, signed."""
        with self._reading:
            return self._note

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Show that an entry stands in the log of that size.

        Raises:
            ValueError: there is no such entry or size.
        """
        with self._reading:
            return self._tree.inclusion_proof(index, self._known(size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Show that the log of size ``new`` only adds to that of size ``old``.

        Raises:
            ValueError: there are no such sizes.
        """
        with self._reading:
            return self._tree.consistency_proof(old, self._known(new))

    def entries(self, start: int, end: int) -> list[bytes]:
        """Give the leaves from ``start`` up to before ``end``, as far as there are any."""
        with self._reading:
            return self._leaves[max(0, start) : max(0, min(end, self._size))]

    def blob(self, name: str) -> bytes | None:
        """Give a content by its SHA-256.

        Raises:
            LogError: it cannot be read, or was altered on disk.
        """
        return self._ledger.blob(name)

    def proven(self, index: int) -> Proven:
        """Give an entry with its proof for the newest checkpoint.

        Raises:
            ValueError: there is no such entry.
        """
        with self._reading:
            proof = tuple(self._tree.inclusion_proof(index, self._size))
            return Proven(index, self._leaves[index], proof, self._note)

    def latest_registry(self, app: str) -> tuple[int, RegistryEntry] | None:
        """Give the newest entry of an app's registry, with its place."""
        known = self.registries(app)
        return known[-1] if known else None

    def find_registry(self, app: str, fingerprint: str) -> int | None:
        """Give the place of the newest entry of one version of an app's registry."""
        known = self.registries(app)
        places = [index for index, entry in known if entry.fingerprint == fingerprint]
        return places[-1] if places else None

    def registries(self, app: str) -> list[tuple[int, RegistryEntry]]:
        """Give every entry of an app's registry with its place, oldest first."""
        with self._reading:
            return [found for found in self._registries.get(app, []) if found[0] < self._size]

    def _known(self, size: int) -> int:
        if size > self._size:
            message = f"the log has {self._size} entries, not {size}"
            raise ValueError(message)
        return size

    def _keep(self, leaf: bytes, entry: Entry, given: dict[str, bytes]) -> None:
        for name in entry.blobs:
            if name in given:
                self._ledger.put(given[name])
            elif self._ledger.blob(name) is None:
                message = f"the content {name} of the entry is missing"
                raise ValueError(message)
        self._ledger.append([leaf])
        with self._reading:
            self._take(leaf)

    def _take(self, leaf: bytes) -> None:
        index, entry = len(self._leaves), read(leaf)
        if entry is None:
            message = f"entry {index} of the log on disk is none; restore it from a mirror"
            raise LogError(message)
        self._tree.append(leaf_hash(leaf))
        self._leaves.append(leaf)
        self._newest[entry.subject] = index
        if isinstance(entry, RegistryEntry):
            self._registries.setdefault(entry.app, []).append((index, entry))

    def _publish(self) -> None:
        size = len(self._leaves)
        note = self._sign(size)
        self._ledger.keep(note)
        with self._reading:
            self._note, self._size = note, size

    def _sign(self, size: int) -> bytes:
        return checkpoints.sign(Checkpoint(self._origin, size, self._tree.root(size)), self._signer)

    def _go_on(self, kept: bytes | None) -> None:
        """Begin where the last run ended; entries without a checkpoint get theirs now."""
        size = 0 if kept is None else self._size_of(kept)
        if kept is None or kept != self._sign(size):
            self._publish()
            return
        self._note, self._size = kept, size
        if size < len(self._leaves):
            # Where the disk is full they wait for theirs; what was signed for is good meanwhile.
            with contextlib.suppress(LogError):
                self._publish()

    def _size_of(self, kept: bytes) -> int:
        """Tell how many entries a checkpoint is about, which must be one of those here."""
        known = checkpoints.read(kept)
        if known is None or known.origin != self._origin:
            message = (
                f"the checkpoint on disk is not one of {self._origin}. "
                "Give this log a folder of its own, or its old name back."
            )
            raise LogError(message)
        if known.size > len(self._leaves) or known.root != self._tree.root(known.size):
            message = (
                "the entries on disk are not those that were signed for. "
                "Restore them from a mirror; do not go on without them."
            )
            raise LogError(message)
        return known.size


def _says_the_same(leaf: bytes, entry: Entry) -> bool:
    known = read(leaf)
    return known is not None and replace(known, day=entry.day) == entry
