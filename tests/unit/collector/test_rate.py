from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.collector.rate import NetworkRate, network

ANA = bytes([198, 51, 100, 7])
NEIGHBOUR = bytes([198, 51, 100, 250])
BEN = bytes([203, 0, 113, 9])
SIX = bytes.fromhex("20010db8000100020000000000000001")


def make(most: int, clock: SetClock | None = None) -> NetworkRate:
    return NetworkRate(most, MemoryCounts(CountingChance(), clock or SetClock()))


def test_a_network_may_bring_so_many_reports_a_minute() -> None:
    counted = make(3)
    assert counted.wait(ANA, 2) == 0
    assert counted.wait(NEIGHBOUR, 1) == 0
    assert counted.wait(ANA, 1) > 0
    assert counted.wait(BEN, 3) == 0


def test_what_is_too_much_is_not_counted_and_may_come_in_part() -> None:
    counted = make(3)
    assert counted.wait(ANA, 4) > 0
    assert counted.wait(ANA, 3) == 0


def test_who_has_to_wait_hears_how_long_and_may_come_then() -> None:
    clock = SetClock()
    counted = make(1, clock)
    counted.wait(ANA, 1)
    clock.move(timedelta(seconds=59, milliseconds=500))
    assert counted.wait(ANA, 1) == 1
    clock.move(timedelta(milliseconds=500))
    assert counted.wait(ANA, 1) == 0


@given(st.binary(max_size=20))
def test_a_network_is_less_than_an_address(address: bytes) -> None:
    assert len(network(address)) <= 6


def test_an_address_of_version_four_is_the_same_in_either_spelling() -> None:
    assert network(bytes(10) + b"\xff\xff" + ANA) == network(ANA) == bytes([198, 51, 100])
    assert network(SIX) == SIX[:6]
