"""What sites say is shown as sites: newest versions first, small groups hidden, days and weeks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

from aboveboard.analysis import project_rows, spans
from aboveboard.analysis.project_rows import Period, Row
from aboveboard.analysis.publish import publish
from aboveboard.analysis.usage_chart import usage_spec
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import Registry
from aboveboard.model.total import PublishedApp, PublishedMetric, Total

AGREED = Approval(date(2026, 1, 1), "", "")


def metric(name: str, kind: Kind, **bounds: Any) -> Metric:  # noqa: ANN401 any field
    return Metric(name, kind, name, "", "", "", "", AGREED, None, "usage", **bounds)


METRICS = (
    metric("cms.version", Kind.VERSION),
    metric("cms.os", Kind.CHOICE, choices=("linux", "beos", "other")),
    metric("cms.modules", Kind.NAMES, names=("views", "other")),
    metric("cms.users", Kind.QUANTITY, buckets=(0, 10, 100)),
    metric("cms.mails", Kind.COUNTER),
    metric("cms.active", Kind.LABELLED, labels=("day", "week", "other"), unit="sites"),
    metric("bee.version", Kind.VERSION),
    metric("bee.active", Kind.FLAG),
)
REGISTRY = Registry(
    "cms", "", "", "", "", "", metrics=MappingProxyType({each.name: each for each in METRICS})
)
WEEK = "2026-W47"


def totals(name: str, *said: tuple[str, int], period: str = WEEK) -> list[Total]:
    span, everyone = "week" if "W" in period else "day", sum(n for _, n in said)
    return [Total(name, span, period, key, n, n, everyone) for key, n in said]


def published(*found: list[Total], group: str = "cms") -> PublishedApp:
    app = publish(REGISTRY, [total for each in found for total in each], 9)
    return project_rows.of_group(app, group)


def shown(*found: list[Total]) -> tuple[Period, ...]:
    app = published(*found)
    [mine] = [each for each in app.metrics if each.metric.name == found[0][0].metric]
    return project_rows.key(mine).weeks


def test_a_project_has_its_own_metrics_and_no_others() -> None:
    names = [each.metric.name for each in published(group="bee").metrics]
    assert names == ["bee.version", "bee.active"]


def test_the_number_of_sites_is_no_key_of_theirs() -> None:
    names = [each.metric.name for each in project_rows.keys(published())]
    assert "cms.active" not in names
    assert len(names) == len(METRICS) - 3


def test_the_newest_version_comes_first_and_each_has_its_share() -> None:
    [week] = shown(totals("cms.version", ("1.9", 10), ("1.34", 30)))
    assert week == Period(
        "16 Nov 2026", "40", (Row("1.34", "30", "75 %", 75.0), Row("1.9", "10", "25 %", 25.0))
    )


def test_the_most_frequent_word_comes_first_and_small_groups_come_last() -> None:
    [week] = shown(totals("cms.os", ("beos", 15), ("linux", 80), ("other", 12)))
    assert [row.value for row in week.rows] == ["linux", "beos", "other"]
    [week] = shown(totals("cms.os", ("beos", 2), ("linux", 80), ("other", 12)))
    assert [row.value for row in week.rows] == ["linux", "other, with small groups"]


def test_sizes_are_in_their_natural_order() -> None:
    [week] = shown(totals("cms.users", ("100", 20), ("0", 30)))
    assert [row.value for row in week.rows] == ["0 to 9", "100 or more"]
    [week] = shown(totals("cms.users", ("100", 20), ("0", 30), ("10", 2)))
    assert week.rows[-1].value == "small groups"


def test_names_overlap_and_one_that_nearly_all_have_is_a_bound() -> None:
    rows = [Total("cms.modules", "week", WEEK, "views", 99, 99, 100)]
    [week] = shown(rows)
    assert week.rows == (Row("views", "≥ 91", "≥ 91 %", 91.0),)


def test_what_adds_up_is_one_number_of_a_week() -> None:
    [week] = shown([Total("cms.mails", "week", WEEK, "", 1234, 40, 40)])
    assert week.rows == (Row("1,234", "40", "100 %", 100.0),)


def test_a_week_below_the_threshold_is_hidden_and_the_latest_is_another_one() -> None:
    older = totals("cms.version", ("1.34", 30), period="2026-W46")
    app = published(older, totals("cms.version", ("1.34", 3)))
    key = project_rows.key(app.metrics[0])
    assert [(week.name, week.sites) for week in key.weeks] == [
        ("16 Nov 2026", ""),
        ("9 Nov 2026", "30"),
    ]
    assert key.weeks[0].rows == ()
    assert key.latest == key.weeks[1]
    assert project_rows.key(app.metrics[1]).latest is None


def active(*days: tuple[str, int]) -> PublishedMetric:
    found = [Total("cms.active", "week", WEEK, "week", 40, 40, 40)]
    found += [Total("cms.active", "day", day, "day", n, n, n) for day, n in days]
    counted = project_rows.counted(published(found))
    assert counted is not None
    return counted


def test_sites_are_counted_by_week_and_day() -> None:
    usage = project_rows.usage(active(("2026-11-16", 35), ("2026-11-17", 3)))
    assert [(week.name, week.sites) for week in usage.weeks] == [("16 Nov 2026", "40")]
    assert [(day.name, day.sites) for day in usage.days] == [
        ("17 Nov 2026", ""),
        ("16 Nov 2026", "35"),
    ]
    assert usage.threshold == 10


def test_where_nobody_counts_sites_those_that_tell_their_version_are_counted_by_week() -> None:
    app = published(totals("bee.version", ("1.1", 30)), group="bee")
    counted = project_rows.counted(app)
    assert counted is not None
    usage = project_rows.usage(counted)
    assert [week.sites for week in usage.weeks] == ["30"]
    assert usage.days == ()


def test_a_project_that_tells_neither_has_no_number_of_sites() -> None:
    assert project_rows.counted(published(group="drush")) is None


def test_a_chart_of_sites_has_a_bar_for_each_day_that_is_shown_and_a_mark_for_a_hidden_one() -> (
    None
):
    found = active(("2026-11-16", 35), ("2026-11-17", 3), ("2026-11-18", 1036))
    spec = usage_spec(found.metric, found.days, "day")
    assert spec is not None
    assert spec["description"] == (
        "Sites per day, from 16 Nov 2026 to 18 Nov 2026; 1,036 in the latest that is shown."
    )
    text = str(spec)
    assert "'count': 1036" in text
    assert str(spans.hidden(found.metric, found.days)) in text
    assert "sites per day, 2026" in text


def test_where_nothing_may_be_shown_there_is_no_chart() -> None:
    found = active(("2026-11-17", 3))
    assert usage_spec(found.metric, found.days, "day") is None
    assert usage_spec(found.metric, (), "day") is None
