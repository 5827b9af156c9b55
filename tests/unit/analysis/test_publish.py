from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.publish import as_json, publish
from aboveboard.model.metric import Approval, Kind, Metric, Period
from aboveboard.model.registry import Registry, Sends
from aboveboard.model.total import Total

AGREED = Approval(date(2026, 1, 1), "", "")
WEEK = "2026-W47"
MONDAY, TUESDAY, *LATER = (f"2026-11-{day}" for day in range(16, 23))


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


def registry(*metrics: Metric) -> Registry:
    named = MappingProxyType({metric.name: metric for metric in metrics})
    return Registry("editor", "Editor", "", "", "", "f" * 64, metrics=named, note="Invented.")


def states(ns: Mapping[str, int], name: str = "a.b") -> list[Total]:
    everyone = sum(ns.values())
    return [Total(name, "week", WEEK, key, n, n, everyone) for key, n in ns.items()]


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


def test_days_that_are_not_all_of_their_week_are_hidden() -> None:
    totals = [
        Total("a.b", "day", MONDAY, "", 93, 12, 12),
        Total("a.b", "week", WEEK, "", 100, 13, 13),
    ]
    (published,) = publish(registry(metric(Kind.COUNTER)), totals, 13).metrics
    assert [(week.n, week.count) for week in published.weeks] == [(13, 100)]
    assert [day.n for day in published.days] == [None]


@pytest.mark.parametrize(
    ("kind", "period", "count"),
    [
        (Kind.COUNTER, Period.DAY, 1),
        (Kind.SECONDS, Period.DAY, 1),
        (Kind.COUNTER, Period.WEEK, 0),
        (Kind.SECONDS, Period.WEEK, 0),
        (Kind.ERROR, Period.DAY, 0),
        (Kind.LABELLED, Period.DAY, 0),
        (Kind.NAMES, Period.WEEK, 0),
        (Kind.FLAG, Period.WEEK, 1),
    ],
)
def test_days_are_published_of_single_numbers_and_of_states_with_one_value(
    kind: Kind, period: Period, count: int
) -> None:
    totals = [
        Total("a.b", "day", MONDAY, "", 20, 20, 20),
        Total("a.b", "week", WEEK, "", 20, 20, 20),
    ]
    (published,) = publish(registry(replace(metric(kind), period=period)), totals, 20).metrics
    assert len(published.days) == count


@given(
    st.lists(
        st.dictionaries(st.sampled_from([MONDAY, TUESDAY, *LATER]), st.integers(1, 99), min_size=1),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 8),
    st.sampled_from([Kind.COUNTER, Kind.SECONDS]),
)
def test_hidden_days_rest_on_enough_reports_together(
    reports: list[dict[str, int]], threshold: int, kind: Kind
) -> None:
    totals = [single("week", WEEK, [sum(report.values()) for report in reports])]
    totals += [
        single("day", day, [report[day] for report in reports if day in report])
        for day in sorted({day for report in reports for day in report})
    ]
    (published,) = publish(registry(metric(kind, threshold=threshold)), totals, 9).metrics
    hidden = {day.period for day in published.days if day.n is None}
    assert all(day.n is None or day.n >= threshold for day in published.days)
    rest = sum(bool(hidden & set(report)) for report in reports)
    assert not hidden or rest >= threshold or published.weeks[0].n is None


def single(span: str, period: str, counts: list[int]) -> Total:
    return Total("a.b", span, period, "", sum(counts), len(counts), len(counts))


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


def test_a_number_that_is_a_lower_bound_says_so_in_the_json() -> None:
    labels = replace(metric(Kind.LABELLED), labels=("open", "save", "print", "other"))
    rows = [("open", 90, 30), ("save", 50, 25), ("print", 3, 2)]
    totals = [Total("a.b", "week", WEEK, key, count, n, 30) for key, count, n in rows]
    content = as_json(publish(registry(labels), totals, 30))
    (found,) = json.loads(json.dumps(content))["metrics"]
    assert [list(group.values()) for group in found["weeks"][0]["groups"]] == [
        ["open", 90, 30, False, False],
        ["other", 53, 20, True, True],
    ]


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
                "unit": "",
                "status": "approved",
                "threshold": 10,
                "weeks": [
                    {
                        "period": WEEK,
                        "n": 54,
                        "count": 54,
                        "groups": [
                            {"value": "linux", "count": 40, "n": 40, "folded": False}
                            | {"at_least": False},
                            {"value": "other", "count": 14, "n": 14, "folded": True}
                            | {"at_least": False},
                        ],
                    },
                    {"period": "2026-W48", "n": None, "count": None, "groups": []},
                ],
                "days": [],
            }
        ],
    }


@pytest.mark.parametrize(
    ("sends", "shown"),
    [
        pytest.param(Sends.WEEK, True, id="week"),
        pytest.param(Sends.MONTH, True, id="month"),
        pytest.param(Sends.DAY, False, id="day"),
        pytest.param(Sends.HOUR, False, id="hour"),
    ],
)
def test_several_reports_of_one_install_a_week_do_not_make_a_group(
    sends: Sends,
    shown: bool,  # noqa: FBT001 a column of the table
) -> None:
    totals = [Total("a.b", "week", WEEK, "", 100, 60, 60)]
    product = replace(registry(metric(Kind.COUNTER)), sends=sends)
    (published,) = publish(product, totals, 60).metrics
    assert (published.weeks[0].n is not None) is shown


def test_what_is_said_once_a_week_needs_no_larger_group() -> None:
    product = replace(registry(metric(Kind.CHOICE)), sends=Sends.DAY)
    (published,) = publish(product, states({"linux": 12}), 12).metrics
    assert published.weeks[0].n == 12
