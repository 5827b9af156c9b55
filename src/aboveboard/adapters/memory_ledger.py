"""Enters: the port Ledger. Leaves: a log that lasts as long as the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.transparency.hashes import content_name

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryLedger:
    """Keeps a log in memory."""

    def __init__(self) -> None:
        self._leaves: list[bytes] = []
        self._blobs: dict[str, bytes] = {}
        self._checkpoint: bytes | None = None

    def put(self, blob: bytes) -> None:
        """Keep a content."""
        self._blobs[content_name(blob)] = blob

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaves at the end."""
        self._leaves += leaves

    def keep(self, checkpoint: bytes) -> None:
        """Replace the checkpoint."""
        self._checkpoint = checkpoint

    def leaves(self) -> list[bytes]:
        """Give every leaf."""
        return list(self._leaves)

    def blob(self, name: str) -> bytes | None:
        """Give a content."""
        return self._blobs.get(name)

    def checkpoint(self) -> bytes | None:
        """Give the checkpoint that was kept last."""
        return self._checkpoint
