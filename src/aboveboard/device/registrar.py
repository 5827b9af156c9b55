"""Enters: what keeps a registry up to date. Leaves: its calls, and what they need from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.model.registry import Registry
    from aboveboard.model.renewal import Renewed
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.source import RegistrySource


@dataclass(frozen=True, slots=True)
class LogParts:
    """What is needed from outside to look into logs.

    Attributes:
        open: opens the log at an address.
        checker: checks signatures.
    """

    open: Callable[[str], RegistrySource]
    checker: SignatureChecker


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
