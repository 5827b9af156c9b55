from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.model.period import Week

DAYS = st.dates(date(1970, 1, 1), date(2999, 12, 31))


@settings(deadline=None)
@given(DAYS)
def test_a_week_holds_its_own_seven_days_and_no_other(day: date) -> None:
    week = Week.of(day)
    days = [week.first + timedelta(days=n) for n in range(-1, 8)]

    assert [week.holds(each) for each in days] == [False, *[True] * 7, False]
    assert week.holds(day)
    assert week.last - week.first == timedelta(days=6)


@settings(deadline=None)
@given(DAYS)
def test_a_week_that_was_written_is_read_back(day: date) -> None:
    assert Week.parse(str(Week.of(day))) == Week.of(day)


@settings(deadline=None)
@given(DAYS, DAYS)
def test_weeks_are_ordered_as_their_days_are(one: date, other: date) -> None:
    weeks = sorted([Week.of(one), Week.of(other)])

    assert weeks == [Week.of(min(one, other)), Week.of(max(one, other))]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        pytest.param(date(2026, 12, 31), "2026-W53", id="last-day-of-a-long-year"),
        pytest.param(date(2027, 1, 3), "2026-W53", id="new-year-in-the-old-week"),
        pytest.param(date(2024, 12, 30), "2025-W01", id="old-year-in-the-new-week"),
    ],
)
def test_around_new_year_the_iso_year_counts(day: date, text: str) -> None:
    assert str(Week.of(day)) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("2026-W00", id="week-0"),
        pytest.param("2025-W53", id="week-53-of-a-short-year"),
        pytest.param("2026-W4", id="one-digit"),
        pytest.param("2026-W047", id="three-digits"),
        pytest.param("2026W47x", id="no-hyphen"),
        pytest.param("2026-w47", id="small-letter"),
        pytest.param("0000-W01", id="year-0"),
        pytest.param("\u0662\u0660\u0662\u0666-W47", id="other-digits"),
    ],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"week|year|Week|isoformat|month"):
        Week.parse(text)


@settings(deadline=None)
@given(st.text(max_size=10) | st.from_regex(r"[0-9-]{4}-W[0-9 -]{2}", fullmatch=True))
def test_any_text_is_the_one_form_of_a_week_or_refused(text: str) -> None:
    try:
        week = Week.parse(text)
    except ValueError:
        return
    assert str(week) == text
