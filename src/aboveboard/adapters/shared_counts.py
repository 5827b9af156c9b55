"""Enters: the port NetworkCounts. Leaves: counts in memory that several processes share.

The memory is in no file. It begins with the end of the minute (milliseconds of the machine's clock)
and its salt; then come places of 16 bytes, a hash of a network and its count, 0 where nobody is. A
network is looked for from where its hash says on. Nobody locks anything: a process that is halted
would halt all others. Two that count the same network in the same microsecond may count once.
"""

from __future__ import annotations

import mmap
import os
from struct import Struct
from typing import TYPE_CHECKING

from aboveboard.collector.rate import MINUTE_MS, hashed

if TYPE_CHECKING:
    from aboveboard.ports.surroundings import Chance, Clock

PLACES = 65_536
LOOKS = 16
"""Places that are looked at for a network; if all are taken, it shares the last one."""
_HEAD = Struct("<q32s")
_PLACE = Struct("<QQ")
_BYTES = _HEAD.size + PLACES * _PLACE.size


def made() -> int:
    """Make the memory; give its descriptor, which other processes can be given."""
    descriptor = os.memfd_create("aboveboard-counts")
    os.ftruncate(descriptor, _BYTES)
    return descriptor


class SharedCounts:
    """Counts for all processes that have the memory.

    Args:
        descriptor: of the memory.
        chance: draws the salts.
        clock: tells when a minute is over; its milliseconds are the same in all processes.

    Example:
        >>> from aboveboard.adapters.memory import CountingChance, SetClock
        >>> descriptor, clock = made(), SetClock()
        >>> one, other = (SharedCounts(descriptor, CountingChance(), clock) for _ in range(2))
        >>> one.add(b"198", 2, most=3), other.add(b"198", 2, most=3), other.add(b"203", 2, most=3)
        (0, 60000, 0)
    """

    def __init__(self, descriptor: int, chance: Chance, clock: Clock) -> None:
        self._memory = mmap.mmap(descriptor, _BYTES)
        self._chance = chance
        self._clock = clock

    def add(self, network: bytes, reports: int, most: int) -> int:
        """Count reports of a network, unless it would have more than ``most`` in this minute."""
        now = self._clock.monotonic_ms()
        ends, salt = _HEAD.unpack_from(self._memory)
        if not now < ends <= now + MINUTE_MS:
            ends, salt = self._begin(now)
        key = hashed(network, salt)
        place = self._place(key)
        known, count = _PLACE.unpack_from(self._memory, place)
        if count + reports > most:
            return int(ends - now)
        _PLACE.pack_into(self._memory, place, known or key, count + reports)
        return 0

    def _place(self, key: int) -> int:
        """Give the place of a network, or the one that it is to have."""
        place = 0
        for look in range(LOOKS):
            place = _HEAD.size + (key + look) % PLACES * _PLACE.size
            known, _ = _PLACE.unpack_from(self._memory, place)
            if known in {0, key}:
                break
        return place

    def _begin(self, now: int) -> tuple[int, bytes]:
        ends, salt = now + MINUTE_MS, bytes.fromhex(self._chance.token())
        self._memory[_HEAD.size :] = bytes(_BYTES - _HEAD.size)
        _HEAD.pack_into(self._memory, 0, ends, salt)
        return ends, salt
