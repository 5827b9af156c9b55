from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector import spans
from aboveboard.collector.spans import Span, Spans
from aboveboard.model.verdict import Reason, Refused

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        pytest.param("2026-W49", Reason.PERIOD_IN_FUTURE, id="future"),
        pytest.param("2026-W44", Reason.PERIOD_TOO_OLD, id="old"),
        pytest.param("2025-W54", Reason.NOT_A_REPORT, id="no-week"),
        pytest.param("soon", Reason.NOT_A_REPORT, id="a-word"),
    ],
)
def test_a_period_may_lie_neither_ahead_nor_too_far_back(period: str, reason: Reason) -> None:
    found = Spans(oldest_weeks=2).find(period, TODAY)
    assert isinstance(found, Refused)
    assert found.reason is reason


def test_a_week_is_its_seven_days() -> None:
    found = Spans(oldest_weeks=2).find("2026-W47", TODAY)
    days = frozenset(f"2026-11-{day}" for day in range(16, 23))
    assert found == Span("2026-W47", "2026-11-16", days)


def test_what_is_in_the_future_today_is_not_tomorrow() -> None:
    judge = Spans(oldest_weeks=2)
    assert isinstance(judge.find("2026-W48", date(2026, 11, 21)), Refused)
    assert isinstance(judge.find("2026-W48", date(2026, 11, 22)), Span)


@given(st.lists(st.text(max_size=9), min_size=1))
def test_strangers_words_are_not_remembered_without_end(periods: list[str]) -> None:
    judge = Spans(oldest_weeks=2)
    for number in range(spans.MOST_KNOWN + 1):
        judge.find(f"{number}", TODAY)
    for period in periods:
        assert isinstance(judge.find(period, TODAY), Span | Refused)
    assert isinstance(judge.find("2026-W47", TODAY), Span)
