"""Enters: what keeps a registry up to date. Leaves: its calls, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.model.renewal import Renewed


class Registrar(Protocol):
    """Knows which registry is in force. Every method may raise StoreError."""

    def in_force(self) -> Registry:
        """Give the registry that holds."""
        ...

    def may_send(self) -> Renewed:
        """Tell whether reports may go to the collector: if CURRENT or NO_LOG."""
        ...

    def renew(self) -> Renewed:
        """Look for a newer version."""
        ...

    def waiting(self) -> tuple[str, ...]:
        """Tell what a version that waits says differently, as it is known here already."""
        ...

    def agree(self) -> Renewed:
        """Let the version that waits take force."""
        ...
