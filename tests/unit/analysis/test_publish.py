from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.publish import OTHER, as_json, fold, publish
from aboveboard.model.metric import Approval, Kind, Metric, Registry
from aboveboard.model.total import Group, Total

AGREED = Approval(date(2026, 1, 1), "", "")
WEEK = "2026-W47"
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"
STATES = [Kind.CHOICE, Kind.FLAG, Kind.VERSION]
KEYS = {
    Kind.CHOICE: ["linux", "macos", "windows", "beos", "other"],
    Kind.FLAG: ["true", "false"],
    Kind.VERSION: ["3.9", "3.10", "3.11", "4"],
}


def metric(kind: Kind, name: str = "a.b", threshold: int = 10) -> Metric:
    return Metric(
        name,
        kind,
        f"Title of {name}",
        "A question?",
        "",
        "",
        "",
        AGREED,
        None,
        "usage",
        choices=("linux", "macos", "windows", "beos", "other"),
        buckets=(0, 100, 1000),
        threshold=threshold,
    )


def states(ns: Mapping[str, int], name: str = "a.b") -> list[Total]:
    everyone = sum(ns.values())
    return [Total(name, "week", WEEK, key, n, n, everyone) for key, n in ns.items()]


def timings(reports: Sequence[Mapping[str, int]]) -> list[Total]:
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
    times = timings([{"1000": 1, "0": 1, "100": 1}] * 10)
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
def timing_reports(draw: st.DrawFn) -> tuple[int, list[dict[str, int]]]:
    report = st.dictionaries(st.sampled_from(["0", "100", "1000"]), st.integers(1, 9), min_size=1)
    return draw(st.integers(1, 8)), draw(st.lists(report, min_size=1, max_size=20))


@given(drawn=timing_reports())
def test_folded_times_lose_no_measurement_and_claim_no_report_twice(
    drawn: tuple[int, list[dict[str, int]]],
) -> None:
    threshold, reports = drawn
    period = fold(timings(reports), metric(Kind.TIMING, threshold=threshold))
    if period.n is None:
        assert len(reports) < threshold
        return
    assert period.n == len(reports)
    assert period.count == sum(sum(report.values()) for report in reports)
    assert all(threshold <= group.n <= len(reports) for group in period.groups)


def test_one_report_in_many_small_buckets_is_not_published_as_a_group() -> None:
    buckets = [str(bound) for bound in range(100, 1100, 100)]
    reports = [{"0": 1}] * 30 + [dict.fromkeys(buckets, 7)]
    period = fold(timings(reports), metric(Kind.TIMING))
    assert [group.key for group in period.groups] == [OTHER]
    assert period.groups[0].n <= 31


def test_a_hidden_day_cannot_be_worked_out_from_its_week() -> None:
    totals = [
        Total("a.b", "day", MONDAY, "", 93, 12, 12),
        Total("a.b", "day", TUESDAY, "", 7, 1, 1),
        Total("a.b", "week", WEEK, "", 100, 12, 12),
    ]
    (published,) = publish(registry(metric(Kind.COUNTER)), totals, 12).metrics
    hidden = [day for day in published.days if day.n is None]
    assert published.weeks[0].n is None or len(hidden) != 1


def test_a_hidden_bucket_of_a_day_cannot_be_worked_out_from_its_week() -> None:
    totals = [
        Total("a.b", "day", MONDAY, "0", 50, 20, 20),
        Total("a.b", "day", MONDAY, "100", 30, 20, 20),
        Total("a.b", "day", TUESDAY, "0", 50, 20, 20),
        Total("a.b", "day", TUESDAY, "100", 7, 1, 20),
        Total("a.b", "week", WEEK, "0", 100, 20, 20),
        Total("a.b", "week", WEEK, "100", 37, 20, 20),
    ]
    (published,) = publish(registry(metric(Kind.TIMING)), totals, 20).metrics
    counts = {
        period.period: group.count
        for period in (*published.weeks, *published.days)
        for group in period.groups
        if group.key == "100"
    }
    assert counts.get(WEEK, 0) - counts.get(MONDAY, 0) != 7


def registry(*metrics: Metric) -> Registry:
    named = MappingProxyType({metric.name: metric for metric in metrics})
    return Registry("editor", "Editor", "", "", "", "f" * 64, metrics=named, note="Invented.")


def test_metrics_are_published_in_the_registry_s_order_with_periods_oldest_first() -> None:
    first, second = metric(Kind.COUNTER, "z.first"), metric(Kind.CHOICE, "a.second")
    totals = [
        *states({"linux": 20}, "a.second"),
        Total("z.first", "week", "2026-W48", "", 30, 10, 10),
        Total("z.first", "week", WEEK, "", 20, 10, 10),
        Total("z.first", "day", TUESDAY, "", 5, 10, 10),
        Total("z.first", "day", MONDAY, "", 15, 10, 10),
        Total("not.registered", "week", WEEK, "", 20, 10, 10),
    ]
    app = publish(registry(first, second), totals, 99)
    assert app.reports == 99
    assert [published.metric.name for published in app.metrics] == ["z.first", "a.second"]
    opened, systems = app.metrics
    assert [(week.period, week.count) for week in opened.weeks] == [(WEEK, 20), ("2026-W48", 30)]
    assert [(day.period, day.count) for day in opened.days] == [(MONDAY, 15), (TUESDAY, 5)]
    assert [week.period for week in systems.weeks] == [WEEK]
    assert systems.days == ()


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param("linux", Kind.VERSION, id="choice-to-version"),
        pytest.param("", Kind.TIMING, id="counter-to-timing"),
    ],
)
def test_totals_of_a_metric_s_earlier_kind_do_not_break_its_app(before: str, now: Kind) -> None:
    totals = [Total("a.b", "week", WEEK, before, 20, 20, 20)]
    assert publish(registry(metric(now)), totals, 20).reports == 20


def test_every_number_of_the_json_stands_with_its_n() -> None:
    totals = [
        *states({"linux": 40, "beos": 2, "macos": 12}),
        Total("a.b", "week", "2026-W48", "linux", 3, 3, 3),
    ]
    content = as_json(publish(registry(metric(Kind.CHOICE)), totals, 57))
    assert json.loads(json.dumps(content)) == {
        "app": "editor",
        "title": "Editor",
        "note": "Invented.",
        "registry": "f" * 64,
        "reports": 57,
        "metrics": [
            {
                "metric": "a.b",
                "kind": "choice",
                "title": "Title of a.b",
                "question": "A question?",
                "threshold": 10,
                "weeks": [
                    {
                        "period": WEEK,
                        "n": 54,
                        "count": 54,
                        "groups": [
                            {"value": "linux", "count": 40, "n": 40, "folded": False},
                            {"value": "other", "count": 14, "n": 14, "folded": True},
                        ],
                    },
                    {"period": "2026-W48", "n": None, "count": None, "groups": []},
                ],
                "days": [],
            }
        ],
    }


def test_a_threshold_of_one_hides_nothing() -> None:
    lowest = replace(metric(Kind.CHOICE), threshold=1)
    period = fold(states({"linux": 1, "macos": 2}), lowest)
    assert [(group.key, group.n) for group in period.groups] == [("linux", 1), ("macos", 2)]
