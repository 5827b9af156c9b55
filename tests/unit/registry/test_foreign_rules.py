from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.said import Said
from aboveboard.registry.foreign_rules import replaced, runs, said_value
from aboveboard.registry.mapping import Run

POOLS = Run("pool", "pools", batch=4)


def messages(*names: str, who: str = "7") -> list[Said]:
    return [Said("chat", name, who=who, at=5.0, version="v") for name in names]


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        pytest.param(["a", "pool", "pool"], [2], id="at-the-end-of-what-is-not-full"),
        pytest.param(["a", "pool", "b", "b"], [1], id="within"),
        pytest.param(["pool", "pool", "a"], [], id="at-the-start"),
        pytest.param(["a", "b", "pool", "pool"], [], id="at-the-end-of-what-is-full"),
        pytest.param(["a", "b"], [], id="none"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_a_run_has_a_length_if_it_ends_where_it_stands(names: list[str], counts: list[int]) -> None:
    assert [run.values["count"] for run in runs(messages(*names), [POOLS])] == counts


def test_a_run_is_a_message_of_its_sender() -> None:
    [run] = runs(messages("pool", "pool"), [Run("pool", "pools")])
    assert run == Said("chat", "pools", {"count": 2}, "7", at=5.0, version="v")


def test_runs_of_two_senders_are_two() -> None:
    both = messages("pool", who="7") + messages("pool", who="8")
    assert [run.who for run in runs(both, [Run("pool", "pools")])] == ["7", "8"]


@pytest.mark.parametrize(
    ("template", "value"),
    [
        (7, 7),
        ("{size}", -3),
        ("{event}", "pool"),
        ("{none}", None),
        ("is {size}", "is -3"),
        ({"{kind}": "{size}", "fixed": 1}, {"iq": -3, "fixed": 1}),
        ({"{size}": 1, "{kind}": "{none}"}, {}),
    ],
)
def test_a_rule_says_itself_or_what_properties_hold(template: object, value: object) -> None:
    assert said_value(template, "pool", {"size": -3, "kind": "iq"}) == value


def test_a_property_may_be_called_event() -> None:
    assert said_value("{event}", "pool", {"event": "x"}) == "x"


def test_words_stand_for_others_in_lists_too() -> None:
    words = {"a": "b", "true": 1, "7": "seven"}
    assert replaced(["a", "c", ["a"], True, 7], words) == ["b", "c", 1, "seven"]
    assert replaced(0.5, words) == 0.5
    assert replaced({"a": 1}, words) == {"a": 1}


@given(
    st.recursive(
        st.text(max_size=9) | st.integers(),
        lambda inner: st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=5,
    ),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
)
def test_no_template_makes_it_raise(template: object, values: dict[str, object]) -> None:
    said_value(template, "a", values)
