"""Enters: security notices. Leaves: the port Bulletins → the same, kept in memory alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.model.bulletin import Bulletin


class MemoryBulletins:
    """Notices without a folder; with none it is what a collector has whose operator named none.

    Args:
        bulletins: they may be changed by ``put`` and ``drop``.
    """

    def __init__(self, bulletins: Iterable[Bulletin] = ()) -> None:
        self._bulletins = {bulletin.id: bulletin for bulletin in bulletins}

    def now(self) -> Sequence[Bulletin]:
        """Give the notices, by id."""
        return [self._bulletins[name] for name in sorted(self._bulletins)]

    def put(self, bulletin: Bulletin) -> None:
        """Add a notice, or replace the one of its id."""
        self._bulletins[bulletin.id] = bulletin

    def drop(self, name: str) -> None:
        """Take a notice away."""
        self._bulletins.pop(name, None)
