from __future__ import annotations

from collections.abc import Callable
from math import inf, isclose, log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.metric import Kind, Metric, Period, Status
from aboveboard.model.registry import Committee, Registry
from aboveboard.registry.uniqueness import (
    by_report,
    estimate,
    estimates,
    measured,
    sharing,
    spread,
    total,
)

Make = Callable[..., Metric]
WORDS = ("a", "b", "c", "other")
BUCKETS = (0, 10, 100, 1000)
TEN_IN_FOUR = 4 * (3.5 * log2(3.5) - 2.5 * log2(2.5))
SEVENTY_IN_FOUR = 4 * (18.5 * log2(18.5) - 17.5 * log2(17.5))

ESTIMATES: list[tuple[Kind, dict[str, Any], float, str]] = [
    (Kind.FLAG, {}, 1, "2 values, each as likely"),
    (Kind.CHOICE, {"choices": WORDS}, 2, "4 values, each as likely"),
    (Kind.VERSION, {"precision": 2}, log2(20), "20 values, each as likely"),
    (Kind.QUANTITY, {"buckets": BUCKETS}, 2, "4 values, each as likely"),
    (Kind.NAMES, {"names": WORDS}, 3 + spread(1, 10), "3 names, there or not, and about 10 others"),
    (Kind.COUNTER, {"example": 1}, 14, "7 days of a number around its example, 1"),
    (Kind.COUNTER, {"example": 1, "period": Period.WEEK}, 2, "a number around its example, 1"),
    (Kind.COUNTER, {"example": 9000, "largest": 3}, 14, "7 days of a number around its example"),
    (Kind.COUNTER, {"largest": 1023}, 70, "7 days of any number up to 1,023, for want of"),
    (Kind.COUNTER, {"largest": 1023, "example": True}, 70, "7 days of any number up to 1,023"),
    (Kind.COUNTER, {"largest": 1023, "example": -4}, 70, "7 days of any number up to 1,023"),
    (Kind.SECONDS, {"example": 1800, "largest": 86400}, 7 * spread(1, 1800), "7 days of a number"),
    (
        Kind.TIMING,
        {"buckets": BUCKETS, "example": 50},
        7 * TEN_IN_FOUR,
        "7 days of about 10 counts",
    ),
    (Kind.DISTRIBUTION, {"buckets": BUCKETS}, 7 * TEN_IN_FOUR, "10 counts over 4 keys"),
    (Kind.LABELLED, {"labels": WORDS}, 7 * TEN_IN_FOUR, "7 days of about 10 counts over 4 keys"),
    (
        Kind.LABELLED,
        {"labels": WORDS, "period": Period.WEEK},
        SEVENTY_IN_FOUR,
        "about 70 counts over 4 keys",
    ),
    (Kind.LABELLED, {"labels": WORDS, "largest": 1}, 28, "7 days of about 10 counts over 4 keys"),
    (Kind.EVENT, {"extras": {"a": WORDS[2:], "b": WORDS[2:]}}, 7 * TEN_IN_FOUR, "over 4 keys"),
    (Kind.ERROR, {}, 7 * spread(50, 10), "7 days of about 10 counts over 50 keys"),
    (
        Kind.ERROR,
        {"message_level": "usage"},
        7 * spread(50, 10) + 50 * 200 * log2(27),
        "over 50 keys, with any message of 200 letters each",
    ),
]


@pytest.mark.parametrize(
    ("kind", "bounds", "bits", "basis"),
    ESTIMATES,
    ids=[f"{at}-{kind.value}" for at, (kind, _, _, _) in enumerate(ESTIMATES)],
)
def test_a_metric_is_estimated_and_the_way_is_told(
    metric: Make, kind: Kind, bounds: dict[str, Any], bits: float, basis: str
) -> None:
    found = estimate(metric(kind, **bounds))
    assert isclose(found.bits, bits)
    assert basis in found.basis


def test_every_kind_has_an_estimate() -> None:
    assert {kind for kind, _, _, _ in ESTIMATES} == set(Kind)


@given(st.integers(1, 2000), st.floats(0, 1e9))
def test_more_counts_and_more_keys_never_tell_less(keys: int, mean: float) -> None:
    bits = spread(keys, mean)
    assert 0 <= bits < inf
    assert spread(keys, mean * 2) >= bits
    assert spread(keys * 2, mean) >= bits - 1e-3


def test_a_geometric_spread_is_the_sum_over_its_numbers() -> None:
    mean = 3.0
    chances = [(1 / (1 + mean)) * (mean / (1 + mean)) ** number for number in range(400)]
    assert isclose(spread(1, mean), -sum(p * log2(p) for p in chances), abs_tol=1e-9)


def test_more_bits_leave_fewer_installs_that_say_the_same() -> None:
    assert sharing(1024, 3) == 128
    assert sharing(10**10, 1e9) < 1e-280


def _registry(*metrics: Metric, committee: Committee | None = None) -> Registry:
    named = {each.name: each for each in metrics}
    return Registry("editor", "", "", "", "", "", metrics=named, committee=committee)


def test_only_what_may_be_in_a_report_is_measured(metric: Make) -> None:
    metrics = [metric(Kind.FLAG, name=f"a.{status}", status=status) for status in Status]
    assert [each.name for each in measured(_registry(*metrics))] == ["a.approved"]


def test_where_signatures_decide_a_proposal_counts_as_measured(metric: Make) -> None:
    metrics = [metric(Kind.FLAG, name=f"a.{status}", status=status) for status in Status]
    signed = _registry(*metrics, committee=Committee(1, ()))
    assert [each.name for each in measured(signed)] == ["a.proposed", "a.approved"]


def test_what_travels_together_is_told_together_and_the_most_telling_first(metric: Make) -> None:
    pair = [
        metric(Kind.CHOICE, name="a.one", choices=WORDS, correlates_with=("a.two",)),
        metric(Kind.FLAG, name="a.two", correlates_with=("a.one", "a.three")),
    ]
    rest = [
        metric(Kind.FLAG, name="a.three", correlates_with=("a.two",)),
        metric(Kind.VERSION, name="a.four", precision=3),
    ]
    found = by_report(_registry(*pair, *rest), [*pair, *rest])
    names = [[each.metric.name for each in report] for report in found]
    assert names == [["a.four"], ["a.one", "a.two"], ["a.three"]]
    assert [total(report) for report in found] == [log2(50), 3, 1]


def test_what_is_not_asked_about_keeps_its_place_in_its_report(metric: Make) -> None:
    names = ("a.one", "a.two")
    given_up, kept = (metric(Kind.FLAG, name=name, correlates_with=names) for name in names)
    both = _registry(given_up, kept)
    assert by_report(both, [kept]) == [[estimate(kept)]]
    assert by_report(both, []) == []


def test_estimates_come_with_most_bits_first(metric: Make) -> None:
    flags = [metric(Kind.FLAG, name=name) for name in ("a.b", "a.a")]
    found = estimates([*flags, metric(Kind.VERSION, name="a.c")])
    assert [each.metric.name for each in found] == ["a.c", "a.a", "a.b"]
