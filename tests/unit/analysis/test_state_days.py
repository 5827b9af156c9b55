"""What is published by day of a state is never of too few, and neither is what is hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.publish import publish
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import Registry
from aboveboard.model.total import PublishedMetric, PublishedPeriod, Total

WEEK = "2026-W47"
MONDAY, TUESDAY, WEDNESDAY, *LATER = (f"2026-11-{day}" for day in range(16, 23))
WORDS = ("linux", "macos", "windows", "beos", "other")
Told = list[tuple[str, str]]
"""What senders say who each report once in the week: the day, and a value."""


def published(told: Told, threshold: int = 10, kind: Kind = Kind.CHOICE) -> PublishedMetric:
    agreed = Approval(date(2026, 1, 1), "", "")
    about = ("Title", "A question?", "", "", "")
    metric = Metric("a.b", kind, *about, agreed, None, "usage", choices=WORDS, threshold=threshold)
    registry = Registry(
        "chat", "Chat", "", "", "", "f" * 64, metrics=MappingProxyType({"a.b": metric})
    )
    totals = rows("week", [(WEEK, key) for _, key in told]) + rows("day", told)
    [found] = publish(registry, totals, len(told)).metrics
    return found


def rows(span: str, told: Told) -> list[Total]:
    everyone = Counter(period for period, _ in told)
    return [
        Total("a.b", span, period, key, n, n, everyone[period])
        for (period, key), n in Counter(told).items()
    ]


def groups(period: PublishedPeriod) -> dict[str, int] | None:
    return None if period.n is None else {group.key: group.n for group in period.groups}


def said(day: str, **numbers: int) -> Told:
    return [(day, key) for key, n in numbers.items() for _ in range(n)]


def test_each_day_shows_how_many_said_what() -> None:
    told = said(MONDAY, linux=20, macos=12) + said(TUESDAY, linux=15)
    days = published(told).days
    assert [(day.period, day.n, groups(day)) for day in days] == [
        (MONDAY, 32, {"linux": 20, "macos": 12}),
        (TUESDAY, 15, {"linux": 15}),
    ]


def test_what_too_few_said_on_one_day_is_hidden_on_all_days_of_its_week() -> None:
    told = said(MONDAY, linux=20, macos=12, beos=10) + said(TUESDAY, linux=15, macos=3, beos=9)
    days = published(told).days
    assert [groups(day) for day in days] == [{"linux": 20, "other": 22}, {"linux": 15, "other": 12}]


def test_other_is_never_too_small() -> None:
    told = said(MONDAY, linux=20, macos=12, beos=3) + said(TUESDAY, linux=25, macos=10, beos=10)
    assert [groups(day) for day in published(told).days] == [
        {"linux": 20, "other": 15},
        {"linux": 25, "other": 20},
    ]


def test_what_its_week_hides_no_day_shows() -> None:
    week = rows("week", said(WEEK, linux=20, macos=12, beos=3))
    days = rows("day", said(MONDAY, linux=20, macos=12, beos=11))
    whole = published([])
    registry = Registry(
        "chat", "Chat", "", "", "", "f" * 64, metrics=MappingProxyType({"a.b": whole.metric})
    )
    [found] = publish(registry, week + days, 0).metrics
    assert groups(found.weeks[0]) == {"linux": 20, "other": 15}
    assert groups(found.days[0]) == {"linux": 20, "other": 23}


def test_a_hidden_day_takes_the_smallest_other_one_with_it() -> None:
    told = said(MONDAY, linux=30) + said(TUESDAY, linux=12) + said(WEDNESDAY, linux=2)
    assert [groups(day) for day in published(told).days] == [{"linux": 30}, None, None]


def test_a_value_of_which_hidden_days_have_too_few_is_shown_on_no_day() -> None:
    told = said(MONDAY, linux=30, macos=20, windows=15) + said(TUESDAY, linux=11, macos=2)
    told += said(WEDNESDAY, linux=2)
    # Two of macOS are hidden with the two days, so that nothing may stand beside it on the third.
    assert [groups(day) for day in published(told).days] == [{"other": 65}, None, None]


def test_where_the_week_is_hidden_or_not_there_so_are_its_days() -> None:
    assert [groups(day) for day in published(said(MONDAY, linux=9)).days] == [None]
    whole = published([])
    registry = Registry(
        "chat", "Chat", "", "", "", "f" * 64, metrics=MappingProxyType({"a.b": whole.metric})
    )
    [found] = publish(registry, rows("day", said(MONDAY, linux=30)), 0).metrics
    assert [groups(day) for day in found.days] == [None]


def test_with_a_threshold_of_one_nothing_is_hidden() -> None:
    told = said(MONDAY, linux=1, macos=2) + said(TUESDAY, linux=1)
    assert [groups(day) for day in published(told, 1).days] == [
        {"linux": 1, "macos": 2},
        {"linux": 1},
    ]


@pytest.mark.parametrize("kind", [Kind.NAMES, Kind.LABELLED])
def test_of_what_a_sender_says_several_values_no_days_are_published(kind: Kind) -> None:
    assert published(said(MONDAY, linux=30), kind=kind).days == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([MONDAY, TUESDAY, WEDNESDAY, LATER[0]]),
            st.sampled_from([*WORDS, "gone"]),
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=16,
    ),
    st.integers(1, 8),
)
def test_nothing_small_can_be_worked_out_of_those_who_report_once_a_week(
    many: list[tuple[str, str, int]], threshold: int
) -> None:
    told = [(day, key) for day, key, n in many for _ in range(n)]
    found = published(told, threshold)
    of_week = groups(found.weeks[0])
    shown = [day for day in found.days if day.n is not None]
    by_key: dict[str, list[int]] = defaultdict(list)
    for day in shown:
        values = groups(day) or {}
        assert all(n >= threshold for n in values.values())
        assert sum(values.values()) == day.n
        for key, n in values.items():
            by_key[key].append(n)
    if not shown:
        return
    assert of_week is not None
    rest = len(told) - sum(day.n or 0 for day in shown)
    assert rest == 0 or rest >= threshold
    named = set(by_key) - {"other"}
    assert named <= set(of_week)
    for key in named:
        left = of_week[key] - sum(by_key[key])
        assert left == 0 or left >= threshold
    others = len(told) - sum(n for key, n in of_week.items() if key in named)
    left = others - sum(by_key["other"])
    assert left == 0 or left >= threshold
