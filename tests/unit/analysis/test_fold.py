"""What is folded is never too small, and nothing that is hidden can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.fold import OTHER, fold
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.total import Group, Total

AGREED = Approval(date(2026, 1, 1), "", "")
WEEK = "2026-W47"
WORDS = ("linux", "macos", "windows", "beos", "other")
MARKS = tuple(digit * 32 for digit in "abcd")
STATES = [Kind.CHOICE, Kind.FLAG, Kind.VERSION, Kind.QUANTITY]
MANY = [
    Kind.TIMING,
    Kind.DISTRIBUTION,
    Kind.LABELLED,
    Kind.EVENT,
    Kind.ERROR,
    Kind.NAMES,
]
KEYS = {
    Kind.CHOICE: [*WORDS, "gone"],
    Kind.FLAG: ["true", "false"],
    Kind.VERSION: ["3.9", "3.10", "3.11", "4"],
    Kind.QUANTITY: ["0", "100", "1000", "500"],
    Kind.TIMING: ["0", "100", "1000"],
    Kind.DISTRIBUTION: ["0", "100", "1000", "500"],
    Kind.LABELLED: [*WORDS, "gone"],
    Kind.NAMES: [*WORDS, "gone"],
    Kind.EVENT: ["how=menu,ok=yes", "how=menu,ok=other", "how=other,ok=yes", "how=gone,ok=yes"],
    Kind.ERROR: list(MARKS),
}
"""Keys that reports may have; some are not in the registry any more."""


def metric(kind: Kind, threshold: int = 10) -> Metric:
    return Metric(
        "a.b",
        kind,
        *("Title", "A question?", "", "", ""),
        AGREED,
        None,
        "usage",
        choices=WORDS if kind is Kind.CHOICE else (),
        labels=WORDS if kind is Kind.LABELLED else (),
        names=WORDS if kind is Kind.NAMES else (),
        buckets=(0, 100, 1000) if kind.in_buckets else (),
        extras=MappingProxyType({"how": ("menu", "other"), "ok": ("yes", "other")}),
        threshold=threshold,
    )


def states(ns: Mapping[str, int]) -> list[Total]:
    everyone = sum(ns.values())
    return [Total("a.b", "week", WEEK, key, n, n, everyone) for key, n in ns.items()]


def totals_of(reports: Sequence[Mapping[str, int]]) -> list[Total]:
    keys = sorted({key for report in reports for key in report})
    return [
        Total(
            "a.b",
            "week",
            WEEK,
            key,
            sum(report.get(key, 0) for report in reports),
            sum(key in report for report in reports),
            len(reports),
        )
        for key in keys
    ]


def shown(totals: list[Total], kind: Kind) -> list[tuple[str, int, bool]]:
    return [(group.key, group.n, group.folded) for group in fold(totals, metric(kind)).groups]


@pytest.mark.parametrize(
    ("ns", "groups"),
    [
        pytest.param(
            {"linux": 40, "macos": 10},
            [("linux", 40, False), ("macos", 10, False)],
            id="all-large-enough",
        ),
        pytest.param(
            {"linux": 40, "windows": 9, "beos": 1},
            [("linux", 40, False), (OTHER, 10, True)],
            id="two-small-ones-are-large-enough-together",
        ),
        pytest.param(
            {"linux": 40, "macos": 12, "windows": 11, "beos": 1},
            [("linux", 40, False), ("macos", 12, False), (OTHER, 12, True)],
            id="one-small-one-takes-the-smallest-with-it",
        ),
        pytest.param(
            {"linux": 40, "beos": 1}, [(OTHER, 41, True)], id="one-small-one-hides-the-only-other"
        ),
        pytest.param(
            {"linux": 5, "macos": 5}, [(OTHER, 10, True)], id="only-together-large-enough"
        ),
        pytest.param(
            {"linux": 40, OTHER: 10},
            [("linux", 40, False), (OTHER, 10, False)],
            id="a-true-other-is-no-fold",
        ),
        pytest.param(
            {"linux": 40, OTHER: 10, "beos": 1},
            [("linux", 40, False), (OTHER, 11, True)],
            id="a-small-one-joins-a-true-other",
        ),
        pytest.param(
            {"linux": 40, "macos": 12, OTHER: 2},
            [("linux", 40, False), (OTHER, 14, True)],
            id="a-true-other-that-is-small-takes-the-smallest-with-it",
        ),
        pytest.param({"linux": 9}, [], id="too-few-in-all"),
    ],
)
def test_small_groups_are_folded(ns: dict[str, int], groups: list[tuple[str, int, bool]]) -> None:
    assert shown(states(ns), Kind.CHOICE) == groups


def test_of_too_few_reports_not_even_the_number_is_published() -> None:
    period = fold(states({"linux": 9}), metric(Kind.CHOICE))
    assert (period.period, period.n, period.groups) == (WEEK, None, ())


def test_groups_stand_in_the_order_that_people_expect() -> None:
    versions = states({"3.10": 20, "3.9": 30, "4": 10, "3.11": 25})
    assert [key for key, _, _ in shown(versions, Kind.VERSION)] == ["3.9", "3.10", "3.11", "4"]
    words = states({"windows": 90, "gone": 50, "linux": 20})
    assert [key for key, _, _ in shown(words, Kind.CHOICE)][:1] == ["linux"]
    assert [key for key, _, _ in shown(states({"false": 50, "true": 20}), Kind.FLAG)] == [
        "true",
        "false",
    ]
    times = totals_of([{"1000": 1, "0": 1, "100": 1}] * 10)
    assert [key for key, _, _ in shown(times, Kind.TIMING)] == ["0", "100", "1000"]


def test_a_counter_is_one_group() -> None:
    period = fold([Total("a.b", "week", WEEK, "", 120, 12, 12)], metric(Kind.COUNTER))
    assert (period.n, period.count, period.groups) == (12, 120, (Group("", 120, 12),))


@st.composite
def state_totals(draw: st.DrawFn) -> tuple[Kind, int, list[Total]]:
    kind = draw(st.sampled_from(STATES))
    ns = draw(st.dictionaries(st.sampled_from(KEYS[kind]), st.integers(1, 30), min_size=1))
    return kind, draw(st.integers(1, 25)), states(ns)


@given(drawn=state_totals())
def test_no_group_of_states_is_too_small_nor_can_be_worked_out(
    drawn: tuple[Kind, int, list[Total]],
) -> None:
    kind, threshold, totals = drawn
    period = fold(totals, metric(kind, threshold=threshold))
    everyone = sum(total.n for total in totals)
    if everyone < threshold:
        assert period.n is None
        assert period.groups == ()
        return
    assert period.n == sum(group.n for group in period.groups) == everyone
    assert period.count == sum(total.count for total in totals)
    assert all(group.n >= threshold for group in period.groups)
    by_key = {total.key: total for total in totals}
    named = [group for group in period.groups if group.key != OTHER]
    assert all(by_key[group.key].n == group.n for group in named)
    hidden = everyone - sum(group.n for group in named)
    assert hidden == 0 or hidden >= threshold
    for group in period.groups[len(named) :]:
        true_other = by_key.get(OTHER)
        assert group.folded == (true_other is None or group.n > true_other.n)


@st.composite
def many_reports(draw: st.DrawFn) -> tuple[Metric, list[dict[str, int]]]:
    kind = draw(st.sampled_from(MANY))
    counts = st.just(1) if kind is Kind.NAMES else st.integers(1, 9)
    report = st.dictionaries(st.sampled_from(KEYS[kind]), counts, min_size=1)
    reports = draw(st.lists(report, min_size=1, max_size=20))
    return metric(kind, draw(st.integers(1, 8))), reports


def saying(reports: Sequence[Mapping[str, int]], keys: set[str]) -> int:
    """Count the reports that say any of some keys."""
    return sum(bool(keys & set(report)) for report in reports)


@given(drawn=many_reports())
def test_no_group_of_many_is_too_small_nor_can_be_worked_out(
    drawn: tuple[Metric, list[dict[str, int]]],
) -> None:
    many, reports = drawn
    period = fold(totals_of(reports), many)
    if period.n is None:
        assert len(reports) < many.threshold
        return
    assert period.n == len(reports)
    assert all(many.threshold <= group.n <= len(reports) for group in period.groups)
    named = {group.key for group in period.groups} - {OTHER}
    hidden = {key for report in reports for key in report} - named
    assert not hidden or saying(reports, hidden) >= many.threshold
    rest = [group for group in period.groups if group.key == OTHER]
    assert all(group.n <= saying(reports, hidden) for group in rest)
    if many.kind.adds_up:
        assert period.count == sum(sum(report.values()) for report in reports)
        assert all(group.n == saying(reports, {group.key}) for group in period.groups[: len(named)])


@given(drawn=many_reports())
def test_no_number_tells_how_few_lack_a_name(drawn: tuple[Metric, list[dict[str, int]]]) -> None:
    many, found = drawn
    reports = [dict.fromkeys(set(report) & set(WORDS), 1) or {"linux": 1} for report in found]
    names = metric(Kind.NAMES, many.threshold)
    period = fold(totals_of(reports), names)
    for group in (group for group in period.groups if group.key != OTHER):
        true = saying(reports, {group.key})
        assert group.count == group.n <= true
        lacking = len(reports) - group.n
        assert lacking >= names.threshold - 1 or group.n == names.threshold
        assert group.n == true or len(reports) - true < names.threshold - 1


def test_one_report_in_many_small_buckets_is_not_published_as_a_group() -> None:
    buckets = [str(bound) for bound in range(100, 1100, 100)]
    reports = [{"0": 1}] * 30 + [dict.fromkeys(buckets, 7)]
    period = fold(totals_of(reports), metric(Kind.TIMING))
    assert [group.key for group in period.groups] == [OTHER]
    assert period.groups[0].n <= 31


def test_a_value_that_overlaps_with_others_is_folded_with_the_largest_of_the_rest() -> None:
    reports = [{"linux": 2, "macos": 1}] * 25 + [{"linux": 1, "beos": 1}]
    period = fold(totals_of(reports), metric(Kind.LABELLED))
    assert period.groups == (Group("linux", 51, 26), Group(OTHER, 26, 20, folded=True))


def test_one_report_with_many_labels_is_no_crowd_when_its_metric_becomes_a_choice() -> None:
    reports = [{"linux": 1}] * 12 + [dict.fromkeys(("macos", "windows", "beos", "gone"), 1)] * 3
    period = fold(totals_of(reports), metric(Kind.CHOICE))
    assert [(group.key, group.n) for group in period.groups] == [(OTHER, 15)]


def test_a_name_that_nearly_all_have_is_given_as_at_least() -> None:
    reports = [{"linux": 1, "macos": 1, "other": 3}] * 15 + [{"linux": 1}] * 24 + [{"beos": 1}]
    period = fold(totals_of(reports), metric(Kind.NAMES))
    assert period.groups == (
        Group("linux", 31, 31),
        Group("macos", 15, 15),
        Group(OTHER, 10, 10, folded=True),
    )


def test_names_that_nobody_knows_are_counted() -> None:
    reports = [{"linux": 1, "other": 3}] * 15 + [{"linux": 1}] * 15
    period = fold(totals_of(reports), metric(Kind.NAMES))
    assert period.groups == (Group("linux", 21, 21), Group(OTHER, 45, 15))


def test_names_that_are_all_too_rare_are_published_together() -> None:
    reports = [{"linux": 1, "macos": 1}] * 6 + [{"beos": 1}] * 6
    period = fold(totals_of(reports), metric(Kind.NAMES))
    assert period.groups == (Group(OTHER, 12, 12, folded=True),)


@pytest.mark.parametrize("kind", [Kind.EVENT, Kind.QUANTITY, Kind.LABELLED, Kind.NAMES])
def test_groups_stand_in_the_order_of_the_registry(kind: Kind) -> None:
    known = [key for key in KEYS[kind] if key not in {"500", "gone", OTHER} and "gone" not in key]
    period = fold(states(dict.fromkeys(reversed(known), 40)), metric(kind))
    assert [group.key for group in period.groups] == known


def test_a_threshold_of_one_hides_nothing() -> None:
    lowest = replace(metric(Kind.CHOICE), threshold=1)
    period = fold(states({"linux": 1, "macos": 2}), lowest)
    assert [(group.key, group.n) for group in period.groups] == [("linux", 1), ("macos", 2)]
