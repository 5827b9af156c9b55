"""A share of two metrics says no more than what is published of both."""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.publish import as_json, publish
from aboveboard.analysis.rate_chart import rate_headline, rate_spec, rate_table
from aboveboard.analysis.rates import share_words
from aboveboard.model.metric import Approval, Kind, Metric, Rate
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry, Sends
from aboveboard.model.total import PublishedRate, Total

FIRST = date(2026, 9, 7)
AGREED = Approval(date(2026, 1, 1), "", "")
FREE = Rate("session.started", "Sessions without a crash", "How many do not crash?", rest=True)
FAILED = Rate("session.started", "Crashes", "How many crash?")
Counts = dict[str, tuple[int, int]]
"""By key: the count, and how many reports said it."""


def metric(name: str, kind: Kind, rate: Rate | None = None, threshold: int = 10) -> Metric:
    words = ("Title", "Question?", "Decision.", "Owner", "https://r.example")
    return Metric(
        name,
        kind,
        *words,
        AGREED,
        None,
        "usage",
        threshold=threshold,
        rate=rate,
        unit="sessions",
        precision=3,
    )


def totals(name: str, week: int, said: Counts) -> list[Total]:
    period = str(Week.of(FIRST + timedelta(weeks=week)))
    everyone = sum(n for _, n in said.values())
    return [
        Total(name, "week", period, key, count, n, everyone) for key, (count, n) in said.items()
    ]


def published(
    *weeks: tuple[Counts, Counts],
    rate: Rate = FREE,
    kind: Kind = Kind.LABELLED,
    whole_kind: Kind | None = None,
    threshold: int = 10,
    sends: Sends = Sends.WEEK,
) -> PublishedRate | None:
    started = metric("session.started", whole_kind or kind, None, threshold)
    crashed = metric("session.crashed", kind, rate, threshold)
    registry = Registry(
        *("editor", "Editor", "", "", "", ""),
        levels={"usage": "Use."},
        metrics=MappingProxyType({each.name: each for each in (started, crashed)}),
        sends=sends,
    )
    rows = [
        row
        for number, both in enumerate(weeks)
        for name, said in zip((started.name, crashed.name), both, strict=True)
        for row in totals(name, number, said)
    ]
    return publish(registry, rows, 9).metrics[1].rate


def told(found: PublishedRate | None) -> list[dict[str, str]]:
    assert found is not None
    return [{share.key: share_words(share) for share in week.shares} for week in found.weeks]


def drawn(found: PublishedRate | None) -> dict[str, Any]:
    assert found is not None
    spec = rate_spec(found)
    assert spec is not None
    return spec


def test_the_share_is_told_of_everything_and_of_each_label_that_both_show() -> None:
    started = {"1.2.3": (400, 400), "1.3": (600, 600), "other": (15, 15)}
    crashed = {"1.2.3": (20, 20), "1.3": (12, 3), "2": (11, 11)}
    assert told(published((started, crashed))) == [{"": "95.8 %", "1.2.3": "95.0 %"}]


def test_the_share_may_be_the_part_itself() -> None:
    found = published(({"": (1000, 500)}, {"": (15, 12)}), rate=FAILED, kind=Kind.COUNTER)
    assert told(found) == [{"": "1.5 %"}]


@pytest.mark.parametrize("crashed", [{}, {"1.3": (1, 1)}, {"1.3": (9, 9)}])
def test_a_part_that_few_said_is_told_as_the_same_bound_as_none(crashed: Counts) -> None:
    started = {"1.3": (600, 600)}
    assert told(published((started, crashed))) == [{"": "≥ 98.5 %", "1.3": "≥ 98.5 %"}]
    assert told(published((started, crashed), rate=FAILED)) == [{"": "≤ 1.5 %", "1.3": "≤ 1.5 %"}]


def test_where_few_said_much_there_is_no_share() -> None:
    found = published(({"1.3": (600, 600)}, {"1.3": (50, 2)}))
    assert told(found) == [{}]
    assert found is not None
    assert rate_headline(found).label == "Hidden: fewer than 10 reports a week."
    assert rate_spec(found) is None
    assert rate_table(found).weeks[0].hidden == "hidden: fewer than 10 reports"


