"""Enters: the person's choice and everybody else's word. Leaves: the consent in force."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from aboveboard.device.consent import decide
from aboveboard.model.consent import Consent, Mode, Rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from aboveboard.device.growth import Growth
    from aboveboard.model.consent import Choice
    from aboveboard.model.registry import Registry
    from aboveboard.model.surroundings import Surroundings
    from aboveboard.ports.device import EventStore

AGREED = "agreed"
"""Under which name a store keeps the registry that the person agreed to."""


class Terms:
    """Knows on which terms a program counts.

    Args:
        store: keeps the person's choice.
        around: what else is said about the mode.
        broken: whether the registry could not be used.
        unforked: lets nobody fork the process while a block imports what it needs late.
    """

    def __init__(
        self,
        store: EventStore,
        around: Surroundings,
        *,
        broken: bool = False,
        unforked: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._store = store
        self._around = around
        self._broken = broken
        self._unforked = unforked
        self._grown: tuple[tuple[int, str], Growth] | None = None

    def now(self, registry: Registry) -> Consent:
        """Decide.

        Raises:
            StoreError: the choice cannot be read.
        """
        return self.of(self._store.choice(), registry)

    def of(self, choice: Choice | None, registry: Registry) -> Consent:
        """Decide as if this were the choice."""
        if self._broken:
            return Consent(Mode.OFF, Rule.BROKEN, choice)
        return decide(choice, self._around, self.unseen(choice, registry))

    def unseen(self, choice: Choice | None, registry: Registry) -> frozenset[str]:
        """Tell which metrics the registry has that the person did not agree to."""
        if choice is None:
            return frozenset()
        known = self._grown
        if known is not None and known[0] == (choice.number, registry.fingerprint):
            return known[1].unseen
        if choice.registry == registry.fingerprint:
            return frozenset()  # mostly; a program that only counts need not look closer
        return self.compare(choice, registry).unseen

    def compare(self, choice: Choice, registry: Registry) -> Growth:
        """Tell all that it asks for beyond that; who receives is not part of a fingerprint."""
        agreed = self._store.kept(AGREED)
        with self._unforked():  # whoever looks closer imports more
            from aboveboard.device.growth import growth  # noqa: PLC0415 see unseen

            found = growth(agreed, choice, registry)
        self._grown = (choice.number, registry.fingerprint), found
        return found

    def agree(self, choice: Choice, registry: Registry) -> None:
        """Remember what a choice is about, if anything may leave by it."""
        if choice.sends:
            with self._unforked():
                from aboveboard.device.growth import pack  # noqa: PLC0415 see unseen

                packed = pack(registry)
            self._store.keep(AGREED, packed)
