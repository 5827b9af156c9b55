"""Enters: the port NetworkCounts. Leaves: counts in the memory of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.collector.rate import MINUTE_MS, hashed

if TYPE_CHECKING:
    from aboveboard.ports.surroundings import Chance, Clock

MOST_NETWORKS = 100_000
"""Networks that are counted apart; those beyond share a few counters, so that memory is bounded."""
SHARED = 1024


class MemoryCounts:
    """Counts for one process.

    Args:
        chance: draws the salts.
        clock: tells when a minute is over.
    """

    def __init__(self, chance: Chance, clock: Clock) -> None:
        self._chance = chance
        self._clock = clock
        self._ends = 0
        self._salt = b""
        self._counts: dict[int, int] = {}
        self._begin(clock.monotonic_ms())

    def add(self, network: bytes, reports: int, most: int) -> int:
        """Count reports of a network, unless it would have more than ``most`` in this minute."""
        now = self._clock.monotonic_ms()
        if now >= self._ends:
            self._begin(now)
        key = hashed(network, self._salt)
        if key not in self._counts and len(self._counts) >= MOST_NETWORKS:
            key %= SHARED
        count = self._counts.get(key, 0)
        if count + reports > most:
            return self._ends - now
        self._counts[key] = count + reports
        return 0

    def _begin(self, now: int) -> None:
        self._ends = now + MINUTE_MS
        self._salt = bytes.fromhex(self._chance.token())
        self._counts = {}
