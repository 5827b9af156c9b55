from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.metric import Kind, Metric, Reducer
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.foreign_values import foreign_counts

FREE_TEXT = "mellon mellon"


def metric(kind: Kind, **more: object) -> Metric:
    usual: dict[str, object] = {
        "kind": kind,
        "reducer": None,
        "choices": ("linux", "other"),
        "names": ("maps", "other"),
        "labels": ("menu", "other"),
        "buckets": (0, 10, 100),
        "extras": {"how": ("menu", "other")},
        "precision": 2,
        "largest": 1000,
    }
    return cast("Metric", SimpleNamespace(**{**usual, **more}))


@pytest.mark.parametrize(
    ("kind", "value", "counts"),
    [
        (Kind.FLAG, True, {"true": 1}),
        (Kind.FLAG, "No", {"false": 1}),
        (Kind.FLAG, " enabled ", {"true": 1}),
        (Kind.FLAG, 1, {"true": 1}),
        (Kind.FLAG, "", {}),
        (Kind.FLAG, None, {}),
        (Kind.FLAG, 2, Reason.WRONG_KIND),
        (Kind.FLAG, FREE_TEXT, Reason.WRONG_KIND),
        (Kind.CHOICE, "linux", {"linux": 1}),
        (Kind.CHOICE, FREE_TEXT, {"other": 1}),
        (Kind.CHOICE, True, {"other": 1}),
        (Kind.CHOICE, 7, {"other": 1}),
        (Kind.CHOICE, " ", {}),
        (Kind.CHOICE, 0.5, Reason.WRONG_KIND),
        (Kind.VERSION, "5.37.0", {"5.37": 1}),
        (Kind.VERSION, 8, {"8": 1}),
        (Kind.VERSION, "", {}),
        (Kind.VERSION, True, Reason.WRONG_KIND),
        (Kind.VERSION, FREE_TEXT, Reason.OUT_OF_BOUNDS),
        (Kind.QUANTITY, 12, {"10": 1}),
        (Kind.QUANTITY, 12.7, {"10": 1}),
        (Kind.QUANTITY, "250", {"100": 1}),
        (Kind.QUANTITY, [1, 2], {"0": 1}),
        (Kind.QUANTITY, "", {}),
        (Kind.QUANTITY, -1, Reason.OUT_OF_BOUNDS),
        (Kind.QUANTITY, float("nan"), Reason.WRONG_KIND),
        (Kind.QUANTITY, FREE_TEXT, Reason.WRONG_KIND),
        (Kind.QUANTITY, True, Reason.WRONG_KIND),
        (Kind.NAMES, ["maps", FREE_TEXT, "", None], {"maps": 1, "other": 1}),
        (Kind.NAMES, "maps", {"maps": 1}),
        (Kind.NAMES, ["x"] * 1001, Reason.OUT_OF_BOUNDS),
        (Kind.COUNTER, 3, {"": 3}),
        (Kind.COUNTER, 3.0, {"": 3}),
        (Kind.COUNTER, 0, {}),
        (Kind.COUNTER, -3, Reason.OUT_OF_BOUNDS),
        (Kind.COUNTER, 1001, Reason.OUT_OF_BOUNDS),
        (Kind.COUNTER, 0.5, Reason.WRONG_KIND),
        (Kind.SECONDS, 60, {"": 60}),
        (Kind.LABELLED, "menu", {"menu": 1}),
        (Kind.LABELLED, {"menu": 2, FREE_TEXT: 3, "x": 0}, {"menu": 2, "other": 3}),
        (Kind.LABELLED, {"menu": "often"}, Reason.WRONG_KIND),
        (Kind.LABELLED, 0.5, Reason.WRONG_KIND),
        (Kind.TIMING, 50, {"10": 1}),
        (Kind.TIMING, {50: 2, "70": 1, 0.5: 3, 100: 0}, {"10": 3, "0": 3}),
        (Kind.TIMING, {}, {}),
        (Kind.TIMING, 10**400, {"100": 1}),
        (Kind.TIMING, -(10**400), Reason.OUT_OF_BOUNDS),
        (Kind.COUNTER, 10**400, Reason.OUT_OF_BOUNDS),
        (Kind.LABELLED, {"menu": 10**400}, Reason.OUT_OF_BOUNDS),
        (Kind.QUANTITY, 10**400, {"100": 1}),
        (Kind.TIMING, {FREE_TEXT: 1}, Reason.WRONG_KIND),
        (Kind.TIMING, {50: FREE_TEXT}, Reason.WRONG_KIND),
        (Kind.TIMING, {50: 10**9}, Reason.OUT_OF_BOUNDS),
        (Kind.TIMING, {-1: 1}, Reason.OUT_OF_BOUNDS),
        (Kind.TIMING, dict.fromkeys(range(1001), 1), Reason.OUT_OF_BOUNDS),
        (Kind.DISTRIBUTION, -1, Reason.OUT_OF_BOUNDS),
        (Kind.DISTRIBUTION, FREE_TEXT, Reason.WRONG_KIND),
        (Kind.EVENT, {"how": "menu"}, {"how=menu": 1}),
        (Kind.EVENT, {"how": FREE_TEXT}, {"how=other": 1}),
        (Kind.EVENT, {"who": "x"}, Reason.OUT_OF_BOUNDS),
        (Kind.EVENT, "menu", Reason.WRONG_KIND),
        (Kind.ERROR, {"f" * 32: 1}, Reason.WRONG_KIND),
        (Kind.ERROR, "cannot open /home/ana", Reason.WRONG_KIND),
        (Kind.ERROR, "f" * 32, {"f" * 32: 1}),
    ],
)
def test_each_kind_takes_what_clients_say(
    kind: Kind, value: object, counts: dict[str, int] | Reason
) -> None:
    assert foreign_counts(metric(kind), value) == counts


def test_whether_something_is_set_may_be_said_by_the_thing_itself() -> None:
    is_set = metric(Kind.FLAG, reducer=Reducer.IS_SET)
    assert foreign_counts(is_set, FREE_TEXT) == {"true": 1}
    assert foreign_counts(is_set, "") == {"false": 1}
    assert foreign_counts(is_set, "false") == {"false": 1}
    assert foreign_counts(metric(Kind.FLAG, reducer=Reducer.IS_DEFAULT), FREE_TEXT) == (
        Reason.WRONG_KIND
    )


def test_without_a_place_for_the_rest_the_rest_is_out_of_bounds() -> None:
    assert foreign_counts(metric(Kind.CHOICE, choices=("linux",)), "x") == Reason.OUT_OF_BOUNDS
    assert foreign_counts(metric(Kind.LABELLED, labels=("menu",)), "x") == Reason.OUT_OF_BOUNDS
    assert foreign_counts(metric(Kind.NAMES, names=("maps",)), ["x"]) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from([kind for kind in Kind if kind is not Kind.ERROR]), JSON)
def test_whatever_comes_only_what_is_within_bounds_goes_out(kind: Kind, value: Any) -> None:  # noqa: ANN401 any JSON
    asked = metric(kind)
    found = foreign_counts(asked, value)
    if not isinstance(found, Reason):
        assert all(bounds.is_key(asked, key) and count >= 1 for key, count in found.items())
