"""A metric's chart, headline and table tell the truth about what is published."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.analysis.charts import as_text, spec, specs
from aboveboard.analysis.headline import headline
from aboveboard.analysis.shares import MOST_VALUES
from aboveboard.analysis.spans import MOST_WEEKS
from aboveboard.analysis.tables import table
from aboveboard.analysis.words import bucket_label
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.total import Group, PublishedApp, PublishedMetric, PublishedPeriod

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = date(2026, 9, 7)
BUCKETS = (0, 100, 1000)


def metric(kind: Kind, **bounds: Any) -> Metric:  # noqa: ANN401 any field of a metric
    approved = Approval(FIRST, "All", "https://a.example")
    words = ("Title", "Question?", "Decision.", "Owner", "https://r.example")
    return Metric("some.thing", kind, *words, approved, None, "usage", **bounds)


def week(number: int, groups: dict[str, int] | None, n: int | None = None) -> PublishedPeriod:
    period = str(Week.of(FIRST + timedelta(weeks=number)))
    if groups is None:
        return PublishedPeriod(period, None, ())
    found = tuple(Group(key, count, count) for key, count in groups.items())
    return PublishedPeriod(period, n or sum(groups.values()), found)


def day(number: int, count: int | None) -> PublishedPeriod:
    period = (FIRST + timedelta(days=number)).isoformat()
    groups = () if count is None else (Group("", count, 20),)
    return PublishedPeriod(period, None if count is None else 20, groups)


def drawn(
    metric: Metric, weeks: Sequence[PublishedPeriod], days: Sequence[PublishedPeriod] = ()
) -> Any:  # noqa: ANN401 a specification is JSON
    found = spec(PublishedMetric(metric, tuple(weeks), tuple(days)))
    assert found is not None
    return json.loads(as_text(found))


def values(layer: Any) -> list[dict[str, Any]]:  # noqa: ANN401 a specification is JSON
    rows: list[dict[str, Any]] = layer["data"]["values"]
    return rows


COUNTER = metric(Kind.COUNTER)
FLAG = metric(Kind.FLAG)
OS = metric(Kind.CHOICE, choices=("linux", "macos", "beos"))
VERSION = metric(Kind.VERSION)
TIMING = metric(Kind.TIMING, buckets=BUCKETS)


@pytest.mark.parametrize("weeks", [(), (week(0, None),)], ids=["no-report", "all-hidden"])
def test_nothing_is_drawn_where_nothing_may_be_shown(weeks: tuple[PublishedPeriod, ...]) -> None:
    published = PublishedMetric(COUNTER, weeks, ())

    assert spec(published) is None
    assert headline(published).value == ""


def test_hidden_weeks_are_gaps_with_a_mark_and_never_zeros() -> None:
    chart = drawn(COUNTER, [week(0, {"": 50}), week(1, None), week(3, {"": 70})])

    bars, marks = chart["layer"]
    found = [(row["period"], row["count"]) for row in values(bars)]
    assert found == [("7 Sep", 50), ("28 Sep", 70)]
    assert values(marks) == [{"period": "14 Sep", "why": "hidden: fewer than 10 reports"}]
    axis = chart["encoding"]["x"]["scale"]["domain"]
    assert axis == ["7 Sep", "14 Sep", "21 Sep", "28 Sep"]


def test_a_young_counter_is_drawn_by_day() -> None:
    days = [day(-1, 99), day(0, 5), day(1, None), day(2, 8)]

    chart = drawn(COUNTER, [week(0, {"": 13}, n=20)], days)

    assert [row["count"] for row in values(chart["layer"][0])] == [5, 8]
    assert chart["encoding"]["x"]["title"] == "day, 2026"
    assert chart["description"].endswith("20 reports, week from 7 Sep 2026.")


def test_a_young_counter_whose_days_are_hidden_is_drawn_by_week() -> None:
    chart = drawn(COUNTER, [week(0, {"": 13})], [day(0, None)])

    assert [row["count"] for row in values(chart["layer"][0])] == [13]


def test_only_the_last_year_is_drawn_so_that_labels_stay_unique() -> None:
    chart = drawn(COUNTER, [week(number, {"": 20}) for number in range(70)])

    axis = chart["encoding"]["x"]["scale"]["domain"]
    assert len(axis) == len(set(axis)) == MOST_WEEKS
    assert chart["encoding"]["x"]["title"] == "week from Monday, 2027 – 2028"


def test_values_are_stacked_in_the_order_of_the_legend() -> None:
    weeks = [week(0, {"linux": 30, "other": 10}), week(1, {"linux": 20, "macos": 20})]

    chart = drawn(OS, weeks)

    layer = chart["layer"][0]
    assert layer["encoding"]["color"]["scale"]["domain"] == ["linux", "macos", "other"]
    assert [(row["value"], row["share"], row["rank"]) for row in values(layer)] == [
        ("linux", 0.75, 0),
        ("other", 0.25, 2),
        ("linux", 0.5, 0),
        ("macos", 0.5, 1),
    ]


def test_rare_values_are_drawn_together_as_other() -> None:
    many = {f"3.{number}": 10 + number for number in range(9)}

    chart = drawn(VERSION, [week(0, many), week(1, many)])

    domain = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert domain == ["3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "other"]
    assert len(domain) == MOST_VALUES + 1
    others = [row["rests"] for row in values(chart["layer"][0]) if row["value"] == "other"]
    assert others == ["33 of 126", "33 of 126"]


def test_a_choice_that_left_the_registry_is_still_drawn() -> None:
    chart = drawn(OS, [week(0, {"plan9": 12, "beos": 12}), week(1, {"beos": 12})])

    assert chart["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["beos", "plan9"]


def test_long_names_get_a_line_of_the_legend_each() -> None:
    name = "a-very-long-name-of-an-operating-system-indeed"

    chart = drawn(metric(Kind.CHOICE, choices=(name,)), [week(0, {name: 12}), week(1, {name: 12})])

    assert chart["layer"][0]["encoding"]["color"]["legend"]["columns"] == 1


def test_a_single_week_is_drawn_as_lying_bars_with_their_numbers() -> None:
    chart = drawn(FLAG, [week(0, {"true": 30, "false": 10})])

    assert [(row["value"], row["text"], row["rests"]) for row in values(chart)] == [
        ("yes", "75 %", "30 of 40"),
        ("no", "25 %", "10 of 40"),
    ]
    assert chart["title"]["text"] == "40 reports, week from 7 Sep 2026"


def state_day(number: int, groups: dict[str, int] | None) -> PublishedPeriod:
    period = (FIRST + timedelta(days=number)).isoformat()
    if groups is None:
        return PublishedPeriod(period, None, ())
    found = tuple(Group(key, count, count) for key, count in groups.items())
    return PublishedPeriod(period, sum(groups.values()), found)


def test_a_young_state_is_drawn_by_day() -> None:
    days = [state_day(-1, {"true": 99}), *(state_day(n, {"true": 20 + n}) for n in (0, 2, 3))]
    days.append(state_day(4, None))

    chart = drawn(FLAG, [week(0, {"true": 30, "false": 10})], days)

    bars, marks = chart["layer"]
    assert [(row["period"], row["rests"]) for row in values(bars)] == [
        ("7 Sep", "20 of 20"),
        ("9 Sep", "22 of 22"),
        ("10 Sep", "23 of 23"),
    ]
    assert [row["period"] for row in values(marks)] == ["11 Sep"]
    assert chart["encoding"]["x"]["title"] == "day, 2026"
    assert chart["description"].endswith(
        "share of reports per day by value, 40 reports, week from 7 Sep 2026."
    )


def test_a_state_of_two_days_or_of_three_weeks_is_drawn_by_week() -> None:
    days = [state_day(n, {"true": 20}) for n in (0, 1, 2)]
    one = drawn(FLAG, [week(0, {"true": 30})], days[:2])
    assert one["title"]["text"] == "30 reports, week from 7 Sep 2026"
    three = drawn(FLAG, [week(n, {"true": 30}) for n in range(3)], days)
    assert three["encoding"]["x"]["title"] == "week from Monday, 2026"


def test_times_are_summed_over_the_latest_weeks_in_buckets_with_names() -> None:
    weeks = [week(number, {"0": 30, "100": 10}) for number in range(6)]

    chart = drawn(TIMING, weeks)

    assert [(row["value"], row["count"], row["text"]) for row in values(chart)] == [
        ("< 100 ms", 120, "75 %"),
        ("100 ms – 1 s", 40, "25 %"),
        ("≥ 1 s", 0, "0 %"),
    ]
    assert chart["title"]["text"] == "160 reports, weeks from 21 Sep 2026 to 12 Oct 2026"


def test_an_empty_bucket_is_not_called_zero_while_small_ones_are_hidden() -> None:
    chart = drawn(TIMING, [week(0, {"0": 30, "500": 10, "other": 10})])

    assert [(row["value"], row["text"]) for row in values(chart)] == [
        ("< 100 ms", "60 %"),
        ("100 ms – 1 s", "none, or hidden"),
        ("≥ 1 s", "none, or hidden"),
        ("500 ms – 1 s", "20 %"),
        ("small groups", "20 %"),
    ]


def test_every_chart_of_a_page_is_given_as_text() -> None:
    empty = PublishedMetric(FLAG, (), ())
    full = PublishedMetric(COUNTER, (week(0, {"": 20}),), ())
    registry = Registry("editor", "Editor", "", "", "", "")

    texts = specs(PublishedApp(registry, 20, (empty, full)))

    assert [json.loads(text)["description"] for text in texts] == [
        "Title: count per week, 20 reports, week from 7 Sep 2026."
    ]


@pytest.mark.parametrize(
    ("measured", "weeks", "value", "label", "caution"),
    [
        (COUNTER, [week(0, {"": 50}, n=20)], "50", "times", "2.5 in each report on average."),
        (FLAG, [week(0, {"true": 30, "false": 10})], "75 %", "yes", "Likely 60 to 86 %."),
        (FLAG, [week(0, {"false": 40})], "0 %", "yes", "Likely 0 to 9 %."),
        (OS, [week(0, {"linux": 30, "other": 90})], "25 %", "linux", "Likely 18 to 33 %."),
        (OS, [week(0, {"other": 40})], "100 %", "other", "Likely 91 to 100 %."),
        (TIMING, [week(0, {"0": 10, "100": 30})], "100 ms – 1 s", "median", ""),
        (
            TIMING,
            [week(0, {"0": 20, "100": 20, "other": 10})],
            "< 100 ms",
            "median",
            "Or up to 100 ms – 1 s: small buckets are hidden.",
        ),
        (
            TIMING,
            [week(0, {"0": 10, "other": 30})],
            "–",
            "median",
            "Too much is hidden to place the middle one.",
        ),
        (
            TIMING,
            [week(0, {"other": 40})],
            "–",
            "median",
            "Too much is hidden to place the middle one.",
        ),
    ],
)
def test_the_headline_names_the_latest_number_and_how_sure_it_is(
    measured: Metric, weeks: list[PublishedPeriod], value: str, label: str, caution: str
) -> None:
    found = headline(PublishedMetric(measured, tuple(weeks), ()))

    assert (found.value, found.label, found.caution) == (value, label, caution)
    assert "reports, week from 7 Sep 2026" in found.basis


def test_a_flag_whose_groups_are_folded_has_no_share() -> None:
    folded = PublishedPeriod("2026-W37", 40, (Group("other", 40, 40, folded=True),))

    found = headline(PublishedMetric(FLAG, (folded,), ()))

    assert found.value == "–"


def test_a_hidden_latest_week_is_named_beside_the_number_before_it() -> None:
    published = PublishedMetric(COUNTER, (week(0, {"": 20}), week(1, None)), ())

    found = headline(published)

    assert found.value == "20"
    assert found.caution.endswith("The week from 14 Sep 2026 is hidden: fewer than 10 reports.")


def test_the_table_gives_every_week_newest_first() -> None:
    published = PublishedMetric(OS, (week(0, {"linux": 30, "macos": 10}), week(1, None)), ())

    hidden, shown = table(published).weeks

    assert (hidden.week, hidden.rows) == ("14 Sep 2026", ())
    assert hidden.hidden == "hidden: fewer than 10 reports"
    assert shown.rows == (("linux", "75 %", "30 of 40"), ("macos", "25 %", "10 of 40"))


@pytest.mark.parametrize(
    ("measured", "groups", "row"),
    [
        (COUNTER, (Group("", 1500, 20),), ("1,500", "20")),
        (TIMING, (Group("0", 300, 20),), ("< 100 ms", "300", "100 %", "20")),
        (TIMING, (Group("other", 9, 12, folded=True),), ("small groups", "9", "100 %", "≥ 12")),
        (
            OS,
            (Group("other", 20, 20, folded=True),),
            ("other, with small groups", "100 %", "20 of 20"),
        ),
    ],
)
def test_each_row_says_on_how_many_reports_it_rests(
    measured: Metric, groups: tuple[Group, ...], row: tuple[str, ...]
) -> None:
    period = PublishedPeriod("2026-W37", 20, groups)

    found = table(PublishedMetric(measured, (period,), ()))

    assert found.weeks[0].rows == (row,)
    assert len(found.columns) == len(row) + 1


def test_a_single_bucket_holds_any_time() -> None:
    assert bucket_label((0,), 0) == "any"
