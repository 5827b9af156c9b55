"""Enters: the operating system's source of random bits. Leaves: the port Chance, names in stock."""

from __future__ import annotations

import os

from aboveboard.adapters.system import SystemChance

_BYTES = 16
_MANY = 256


class StockedChance(SystemChance):
    """Draws names for many messages at once: to ask the system for each takes longer than to write.

    A process that was forked off draws names of its own.

    Example:
        >>> chance = StockedChance()
        >>> len({chance.report_id() for _ in range(1000)})
        1000
    """

    def __init__(self) -> None:
        self._stock: list[str] = []
        self._process = 0

    def report_id(self) -> str:
        """Draw 128 random bits."""
        if self._process != os.getpid() or not self._stock:
            drawn = os.urandom(_BYTES * _MANY).hex()
            self._stock = [drawn[at : at + 2 * _BYTES] for at in range(0, len(drawn), 2 * _BYTES)]
            self._process = os.getpid()
        return self._stock.pop()
