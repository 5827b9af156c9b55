from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.collector.rate import NetworkRate
from aboveboard.model.verdict import Reason
from aboveboard.web.networks import Networks, forwarded, networks, pack

FORWARDED = b"x-forwarded-for"


def make(most: int = 1, *, trusted: tuple[str, ...] = ()) -> Networks:
    return Networks(NetworkRate(most, MemoryCounts(CountingChance(), SetClock())), trusted)


def scope(client: object, *told: bytes) -> dict[str, Any]:
    return {"client": client, "headers": [(b"host", b"x"), *((FORWARDED, each) for each in told)]}


def test_who_sends_too_much_hears_when_to_come_again_and_nothing_of_the_address() -> None:
    held = make()
    assert held.judge(scope(("198.51.100.7", 1)), 1) is None
    refused = held.judge(scope(("198.51.100.8", 2)), 1)
    assert refused is not None
    assert refused.reason is Reason.TOO_MANY_REQUESTS
    assert refused.retry_after == 60
    assert "198" not in refused.detail


def test_without_a_trusted_proxy_the_header_says_nothing() -> None:
    held = make()
    told = b"203.0.113.9"
    assert held.judge(scope(("198.51.100.7", 1), told), 1) is None
    assert held.judge(scope(("198.51.100.7", 1), b"203.0.200.1"), 1) is not None


def test_behind_a_trusted_proxy_its_own_word_alone_counts() -> None:
    held = make(trusted=("127.0.0.0/8", "::1"))
    assert held.judge(scope(("127.0.0.1", 1), b"10.1.1.1, 198.51.100.7"), 1) is None
    assert held.judge(scope(("127.0.0.1", 1), b"10.2.2.2", b"198.51.100.7"), 1) is not None
    assert held.judge(scope(("127.0.0.1", 1), b"203.0.113.9"), 1) is None


def test_whoever_is_no_trusted_proxy_says_nothing_either() -> None:
    held = make(trusted=("127.0.0.1",))
    assert held.judge(scope(("198.51.100.7", 1), b"203.0.113.9"), 1) is None
    assert held.judge(scope(("198.51.100.7", 1), b"203.0.200.1"), 1) is not None
    assert held.judge(scope(None, b"198.51.100.7"), 1) is None


def test_of_several_trusted_proxies_in_a_row_the_first_tells_who_came() -> None:
    held = make(trusted=("10.0.0.0/8", "::1"))
    told = b"10.9.9.9, 198.51.100.7, 10.0.0.2"
    assert held.judge(scope(("::ffff:10.0.0.1", 1), told), 1) is None
    assert held.judge(scope(("::1", 1), b"198.51.100.8"), 1) is not None
    assert held.judge(scope(("10.0.0.1", 1), b"10.3.0.1"), 1) is None
    assert held.judge(scope(("10.0.0.1", 1), b"10.3.0.2, 10.0.0.2"), 1) is not None


@pytest.mark.parametrize("client", [None, ("unix", 0), ("", 0)])
def test_who_has_no_address_is_not_counted(client: object) -> None:
    held = make()
    assert [held.judge(scope(client), 5) for _ in range(3)] == [None] * 3


def test_a_proxy_that_says_nothing_does_not_stand_for_everybody() -> None:
    held = make(trusted=("127.0.0.0/8", "::1"))
    assert [held.judge(scope(("127.0.0.1", 1)), 5) for _ in range(3)] == [None] * 3


def test_a_batch_is_counted_with_the_request_that_brought_it() -> None:
    held, sender = make(4), scope(("198.51.100.7", 1))
    assert held.judge(sender, 1) is None
    assert held.judge_batch(sender, 4) is None
    refused = held.judge_batch(sender, 2)
    assert refused is not None
    assert (refused.reason, refused.retry_after) == (Reason.TOO_MANY_REQUESTS, 60)


def test_a_batch_that_no_minute_has_room_for_is_not_told_to_come_again() -> None:
    held = make(4)
    refused = held.judge_batch(scope(("198.51.100.7", 1)), 5)
    assert refused is not None
    assert (refused.reason, refused.retry_after) == (Reason.TOO_MANY_REPORTS, 0)
    assert refused.detail.startswith("One request may bring 4 reports, as many as are taken")
    assert held.judge_batch(scope(None), 5) is None


@given(st.text(max_size=30))
def test_no_text_makes_it_raise(address: str) -> None:
    assert len(pack(address)) in {0, 4, 16}


@pytest.mark.parametrize(
    ("address", "packed"),
    [
        ("198.51.100.7", "c6336407"),
        ("198.51.100.7:443", "c6336407"),
        ("fe80::1%eth0", "fe800000000000000000000000000001"),
        ("[::1]", "00000000000000000000000000000001"),
        ("\x00", ""),
    ],
)
def test_an_address_is_read_in_every_usual_spelling(address: str, packed: str) -> None:
    assert pack(address).hex() == packed


def test_no_header_gives_no_address() -> None:
    assert forwarded([]) == []


def test_where_no_rate_is_set_nothing_is_counted() -> None:
    assert networks(None, ("127.0.0.1",)) is None
    assert networks(NetworkRate(1, MemoryCounts(CountingChance(), SetClock())), ()) is not None
