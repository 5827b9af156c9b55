"""Enters: what holding networks to a rate needs from outside. Leaves: the port, no more."""

from __future__ import annotations

from typing import Protocol


class NetworkCounts(Protocol):
    """Counts what networks bring in a minute. Contract: ``tests/contract/test_network_counts.py``.

    A network is known by a salted hash alone. The salt is in memory, and is forgotten with every
    minute together with all that was counted under it.
    """

    def add(self, network: bytes, reports: int, most: int) -> int:
        """Count reports of a network, unless it would have more than ``most`` in this minute.

        Returns:
            0 if they are counted, else how many milliseconds of the minute are left.
        """
        ...
