"""Each kind has the chart, the headline and the table that its values call for."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.analysis.charts import as_text, spec
from aboveboard.analysis.headline import headline
from aboveboard.analysis.shares import MOST_NAMES
from aboveboard.analysis.tables import MOST_ROWS, table
from aboveboard.analysis.words import duration, range_label, value_label
from aboveboard.model.metric import Approval, Kind, Metric, Status
from aboveboard.model.period import Week
from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod

if TYPE_CHECKING:
    from aboveboard.analysis.headline import Headline

FIRST = date(2026, 9, 7)
MARK, RARE = "3fa9c0b1d2e4" + "0" * 20, "aa" * 16


def metric(kind: Kind, **bounds: Any) -> Metric:  # noqa: ANN401 any field of a metric
    approved = Approval(FIRST, "All", "https://a.example")
    words = ("Title", "Question?", "Decision.", "Owner", "https://r.example")
    return Metric("some.thing", kind, *words, approved, None, "usage", **bounds)


def week(number: int, n: int | None, *groups: Group) -> PublishedPeriod:
    return PublishedPeriod(str(Week.of(FIRST + timedelta(weeks=number))), n, groups)


def drawn(metric: Metric, *weeks: PublishedPeriod) -> Any:  # noqa: ANN401 a specification is JSON
    found = spec(PublishedMetric(metric, weeks, ()))
    assert found is not None
    return json.loads(as_text(found))


def rows(chart: Any) -> list[dict[str, Any]]:  # noqa: ANN401 a specification is JSON
    data = chart["data"] if "data" in chart else chart["layer"][0]["data"]
    values: list[dict[str, Any]] = data["values"]
    return values


def read(metric: Metric, *weeks: PublishedPeriod) -> Headline:
    return headline(PublishedMetric(metric, weeks, ()))


def cells(metric: Metric, found: PublishedPeriod) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    written = table(PublishedMetric(metric, (found,), ()))
    return written.columns[1:], list(written.weeks[0].rows)


FILES = metric(Kind.COUNTER, unit="files")
USE = metric(Kind.SECONDS)
KEPT = metric(Kind.QUANTITY, buckets=(0, 1, 10, 50), unit="documents")
SIZE = metric(Kind.DISTRIBUTION, buckets=(0, 10, 100), unit="lines")
MENU = metric(Kind.LABELLED, labels=("open", "save", "other"))
SEARCH = metric(Kind.EVENT, extras={"how": ("menu", "key", "other"), "found": ("yes", "other")})
ERROR = metric(Kind.ERROR)
NAMES = metric(Kind.NAMES, names=("Maps", "Clocks", "Games", "other"))

FEW = Group("other", 9, 10, folded=True)
OPENED = week(0, 20, Group("", 1500, 20))
USED = week(0, 20, Group("", 4_442_400, 20))
KEPT_NOW = week(0, 40, Group("10", 28, 28), Group("50", 12, 12))
SIZES = week(0, 20, Group("0", 30, 15), Group("10", 61, 20), FEW)
CLICKED = week(0, 40, Group("open", 70, 40), Group("save", 21, 30), FEW)
FOUND = week(0, 40, Group("found=yes,how=menu", 60, 40), Group("found=other,how=key", 31, 30), FEW)
BROKEN = week(0, 30, Group(RARE, 11, 11), Group(MARK, 80, 25), FEW)
INSTALLED = week(
    0, 40, Group("Maps", 31, 31), Group("Games", 20, 20), Group("other", 10, 10, folded=True)
)


@pytest.mark.parametrize(
    ("measured", "found", "said"),
    [
        (FILES, OPENED, ("1,500", "files", "from 20 reports", "75.0 in each report on average.")),
        (
            USE,
            USED,
            ("1,234 hours", "in use", "from 20 reports", "62 hours in each report on average."),
        ),
        (KEPT, KEPT_NOW, ("70 %", "10 to 49", "28 of 40 reports", "Likely 55 to 82 %.")),
        (SIZE, SIZES, ("10 to 99", "lines, median", "of 100 measurements from 20 reports", "")),
        (
            MENU,
            CLICKED,
            ("70 %", "open", "of 100 times from 40 reports", "2.5 in each report on average."),
        ),
        (
            SEARCH,
            FOUND,
            ("60 %", "yes, menu", "of 100 times from 40 reports", "2.5 in each report on average."),
        ),
        (
            ERROR,
            BROKEN,
            ("100", "errors", "from 30 reports", "80 % of them at one place, 3fa9c0b1d2e4."),
        ),
        (
            ERROR,
            week(0, 30, Group("other", 9, 30, folded=True)),
            ("9", "errors", "from 30 reports", "Each of them alone is too rare to be shown."),
        ),
        (
            NAMES,
            INSTALLED,
            ("≥ 78 %", "Maps", "at least 31 of 40 reports", "How few do not have it is hidden."),
        ),
        (
            NAMES,
            week(0, 40, Group("Games", 20, 20)),
            ("50 %", "Games", "20 of 40 reports", "Likely 35 to 65 %."),
        ),
    ],
)
def test_the_headline_says_what_matters_of_its_kind(
    measured: Metric, found: PublishedPeriod, said: tuple[str, str, str, str]
) -> None:
    value, label, basis, caution = said
    expected = (value, label, f"{basis}, week from 7 Sep 2026", caution)
    number = read(measured, found)
    assert (number.value, number.label, number.basis, number.caution) == expected


@pytest.mark.parametrize(
    ("measured", "found", "columns", "written"),
    [
        (FILES, OPENED, ("Files", "Reports"), [("1,500", "20")]),
        (USE, USED, ("Time in use", "Reports"), [("1,234 hours", "20")]),
        (
            KEPT,
            KEPT_NOW,
            ("Documents", "Share", "Reports"),
            [("10 to 49", "70 %", "28 of 40"), ("50 or more", "30 %", "12 of 40")],
        ),
        (
            SIZE,
            SIZES,
            ("Lines", "Count", "Share", "Reports"),
            [
                ("0 to 9", "30", "30 %", "15"),
                ("10 to 99", "61", "61 %", "20"),
                ("small groups", "9", "9 %", "≥ 10"),
            ],
        ),
        (
            MENU,
            CLICKED,
            ("Label", "Count", "Share", "Reports"),
            [
                ("open", "70", "70 %", "40"),
                ("save", "21", "21 %", "30"),
                ("other, with small groups", "9", "9 %", "≥ 10"),
            ],
        ),
        (
            SEARCH,
            FOUND,
            ("found, how", "Count", "Share", "Reports"),
            [
                ("yes, menu", "60", "60 %", "40"),
                ("other, key", "31", "31 %", "30"),
                ("small groups", "9", "9 %", "≥ 10"),
            ],
        ),
        (
            ERROR,
            BROKEN,
            ("Error", "Count", "Share", "Reports"),
            [
                ("3fa9c0b1d2e4", "80", "80 %", "25"),
                ("aaaaaaaaaaaa", "11", "11 %", "11"),
                ("small groups", "9", "9 %", "≥ 10"),
            ],
        ),
        (
            NAMES,
            INSTALLED,
            ("Name", "Share", "Reports"),
            [
                ("Maps", "≥ 78 %", "≥ 31 of 40"),
                ("Games", "50 %", "20 of 40"),
                ("other, with small groups", "≥ 25 %", "≥ 10 of 40"),
            ],
        ),
    ],
)
def test_the_table_names_what_it_counts(
    measured: Metric,
    found: PublishedPeriod,
    columns: tuple[str, ...],
    written: list[tuple[str, ...]],
) -> None:
    assert cells(measured, found) == (columns, written)


def test_a_table_is_cut_where_a_page_would_become_too_heavy() -> None:
    many = [Group(f"app {number}", 12, 12) for number in range(MOST_ROWS - 500)]
    weeks = tuple(week(number, 12, *many) for number in range(3))
    written = table(PublishedMetric(NAMES, weeks, ()))
    assert written.cut
    assert [len(found.rows) for found in written.weeks] == [MOST_ROWS - 500, 500]
    exact = table(PublishedMetric(NAMES, weeks[:1], ()))
    assert (exact.cut, len(exact.weeks[0].rows)) == (False, MOST_ROWS - 500)


def test_the_unit_of_a_counter_stands_under_its_chart() -> None:
    chart = drawn(FILES, OPENED, week(1, 20, Group("", 9, 20)))
    assert chart["encoding"]["x"]["title"] == "files per week from Monday, 2026"
    assert chart["description"].startswith("Title: files per week, 40 reports")


@pytest.mark.parametrize(
    ("seconds", "bar", "unit", "said"),
    [(9000, 2.5, "hours", "2 h 30 min"), (5400, 90, "minutes", "1 h 30 min")],
)
def test_time_in_use_is_drawn_in_hours_or_minutes(
    seconds: int, bar: float, unit: str, said: str
) -> None:
    chart = drawn(USE, week(0, 20, Group("", seconds, 20)), week(1, None))
    assert [(row["count"], row["said"]) for row in rows(chart)] == [(bar, said)]
    assert chart["encoding"]["x"]["title"] == f"{unit} per week from Monday, 2026"


def test_errors_are_drawn_as_their_number_per_week() -> None:
    chart = drawn(ERROR, BROKEN, week(1, None))
    assert [(row["count"], row["said"], row["n"]) for row in rows(chart)] == [(100, "100", 30)]


def test_labels_are_stacked_by_their_counts() -> None:
    chart = drawn(MENU, CLICKED, week(1, 40, Group("open", 25, 20), Group("other", 75, 40)))
    assert [(row["value"], row["share"], row["rests"]) for row in rows(chart)] == [
        ("open", 0.7, "40"),
        ("save", 0.21, "30"),
        ("other", 0.09, "≥ 10"),
        ("open", 0.25, "20"),
        ("other", 0.75, "40"),
    ]
    assert chart["description"].startswith("Title: share of times per week by value")


def test_a_single_week_of_an_event_lies_as_bars() -> None:
    chart = drawn(SEARCH, FOUND)
    assert [(row["value"], row["text"], row["rests"]) for row in rows(chart)] == [
        ("yes, menu", "60 %", "40"),
        ("other, key", "31 %", "30"),
        ("all others", "9 %", "≥ 10"),
    ]


def test_values_without_a_colour_of_their_own_rest_on_the_largest_of_them() -> None:
    labels = [f"l{number}" for number in range(8)]
    groups = [Group(label, 20 - place, 20 - place) for place, label in enumerate(labels)]
    menu = metric(Kind.LABELLED, labels=(*labels, "other"))
    chart = drawn(menu, week(0, 30, *groups))
    last = rows(chart)[-1]
    assert (last["value"], last["text"], last["rests"]) == ("other", "20 %", "≥ 14")


def test_quantities_are_drawn_in_the_order_of_their_buckets() -> None:
    chart = drawn(KEPT, KEPT_NOW, week(1, 40, Group("0", 25, 25), Group("1", 15, 15)))
    domain = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert domain == ["0", "1 to 9", "10 to 49", "50 or more"]


def test_sizes_are_summed_over_the_latest_weeks() -> None:
    chart = drawn(SIZE, SIZES, SIZES)
    assert [(row["value"], row["count"], row["text"], row["rests"]) for row in rows(chart)] == [
        ("0 to 9", 60, "30 %", "30"),
        ("10 to 99", 122, "61 %", "40"),
        ("100 or more", 0, "none, or hidden", "0"),
        ("small groups", 18, "9 %", "≥ 20"),
    ]
    assert "share of 200 measurements by their size" in chart["description"]


def test_names_of_the_latest_week_lie_as_bars_the_most_frequent_first() -> None:
    chart = drawn(NAMES, week(0, 50, Group("Clocks", 11, 11)), INSTALLED, week(1, None))
    assert [(row["value"], row["text"], row["rests"]) for row in rows(chart)] == [
        ("Maps", "≥ 78 %", "≥ 31 of 40"),
        ("Games", "50 %", "20 of 40"),
        ("other", "≥ 25 %", "≥ 10 of 40"),
    ]
    assert chart["description"] == (
        "Title: share of each name among reports, 40 reports, week from 7 Sep 2026."
    )


def test_of_many_names_the_chart_has_the_most_frequent() -> None:
    many = [Group(f"app {number}", 20 + number, 20 + number) for number in range(MOST_NAMES + 5)]
    chart = drawn(NAMES, week(0, 900, *many, Group("other", 300, 100)))
    found = rows(chart)
    assert [found[0]["value"], found[-2]["value"], found[-1]["value"]] == [
        "app 34",
        "app 5",
        "other",
    ]
    assert chart["title"]["text"] == "30 of 35 names, 900 reports, week from 7 Sep 2026"
    assert chart["height"] < 31 * 20


@pytest.mark.parametrize(
    ("status", "weeks", "label", "caution"),
    [
        (Status.PROPOSED, (), "Under discussion: not measured.", ""),
        (Status.RETIRED, (), "Retired: no longer measured.", ""),
        (Status.APPROVED, (), "No report of it has arrived yet.", ""),
        (
            Status.RETIRED,
            (OPENED,),
            "times",
            "75.0 in each report on average. Retired: no longer measured.",
        ),
        (
            Status.PROPOSED,
            (week(0, None),),
            "Hidden: fewer than 10 reports a week.",
            "Under discussion: not measured.",
        ),
    ],
)
def test_the_headline_says_where_a_metric_stands(
    status: Status, weeks: tuple[PublishedPeriod, ...], label: str, caution: str
) -> None:
    found = read(metric(Kind.COUNTER, status=status), *weeks)
    assert (found.label, found.caution) == (label, caution)


def test_single_numbers_have_no_names_for_values() -> None:
    assert value_label(FILES, "") == value_label(USE, "") == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (3600, "1 hour"), (35_990, "9 h 59 min")]
)
def test_a_duration_is_said_as_finely_as_it_deserves(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def test_a_single_bucket_holds_any_number() -> None:
    assert range_label((0,), 0) == "any"


@pytest.mark.parametrize(
    ("counted", "group", "said"),
    [
        (FILES, Group("", 1, 1), ("1", "file", "from 1 report, week from 7 Sep 2026")),
        (
            metric(Kind.COUNTER),
            Group("", 1, 1),
            ("1", "time", "from 1 report, week from 7 Sep 2026"),
        ),
        (SIZE, Group("0", 1, 1), ("0 to 9", "lines, median", "of 1 measurement from 1 report, ")),
        (MENU, Group("open", 1, 1), ("100 %", "open", "of 1 time from 1 report, ")),
        (ERROR, Group(MARK, 1, 1), ("1", "error", "from 1 report, ")),
    ],
)
def test_one_of_something_is_said_in_the_singular(
    counted: Metric, group: Group, said: tuple[str, str, str]
) -> None:
    found = read(counted, week(0, 1, group))
    assert (found.value, found.label) == said[:2]
    assert found.basis.startswith(said[2])
