"""Enters: what a transparency log needs from outside. Leaves: the port Ledger, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Ledger(Protocol):
    """Keeps a transparency log. Contract: ``tests/contract/test_ledger.py``.

    Every method may raise LogError. Whoever keeps a checkpoint has appended its leaves before.
    """

    def put(self, blob: bytes) -> None:
        """Keep a content under its SHA-256; it is on disk when this returns."""
        ...

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaves at the end, all or none; they are on disk when this returns."""
        ...

    def keep(self, checkpoint: bytes) -> None:
        """Replace the checkpoint; it is on disk when this returns."""
        ...

    def leaves(self) -> list[bytes]:
        """Give every leaf in its order."""
        ...

    def blob(self, name: str) -> bytes | None:
        """Give a content by its SHA-256 in hexadecimal, or None."""
        ...

    def checkpoint(self) -> bytes | None:
        """Give the checkpoint that was kept last, or None."""
        ...
