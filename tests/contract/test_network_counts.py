"""The contract of the port NetworkCounts, for all its adapters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from aboveboard.adapters import memory_counts, shared_counts
from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.adapters.shared_counts import SharedCounts
from aboveboard.collector.rate import MINUTE_MS, hashed
from aboveboard.ports.network_counts import NetworkCounts

ANA, BEN = bytes([198, 51, 100]), bytes([203, 0, 113])


class InTurn:
    """Several processes, of which each counts in its turn."""

    def __init__(self, each: list[SharedCounts]) -> None:
        self._each = each

    def add(self, network: bytes, reports: int, most: int) -> int:
        """Let the next one count."""
        self._each.append(self._each.pop(0))
        return self._each[0].add(network, reports, most)


@pytest.fixture
def memory() -> Iterator[int]:
    with ExitStack() as stack:
        descriptor = shared_counts.made()
        stack.callback(os.close, descriptor)
        yield descriptor


@pytest.fixture(params=["memory", "shared", "in turn"])
def make(
    request: pytest.FixtureRequest, memory: int
) -> Callable[[CountingChance, SetClock], NetworkCounts]:
    def one(chance: CountingChance, clock: SetClock) -> NetworkCounts:
        if request.param == "memory":
            return MemoryCounts(chance, clock)
        if request.param == "shared":
            return SharedCounts(memory, chance, clock)
        return InTurn([SharedCounts(memory, chance, clock) for _ in range(3)])

    return one


def test_what_is_too_much_is_not_counted(
    make: Callable[[CountingChance, SetClock], NetworkCounts],
) -> None:
    counts = make(CountingChance(), SetClock())
    assert counts.add(ANA, 2, most=3) == 0
    assert counts.add(ANA, 2, most=3) == MINUTE_MS
    assert counts.add(ANA, 1, most=3) == 0
    assert counts.add(ANA, 1, most=3) == MINUTE_MS
    assert counts.add(BEN, 3, most=3) == 0


def test_a_minute_is_counted_by_itself(
    make: Callable[[CountingChance, SetClock], NetworkCounts],
) -> None:
    clock = SetClock()
    counts = make(CountingChance(), clock)
    counts.add(ANA, 1, most=1)
    clock.move(timedelta(seconds=59, milliseconds=500))
    assert counts.add(ANA, 1, most=1) == 500
    clock.move(timedelta(milliseconds=500))
    assert counts.add(ANA, 1, most=1) == 0
    assert counts.add(ANA, 1, most=1) == MINUTE_MS


def test_many_networks_are_told_apart(
    make: Callable[[CountingChance, SetClock], NetworkCounts],
) -> None:
    counts = make(CountingChance(), SetClock())
    networks = [number.to_bytes(6) for number in range(3000)]
    assert {counts.add(network, 1, most=2) for network in networks} == {0}
    assert {counts.add(network, 2, most=2) for network in networks} == {MINUTE_MS}


def test_nothing_that_this_process_keeps_tells_the_network_and_it_goes_with_the_minute() -> None:
    clock = SetClock()
    counts = MemoryCounts(CountingChance(), clock)
    counts.add(ANA, 1, most=9)
    (first,) = counts._counts  # noqa: SLF001 that nothing else is in there is what is tested
    assert ANA not in first.to_bytes(8)
    clock.move(timedelta(minutes=1))
    counts.add(ANA, 1, most=9)
    (second,) = counts._counts  # noqa: SLF001 as above
    assert first != second


def test_nothing_that_is_shared_tells_the_network_and_it_goes_with_the_minute(memory: int) -> None:
    clock = SetClock()
    counts = SharedCounts(memory, CountingChance(), clock)

    def kept() -> tuple[bytes, bytes]:
        counts.add(ANA, 1, most=9)
        whole = os.pread(memory, os.fstat(memory).st_size, 8)
        return whole[:32], whole[32:]

    first, before = kept()
    clock.move(timedelta(minutes=1))
    second, after = kept()
    for salt, places in ((first, before), (second, after)):
        found = hashed(ANA, salt).to_bytes(8, "little") + (1).to_bytes(8, "little")
        assert places.replace(found, bytes(16), 1) == bytes(len(places))
    assert first != second


def test_the_memory_of_one_process_is_bounded() -> None:
    counts = MemoryCounts(CountingChance(), SetClock())
    full = dict.fromkeys(range(1, memory_counts.MOST_NETWORKS + 1), 1)
    counts._counts = full  # noqa: SLF001 counting as many takes long
    for number in range(2000):
        counts.add(number.to_bytes(6), 1, most=9)
    assert len(full) <= memory_counts.MOST_NETWORKS + memory_counts.SHARED


def test_networks_for_which_there_is_no_place_share_one(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_counts, "PLACES", 4)
    monkeypatch.setattr(shared_counts, "LOOKS", 2)
    counts = SharedCounts(memory, CountingChance(), SetClock())
    found = [counts.add(number.to_bytes(6), 1, most=3) for number in range(100)]
    assert found.count(0) == 12


def test_a_minute_that_would_last_longer_than_one_is_begun_anew(memory: int) -> None:
    clock = SetClock()
    clock.move(timedelta(days=1))
    SharedCounts(memory, CountingChance(), clock).add(ANA, 1, most=1)
    assert SharedCounts(memory, CountingChance(), SetClock()).add(ANA, 1, most=1) == 0