def test_a_week_whose_whole_is_hidden_has_no_share() -> None:
    found = published(({"1.3": (900, 9)}, {"1.3": (800, 9)}))
    assert found is not None
    assert [(week.n, week.shares) for week in found.weeks] == [(None, ())]


def test_where_nothing_is_hidden_none_is_none() -> None:
    assert told(published(({"1": (4, 4)}, {}), threshold=1)) == [{"": "100 %", "1": "100 %"}]


def test_more_of_the_part_than_of_the_whole_leaves_nothing() -> None:
    assert told(published(({"1": (20, 20)}, {"1": (30, 30)}))) == [{"": "0 %", "1": "0 %"}]


def test_each_report_counts_once_for_how_sure_it_is() -> None:
    sure, unsure = (
        published(({"": (100_000, n)}, {"": (1000, 50)}), kind=Kind.COUNTER) for n in (100_000, 100)
    )
    ends = []
    for found in (sure, unsure):
        assert found is not None
        every = found.weeks[0].every
        assert every is not None
        ends.append(tuple(round(end, 2) for end in every.likely))
    assert ends == [(0.99, 0.99), (0.95, 1.0)]


def test_where_installs_send_often_it_takes_as_many_more_reports() -> None:
    found = published(({"": (600, 60)}, {"": (60, 60)}), kind=Kind.COUNTER, sends=Sends.DAY)
    assert told(found) == [{}]


@pytest.mark.parametrize("rate", [Rate("session.gone", "Share", "How much?"), FREE])
def test_without_a_whole_that_is_counted_alike_there_is_no_share(rate: Rate) -> None:
    week: tuple[Counts, Counts] = ({"": (600, 600)}, {"": (60, 60)})
    kinds = {"kind": Kind.LABELLED, "whole_kind": Kind.COUNTER}
    assert published(week, rate=rate, **kinds) is None  # type: ignore[arg-type]  # kinds


def test_the_data_beside_the_page_has_every_share_with_what_it_rests_on() -> None:
    registry = Registry(
        *("editor", "Editor", "", "", "", ""),
        levels={"usage": "Use."},
        metrics=MappingProxyType(
            {
                "session.started": metric("session.started", Kind.COUNTER),
                "session.crashed": metric("session.crashed", Kind.COUNTER, FREE),
            }
        ),
    )
    rows = totals("session.started", 0, {"": (1000, 500)})
    rows += totals("session.crashed", 0, {"": (15, 12)})
    numbers: Any = as_json(publish(registry, rows, 9))
    started, crashed = numbers["metrics"]
    assert "rate" not in started
    assert crashed["rate"] == {
        "of": "session.started",
        "title": "Sessions without a crash",
        "question": "How many do not crash?",
        "rest": True,
        "weeks": [
            {
                "period": "2026-W37",
                "n": 500,
                "shares": [
                    {
                        "value": "",
                        "share": 0.985,
                        "at_least": False,
                        "at_most": False,
                        "likely": [0.97006, 0.99254],
                        "of": 1000,
                        "n": 500,
                    }
                ],
            }
        ],
    }


SAID = st.dictionaries(
    st.sampled_from(["1", "1.2", "2", "other", "strange"]),
    st.tuples(st.integers(1, 30), st.integers(0, 50)).map(lambda both: (sum(both), both[0])),
)


@given(SAID, SAID)
def test_a_hidden_part_cannot_be_told_from_none(started: Counts, crashed: Counts) -> None:
    """Whoever sees a bound learns that the part is below the threshold, and no more."""
    found = published((started, crashed))
    assert found is not None
    few = {key: said for key, said in crashed.items() if said[0] >= 10}
    for week in found.weeks:
        assert min([share.share for share in week.shares], default=0) >= 0
        for share in week.shares:
            assert share.n >= 10
            if share.key and share.bound:
                assert share.key not in few
                assert share.share == (share.whole - min(9, share.whole)) / share.whole


