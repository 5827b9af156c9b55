"""Enters: what asking a person needs from outside. Leaves: the port AskedMemory, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.asked import AskedBook


class AskedMemory(Protocol):
    """Remembers who asked, for all programs of an account. Nothing raises.

    Contract: ``tests/contract/test_asked_memory.py``.
    """

    def book(self) -> AskedBook:
        """Give who asked; what cannot be read counts as nobody."""
        ...

    def claim(self, app: str, day: date) -> bool:
        """Note down that an app asks now, if ``device.ask.within_limits`` allows it.

        Returns:
            Whether it may ask. Of several programs at once one may; nobody may where it cannot be
            noted down, or people would be asked again and again.
        """
        ...

    def answered(self, app: str, registry: str) -> None:
        """Note down that the question about a registry was answered, as well as that can be."""
        ...
