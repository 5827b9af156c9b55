from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.model.event import Value
from aboveboard.model.metric import Kind, Metric
from aboveboard.model.report import EntryValue
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.names import VERSION

Make: TypeAlias = Callable[..., Metric]

CHOICES = ("linux", "macos", "other")
BUCKETS = (0, 100, 1000)
STATES = [Kind.FLAG, Kind.CHOICE, Kind.VERSION]
VALUES: st.SearchStrategy[Value] = (
    st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(CHOICES)
    | st.from_regex(r"[0-9]+(\.[0-9]+){0,4}.{0,10}")
)
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_said(kind: Kind, key: str) -> EntryValue:
    return key == "true" if kind is Kind.FLAG else key


@FIXED
@given(kind=st.sampled_from(STATES), precision=st.integers(1, 3), value=VALUES)
def test_free_text_never_passes(metric: Make, kind: Kind, precision: int, value: Value) -> None:
    made = metric(kind, choices=CHOICES, precision=precision)

    found = bounds.reduce(made, value)

    if isinstance(found, Reason):
        return
    match kind:
        case Kind.FLAG:
            assert found in {"true", "false"}
        case Kind.CHOICE:
            assert found in CHOICES
        case _:
            assert VERSION.fullmatch(found)
            assert found.count(".") < precision


@FIXED
@given(kind=st.sampled_from(STATES), precision=st.integers(1, 3), value=VALUES)
def test_what_the_device_keeps_the_collector_accepts(
    metric: Make, kind: Kind, precision: int, value: Value
) -> None:
    made = metric(kind, choices=CHOICES, precision=precision)
    key = bounds.reduce(made, value)
    if isinstance(key, Reason):
        key = bounds.fallback(made) or ""
    if key:
        assert bounds.counts(made, as_said(kind, key)) == {key: 1}


@FIXED
@given(st.integers() | st.floats(allow_nan=False))
def test_every_time_falls_into_a_bucket_that_the_collector_accepts(
    metric: Make, milliseconds: int
) -> None:
    made = metric(Kind.TIMING, buckets=BUCKETS)

    key = bounds.bucket(made, milliseconds)

    assert bounds.counts(made, {key: 1}) == {key: 1}
    assert int(key) <= max(0, milliseconds)


