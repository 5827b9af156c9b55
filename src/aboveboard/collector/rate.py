"""Enters: the network that a request came from. Leaves: whether it has sent too much this minute.

The network is hashed at once, with a salt that lives in memory and is forgotten every minute
together with everything that was counted under it: nothing here tells where anybody was, and
nobody can find out afterwards, not even with the memory of this process.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.ports.surroundings import Chance, Clock

MINUTE_MS = 60_000
MOST_NETWORKS = 100_000
"""Networks that are counted apart; those beyond share a few counters, so that memory is bounded."""
SHARED = 1024
_BYTES_OF_V4 = 4
MAPPED = bytes(10) + b"\xff\xff"
"""How an IPv6 address begins that stands for one of IPv4 (RFC 4291, section 2.5.5.2)."""


def network(address: bytes) -> bytes:
    r"""Give the network of an address: the first 24 bits of IPv4, the first 48 of IPv6.

    Example:
        >>> network(bytes([198, 51, 100, 7]))
        b'\xc63d'
    """
    address = address.removeprefix(MAPPED)
    return address[:3] if len(address) == _BYTES_OF_V4 else address[:6]


class NetworkRate:
    """Counts reports per network and minute.

    Args:
        most: how many reports one network may bring in a minute.
        chance: draws the salts.
        clock: tells when a minute is over.

    Attributes:
        most: as above.
    """

    def __init__(self, most: int, chance: Chance, clock: Clock) -> None:
        self.most = most
        self._chance = chance
        self._clock = clock
        self._ends = 0
        self._salt = b""
        self._counts: dict[int, int] = {}
        self._begin(clock.monotonic_ms())

    def wait(self, address: bytes, reports: int) -> int:
        """Count reports of an address.

        Returns:
            0 if they may come, else the seconds after which they may come again.
        """
        now = self._clock.monotonic_ms()
        if now >= self._ends:
            self._begin(now)
        hashed = hashlib.blake2b(network(address), key=self._salt, digest_size=8).digest()
        key = int.from_bytes(hashed)
        if key not in self._counts and len(self._counts) >= MOST_NETWORKS:
            key %= SHARED
        count = self._counts.get(key, 0)
        if count + reports > self.most:
            return max(1, (self._ends - now + 999) // 1000)
        self._counts[key] = count + reports
        return 0

    def _begin(self, now: int) -> None:
        self._ends = now + MINUTE_MS
        self._salt = bytes.fromhex(self._chance.token())
        self._counts = {}
