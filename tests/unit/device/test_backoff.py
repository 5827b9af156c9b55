from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.backoff import (
    FARTHEST,
    LONGEST,
    LONGEST_ASKED,
    SHORTEST,
    Backoff,
    over,
    pause,
    read,
)

MINE = "https://mine.example"


@given(st.integers(-5, 10**6), st.floats(0, 0.999999))
def test_a_pause_lies_between_a_minute_and_a_day(tries: int, draw: float) -> None:
    assert SHORTEST <= pause(tries, draw) <= LONGEST


@given(st.integers(1, 12))
def test_the_bound_doubles_with_each_try_and_the_rest_is_chance(tries: int) -> None:
    assert pause(tries, 0) == SHORTEST
    assert pause(tries, 0.999999) == pytest.approx(min(LONGEST, 60 * 2**tries), abs=2)


@given(st.integers(1, 50), st.floats(0, 0.999999), st.integers(-10, 10**9))
def test_nobody_comes_earlier_than_asked_nor_waits_for_ever(
    tries: int, draw: float, asked: int
) -> None:
    found = pause(tries, draw, asked)
    assert found >= min(asked, LONGEST_ASKED)
    assert found <= FARTHEST


def test_a_destination_rests_after_three_tries_in_vain_and_longer_after_the_next() -> None:
    state = Backoff()
    for _ in range(2):
        state = state.missed("collector", 1000, 0.999)
        assert not state.rests("collector", 1000)
    state = state.missed("collector", 1000, 0.999)
    assert state.rests("collector", 1000)
    assert state.rests("collector", 1118)
    assert not state.rests("collector", 1120)

    state = state.missed("collector", 1120, 0.999)
    assert state.rests("collector", 1120 + 200)


def test_each_destination_rests_for_itself() -> None:
    state = Backoff()
    for _ in range(3):
        state = state.missed(MINE, 1000, 0.5)
    assert state.rests(MINE, 1001)
    assert not state.rests("collector", 1001)


def test_who_is_asked_to_wait_rests_at_once() -> None:
    state = Backoff().missed("collector", 1000, 0.0, asked=600)
    assert state.rests("collector", 1599)
    assert not state.rests("collector", 1600)


def test_an_answer_makes_all_well() -> None:
    state = Backoff().missed("collector", 1000, 0.5).missed("collector", 1000, 0.5)
    assert state.reached("collector") == Backoff()
    assert state.reached(MINE) is state


def test_what_is_no_destination_any_longer_is_forgotten() -> None:
    state = Backoff().missed("collector", 1000, 0.5).missed(MINE, 1000, 0.5)
    assert state.only(("collector",)) == Backoff().missed("collector", 1000, 0.5)
    assert state.only(("collector", MINE)) is state


def test_a_clock_that_was_set_back_ends_a_rest() -> None:
    state = Backoff().missed("collector", 10**10, 0.5, asked=600)
    assert state.rests("collector", 10**10)
    assert not state.rests("collector", 10**9)
    assert over(10**10, 10**9)


def test_it_comes_back_as_it_was_kept() -> None:
    state = Backoff().missed("collector", 1000, 0.5, asked=600).missed(MINE, 1000, 0.5)
    assert read(state.write()) == state


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'{"circuits":[]}', id="list-inside"),
        pytest.param(b'{"circuits":{"a":{"missed":1}}}', id="half"),
        pytest.param(b'{"circuits":{"a":{"missed":1e999,"until":0}}}', id="endless"),
    ],
)
def test_what_cannot_be_understood_is_forgotten(body: bytes | None) -> None:
    assert read(body) == Backoff()


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(body: bytes) -> None:
    read(body)