def test_a_chart_has_a_line_for_all_and_for_the_labels_that_are_told_of_most() -> None:
    started = {f"1.{minor}": (1000 + minor, 1000) for minor in range(9, 15)}
    crashed = {f"1.{minor}": (20 + minor, 20) for minor in range(9, 15)}
    chart = drawn(published((started, crashed), (started, crashed)))
    [layer] = chart["layer"]
    lines = layer["encoding"]["color"]["scale"]["domain"]
    assert lines == ["all", "1.11", "1.12", "1.13", "1.14"]
    assert layer["encoding"]["color"]["legend"]["symbolOpacity"] == 1
    rows = layer["data"]["values"]
    assert len(rows) == 10
    assert all(row["line"] == row["share"] for row in rows)
    assert "Sessions without a crash: 96.9 % of 6,069 sessions in the week from 14 Sep 2026" in str(
        chart["description"]
    )


def test_a_hidden_week_and_a_bound_break_the_line() -> None:
    many: tuple[Counts, Counts] = ({"1": (900, 900)}, {"1": (45, 45)})
    hidden: tuple[Counts, Counts] = ({"1": (9, 9)}, {})
    bound: tuple[Counts, Counts] = ({"1": (900, 900)}, {"1": (3, 3)})
    chart = drawn(published(many, hidden, many, ({}, {}), bound))
    layer, rings = chart["layer"]
    rows = {row["period"]: row for row in layer["data"]["values"]}
    assert {period: row["line"] for period, row in rows.items()} == {
        "7 Sep": 0.95,
        "14 Sep": None,
        "21 Sep": 0.95,
        "28 Sep": None,
        "5 Oct": None,
    }
    assert (rows["5 Oct"]["said"], rows["5 Oct"]["high"]) == ("≥ 99.0 %", 1)
    assert [ring["period"] for ring in rings["data"]["values"]] == ["14 Sep"]
    assert layer["encoding"]["color"]["legend"] is None
    marks = layer["layer"]
    assert rings["encoding"]["y"]["datum"] == marks[0]["encoding"]["y"]["scale"]["domain"][0]


@pytest.mark.parametrize(
    ("started", "crashed", "domain"),
    [
        pytest.param(10**6, 10_000, [0.985, 0.995], id="close"),
        pytest.param(200, 10, [0.9, 1.0], id="some"),
        pytest.param(20, 10, [0.25, 0.75], id="far"),
        pytest.param(10**7, 0, [0.995, 1.0], id="all"),
        pytest.param(10**7, 10**7, [0.0, 0.005], id="none"),
    ],
)
def test_the_axis_holds_what_is_drawn_and_not_much_more(
    started: int, crashed: int, domain: list[float]
) -> None:
    part = {"": (crashed, crashed)} if crashed else {}
    chart = drawn(published(({"": (started, started)}, part), kind=Kind.COUNTER, threshold=1))
    scale = chart["layer"][0]["layer"][0]["encoding"]["y"]["scale"]
    assert scale["domain"] == domain


def test_the_headline_is_the_latest_week_that_may_be_shown() -> None:
    many: tuple[Counts, Counts] = ({"1": (900, 900)}, {"1": (45, 45)})
    found = published(many, ({"1": (9, 9)}, {}))
    assert found is not None
    shown = rate_headline(found)
    assert (shown.value, shown.label) == ("95.0 %", "of 900 sessions")
    assert shown.basis == "from 900 reports, week from 7 Sep 2026"
    assert shown.caution == "Likely 93.4 to 96.2 %. A later week is hidden."


def test_before_the_first_report_there_is_nothing_to_show() -> None:
    found = published()
    assert found is not None
    assert rate_headline(found).label == "No report of it has arrived yet."
    assert rate_spec(found) is None


def test_the_table_has_every_share_newest_week_and_oldest_version_first() -> None:
    started = {"1.9": (500, 500), "1.10": (600, 600)}
    crashed = {"1.9": (50, 50), "1.10": (30, 30)}
    found = published((started, crashed))
    assert found is not None
    written = rate_table(found)
    assert written.columns == ("Week from", "Version", "Share", "Likely", "Of", "Reports")
    assert [row[:2] for row in written.weeks[0].rows] == [
        ("all", "92.7 %"),
        ("1.9", "90.0 %"),
        ("1.10", "95.0 %"),
    ]
    assert written.weeks[0].rows[0][2:] == ("91.0 to 94.1 %", "1,100", "1,100")
