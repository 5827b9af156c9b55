"""Enters: the network that a request came from. Leaves: whether it has sent too much this minute.

The network is hashed at once, with a salt that lives in memory and is forgotten every minute
together with everything that was counted under it: nothing here tells where anybody was, and
nobody can find out afterwards, not even with the memory of this process.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.ports.network_counts import NetworkCounts

MINUTE_MS = 60_000
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


def hashed(network: bytes, salt: bytes) -> int:
    """Give what a network is known by as long as its salt is; never 0.

    Args:
        network: its bits.
        salt: up to 64 bytes that nobody else knows.
    """
    return int.from_bytes(hashlib.blake2b(network, key=salt, digest_size=8).digest()) or 1


class NetworkRate:
    """Holds networks to a number of reports a minute.

    Args:
        most: how many reports one network may bring in a minute.
        counts: counts them.

    Attributes:
        most: as above.
    """

    def __init__(self, most: int, counts: NetworkCounts) -> None:
        self.most = most
        self._counts = counts

    def wait(self, address: bytes, reports: int) -> int:
        """Count reports of an address.

        Returns:
            0 if they may come, else the seconds after which they may come again.
        """
        left = self._counts.add(network(address), reports, self.most)
        return max(1, (left + 999) // 1000) if left else 0
