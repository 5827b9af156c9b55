from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.dice import Dice


def throws(seed: str) -> list[object]:
    dice = Dice(seed)
    return [
        dice.whole(1, 1000),
        dice.happens(0.5),
        dice.share({"a": 1.0, "b": 2.0}),
        dice.skewed(100),
    ]


def test_the_same_seed_gives_the_same_draws() -> None:
    assert throws("a") == throws("a") != throws("b")


@settings(deadline=None)
@given(st.text(), st.integers(-100, 100), st.integers(0, 100))
def test_a_whole_number_lies_within_its_bounds(seed: str, lowest: int, more: int) -> None:
    assert lowest <= Dice(seed).whole(lowest, lowest + more) <= lowest + more


@pytest.mark.parametrize(
    ("chance", "outcomes"),
    [
        pytest.param(0.0, {False}, id="never"),
        pytest.param(1.0, {True}, id="always"),
        pytest.param(0.5, {False, True}, id="sometimes"),
    ],
)
def test_what_happens_follows_its_chance(chance: float, outcomes: set[bool]) -> None:
    dice = Dice("a")

    assert {dice.happens(chance) for _ in range(200)} == outcomes


def test_what_has_no_weight_is_never_drawn() -> None:
    dice = Dice("a")

    assert {dice.share({"a": 1.0, "b": 0.0, "c": 3.0}) for _ in range(200)} == {"a", "c"}


@settings(deadline=None)
@given(st.text(), st.floats(0, 1e6))
def test_a_skewed_number_is_positive(seed: str, typical: float) -> None:
    assert Dice(seed).skewed(typical) >= 1
