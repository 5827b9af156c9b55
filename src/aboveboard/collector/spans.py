"""Enters: the period that a report names. Leaves: its days, or why it may not be reported now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aboveboard.model.period import Week
from aboveboard.model.verdict import Reason, Refused

DAYS = 7
MOST_KNOWN = 200
"""Periods that are remembered; strangers name many more than there are."""


@dataclass(frozen=True, slots=True)
class Span:
    """A week that may be reported.

    Attributes:
        week: as it is written.
        first: its first day, as it is written.
        days: its seven days, likewise.
    """

    week: str
    first: str
    days: frozenset[str]


class Spans:
    """Judges the periods of reports, each of them once a day.

    Args:
        oldest_weeks: how many weeks back a period may lie.

    Example:
        >>> spans = Spans(oldest_weeks=2)
        >>> spans.find("2026-W47", date(2026, 11, 18)).first
        '2026-11-16'
        >>> spans.find("2026-W48", date(2026, 11, 18)).reason.value
        'period_in_future'
    """

    def __init__(self, oldest_weeks: int) -> None:
        self._oldest_weeks = oldest_weeks
        self._today = date.min
        self._known: dict[str, Span | Refused] = {}

    def find(self, period: str, today: date) -> Span | Refused:
        """Give the days of a period, or why it may not be reported today."""
        if today != self._today or len(self._known) > MOST_KNOWN:
            self._today, self._known = today, {}
        found = self._known.get(period)
        if found is None:
            found = self._known[period] = self._judge(period, today)
        return found

    def _judge(self, period: str, today: date) -> Span | Refused:
        try:
            week = Week.parse(period)
        except ValueError:
            return Refused(Reason.NOT_A_REPORT, "Its period is no week.")
        # A day's grace: somewhere on earth it is tomorrow already.
        if week > Week.of(today + timedelta(days=1)):
            return Refused(Reason.PERIOD_IN_FUTURE, "Its week has not begun yet.")
        if week.last < today - timedelta(weeks=self._oldest_weeks):
            detail = f"Its week ended more than {self._oldest_weeks} weeks ago."
            return Refused(Reason.PERIOD_TOO_OLD, detail)
        return span_of(week)


def span_of(week: Week) -> Span:
    """Give the days of a week, whether it may be reported or not."""
    days = frozenset(str(week.first + timedelta(days=nth)) for nth in range(DAYS))
    return Span(str(week), str(week.first), days)