@pytest.mark.parametrize(
    ("milliseconds", "key"),
    [
        pytest.param(-1, "0", id="a-clock-that-ran-backwards"),
        pytest.param(0, "0", id="nothing"),
        pytest.param(99, "0", id="below"),
        pytest.param(100, "100", id="on-the-bound"),
        pytest.param(10**9, "1000", id="above-all"),
    ],
)
def test_a_time_is_kept_as_the_lower_bound_of_its_bucket(
    metric: Make, milliseconds: int, key: str
) -> None:
    assert bounds.bucket(metric(Kind.TIMING, buckets=BUCKETS), milliseconds) == key


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        pytest.param(Kind.FLAG, True, "true", id="yes"),
        pytest.param(Kind.FLAG, False, "false", id="no"),
        pytest.param(Kind.FLAG, 1, Reason.WRONG_KIND, id="number-for-flag"),
        pytest.param(Kind.FLAG, "true", Reason.WRONG_KIND, id="word-for-flag"),
        pytest.param(Kind.CHOICE, "linux", "linux", id="word-of-the-list"),
        pytest.param(Kind.CHOICE, "other", "other", id="other"),
        pytest.param(Kind.CHOICE, "Linux", Reason.OUT_OF_BOUNDS, id="another-word"),
        pytest.param(Kind.CHOICE, True, Reason.WRONG_KIND, id="flag-for-choice"),
        pytest.param(Kind.VERSION, "3.11.7", "3.11", id="cut"),
        pytest.param(Kind.VERSION, "3", "3", id="one-part"),
        pytest.param(Kind.VERSION, "3.11-ana@example.org", "3.11", id="text-behind"),
        pytest.param(Kind.VERSION, "v3.11", Reason.OUT_OF_BOUNDS, id="text-before"),
        pytest.param(Kind.VERSION, "", Reason.OUT_OF_BOUNDS, id="empty-version"),
        pytest.param(Kind.VERSION, 3, Reason.WRONG_KIND, id="number-for-version"),
        pytest.param(
            Kind.VERSION,
            "4915112345678",
            Reason.OUT_OF_BOUNDS,
            id="a-number-too-long-for-a-version",
        ),
        pytest.param(Kind.COUNTER, 3, Reason.WRONG_KIND, id="a-counter-is-not-set"),
        pytest.param(Kind.TIMING, 3, Reason.WRONG_KIND, id="a-timing-is-not-set"),
    ],
)
def test_what_a_program_sets_is_reduced(
    metric: Make, kind: Kind, value: Value, found: str | Reason
) -> None:
    assert bounds.reduce(metric(kind, choices=CHOICES), value) == found


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        pytest.param(Kind.CHOICE, "other", id="choice"),
        pytest.param(Kind.VERSION, None, id="version"),
        pytest.param(Kind.FLAG, None, id="flag"),
    ],
)
def test_only_a_choice_has_a_place_for_the_rest(metric: Make, kind: Kind, rest: str | None) -> None:
    assert bounds.fallback(metric(kind)) == rest


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        pytest.param(Kind.COUNTER, 1, {"": 1}, id="smallest-count"),
        pytest.param(Kind.COUNTER, 500, {"": 500}, id="largest-count"),
        pytest.param(Kind.COUNTER, 0, Reason.OUT_OF_BOUNDS, id="zero"),
        pytest.param(Kind.COUNTER, 501, Reason.OUT_OF_BOUNDS, id="more-than-the-largest"),
        pytest.param(Kind.COUNTER, True, Reason.WRONG_KIND, id="flag-for-counter"),
        pytest.param(Kind.COUNTER, "3", Reason.WRONG_KIND, id="word-for-counter"),
        pytest.param(Kind.FLAG, False, {"false": 1}, id="no"),
        pytest.param(Kind.FLAG, 0, Reason.WRONG_KIND, id="number-for-flag"),
        pytest.param(Kind.CHOICE, "other", {"other": 1}, id="other"),
        pytest.param(Kind.CHOICE, "beos", Reason.OUT_OF_BOUNDS, id="word-not-in-the-list"),
        pytest.param(Kind.CHOICE, {"linux": 1}, Reason.WRONG_KIND, id="table-for-choice"),
        pytest.param(Kind.VERSION, "3.11", {"3.11": 1}, id="version"),
        pytest.param(Kind.VERSION, "3.11.7", Reason.OUT_OF_BOUNDS, id="too-precise"),
        pytest.param(Kind.VERSION, "3.x", Reason.OUT_OF_BOUNDS, id="text-for-version"),
        pytest.param(Kind.VERSION, "3.11\n", Reason.OUT_OF_BOUNDS, id="line-break"),
        pytest.param(Kind.TIMING, {"0": 2, "100": 1}, {"0": 2, "100": 1}, id="timing"),
        pytest.param(Kind.TIMING, {"0": 1_000_000}, {"0": 1_000_000}, id="largest-bucket"),
        pytest.param(Kind.TIMING, {}, Reason.OUT_OF_BOUNDS, id="no-buckets"),
        pytest.param(Kind.TIMING, {"50": 1}, Reason.OUT_OF_BOUNDS, id="unknown-bucket"),
        pytest.param(Kind.TIMING, {"0": 0}, Reason.OUT_OF_BOUNDS, id="empty-bucket"),
        pytest.param(Kind.TIMING, {"0": 1_000_001}, Reason.OUT_OF_BOUNDS, id="too-full-a-bucket"),
        pytest.param(Kind.TIMING, 120, Reason.WRONG_KIND, id="number-for-timing"),
    ],
)
def test_what_a_stranger_sends_is_checked(
    metric: Make, kind: Kind, value: EntryValue, found: dict[str, int] | Reason
) -> None:
    made = metric(kind, choices=CHOICES, buckets=BUCKETS, largest=500)

    assert bounds.counts(made, value) == found


@FIXED
@given(
    kind=st.sampled_from(Kind),
    value=st.booleans()
    | st.integers()
    | st.text()
    | st.dictionaries(st.text(), st.integers(), max_size=3),
)
def test_what_is_counted_is_one_of_the_metrics_own_values(
    metric: Make, kind: Kind, value: EntryValue
) -> None:
    made = metric(kind, choices=CHOICES, buckets=BUCKETS)

    found = bounds.counts(made, value)

    if not isinstance(found, Reason):
        assert found
        assert all(count >= 1 for count in found.values())
        closed = {"", "true", "false", *CHOICES, *map(str, BUCKETS)}
        assert all(key in closed or VERSION.fullmatch(key) for key in found)
