"""What a report may say of each kind, and how the device reduces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.model.metric import Kind, Metric
from aboveboard.model.report import EntryValue
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.examples import example_value

Make: TypeAlias = Callable[..., Metric]
MARK = "0123456789abcdef0123456789abcdef"
EXTRAS = {"how": ("menu", "key", "other"), "ok": ("yes", "no", "other")}
MADE: dict[Kind, dict[str, Any]] = {
    Kind.COUNTER: {"largest": 100},
    Kind.FLAG: {},
    Kind.CHOICE: {"choices": ("linux", "other")},
    Kind.VERSION: {},
    Kind.QUANTITY: {"buckets": (0, 10, 100)},
    Kind.NAMES: {"names": ("Maps", "Web", "other")},
    Kind.TIMING: {"buckets": (0, 10, 100)},
    Kind.DISTRIBUTION: {"buckets": (0, 10, 100)},
    Kind.LABELLED: {"labels": ("menu", "other"), "largest": 100},
    Kind.EVENT: {"extras": EXTRAS, "largest": 100},
    Kind.SECONDS: {"largest": 86_400},
    Kind.ERROR: {"largest": 100},
}
GOOD: list[tuple[Kind, EntryValue, dict[str, int]]] = [
    (Kind.SECONDS, 3600, {"": 3600}),
    (Kind.QUANTITY, 10, {"10": 1}),
    (Kind.NAMES, {"Maps": 1, "other": 3}, {"Maps": 1, "other": 3}),
    (Kind.DISTRIBUTION, {"0": 2, "100": 1}, {"0": 2, "100": 1}),
    (Kind.LABELLED, {"menu": 100, "other": 1}, {"menu": 100, "other": 1}),
    (Kind.EVENT, {"how=menu,ok=yes": 2}, {"how=menu,ok=yes": 2}),
    (Kind.ERROR, {MARK: 1}, {MARK: 1}),
]
BAD: list[tuple[Kind, EntryValue, Reason]] = [
    (Kind.SECONDS, 86_401, Reason.OUT_OF_BOUNDS),
    (Kind.SECONDS, {"": 1}, Reason.WRONG_KIND),
    (Kind.QUANTITY, 11, Reason.OUT_OF_BOUNDS),
    (Kind.QUANTITY, True, Reason.WRONG_KIND),
    (Kind.QUANTITY, "10", Reason.WRONG_KIND),
    (Kind.NAMES, {"Secret": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.NAMES, {"Maps": 2}, Reason.OUT_OF_BOUNDS),
    (Kind.NAMES, {"other": 10_001}, Reason.OUT_OF_BOUNDS),
    (Kind.NAMES, {}, Reason.OUT_OF_BOUNDS),
    (Kind.NAMES, "Maps", Reason.WRONG_KIND),
    (Kind.DISTRIBUTION, {"11": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.LABELLED, {"menu": 101}, Reason.OUT_OF_BOUNDS),
    (Kind.LABELLED, {"menu": 0}, Reason.OUT_OF_BOUNDS),
    (Kind.LABELLED, {"secret": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.EVENT, {"how=menu": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.EVENT, {"ok=yes,how=menu": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.EVENT, {"how=secret,ok=yes": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.ERROR, {"my secret": 1}, Reason.OUT_OF_BOUNDS),
    (Kind.ERROR, {f"{n:032x}": 1 for n in range(51)}, Reason.OUT_OF_BOUNDS),
]
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=Kind, ids=lambda kind: kind.value)
def each(request: pytest.FixtureRequest, metric: Make) -> Metric:
    kind: Kind = request.param
    return metric(kind, **MADE[kind])


@pytest.mark.parametrize(("kind", "value", "expected"), GOOD)
def test_what_fits_becomes_counts(
    metric: Make, kind: Kind, value: EntryValue, expected: dict[str, int]
) -> None:
    assert bounds.counts(metric(kind, **MADE[kind]), value) == expected


@pytest.mark.parametrize(("kind", "value", "reason"), BAD)
def test_what_does_not_fit_is_told_why(
    metric: Make, kind: Kind, value: EntryValue, reason: Reason
) -> None:
    assert bounds.counts(metric(kind, **MADE[kind]), value) is reason


@FIXED
@given(
    st.booleans()
    | st.integers()
    | st.text()
    | st.dictionaries(st.text(), st.integers(), max_size=3)
)
def test_no_text_of_a_stranger_becomes_a_key(each: Metric, value: EntryValue) -> None:
    found = bounds.counts(each, value)
    if not isinstance(found, Reason):
        assert all(bounds.is_key(each, key) for key in found)
        assert all(count >= 1 for count in found.values())


@FIXED
@given(st.integers(0, 10**15))
def test_an_amount_falls_into_the_bucket_that_the_collector_accepts(
    metric: Make, amount: int
) -> None:
    made = metric(Kind.QUANTITY, **MADE[Kind.QUANTITY])
    key = bounds.reduce(made, amount)
    assert isinstance(key, str)
    assert bounds.counts(made, int(key)) == {key: 1}
    assert int(key) <= amount


def test_a_negative_amount_is_none(metric: Make) -> None:
    made = metric(Kind.QUANTITY, **MADE[Kind.QUANTITY])
    assert bounds.reduce(made, -1) is Reason.OUT_OF_BOUNDS
    assert bounds.reduce(made, "many") is Reason.WRONG_KIND


@FIXED
@given(st.dictionaries(st.sampled_from(["how", "ok", "why"]), st.text() | st.just("menu")))
def test_what_an_event_says_of_itself_is_a_known_combination_or_nothing(
    metric: Make, said: dict[str, str]
) -> None:
    made = metric(Kind.EVENT, **MADE[Kind.EVENT])
    key = bounds.combination(made, said)
    if set(said) == set(EXTRAS):
        assert bounds.is_key(made, str(key))
    else:
        assert key is Reason.OUT_OF_BOUNDS


EXAMPLES: dict[Kind, tuple[bool | int | str, EntryValue]] = {
    Kind.COUNTER: (3, 3),
    Kind.FLAG: (True, True),
    Kind.CHOICE: ("linux", "linux"),
    Kind.VERSION: ("3.11", "3.11"),
    Kind.QUANTITY: (42, 10),
    Kind.NAMES: ("Maps", {"Maps": 1}),
    Kind.TIMING: (42, {"10": 1}),
    Kind.DISTRIBUTION: (1000, {"100": 1}),
    Kind.LABELLED: ("menu", {"menu": 1}),
    Kind.EVENT: ("how=menu,ok=yes", {"how=menu,ok=yes": 1}),
    Kind.SECONDS: (60, 60),
    Kind.ERROR: (MARK, {MARK: 1}),
}


def test_an_example_stands_for_a_value_that_a_report_may_say(each: Metric, metric: Make) -> None:
    said, value = EXAMPLES[each.kind]
    made = metric(each.kind, **MADE[each.kind], example=said)
    assert example_value(made) == value
    assert not isinstance(bounds.counts(made, value), Reason)
    assert example_value(each) is None


@pytest.mark.parametrize("kind", [Kind.TIMING, Kind.QUANTITY, Kind.NAMES])
@pytest.mark.parametrize("example", [True, -1])
def test_an_example_of_another_form_stands_for_nothing(
    metric: Make, kind: Kind, example: object
) -> None:
    assert example_value(metric(kind, **MADE[kind], example=example)) is None
