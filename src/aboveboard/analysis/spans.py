"""Enters: the published periods of a metric. Leaves: the words and ticks of its chart over time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.analysis.words import day_label, first_day, reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.analysis.shapes import Shape
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedPeriod

MOST_WEEKS = 52
"""More would be too thin to see, and the labels of the axis would no longer be unique."""


def recent(weeks: Sequence[PublishedPeriod]) -> list[PublishedPeriod]:
    """Give the weeks of the last year."""
    if not weeks:
        return []
    start = first_day(weeks[-1].period) - timedelta(weeks=MOST_WEEKS - 1)
    return [week for week in weeks if first_day(week.period) >= start]


def tick(period: PublishedPeriod) -> str:
    """Name a period on the axis."""
    return day_label(first_day(period.period))


def axis(periods: Sequence[PublishedPeriod]) -> list[str]:
    """Name every period between the first and the last one, also those without a report."""
    first, last = (first_day(periods[place].period) for place in (0, -1))
    step = timedelta(weeks=1) if "W" in periods[0].period else timedelta(days=1)
    return [day_label(first + step * number) for number in range((last - first) // step + 1)]


def hidden(metric: Metric, periods: Sequence[PublishedPeriod]) -> list[Shape]:
    """Mark what is hidden, which is not zero."""
    why = f"hidden: fewer than {reports(metric.threshold)}"
    return [{"period": tick(p), "why": why} for p in periods if p.n is None]


def calendar(word: str, periods: Sequence[PublishedPeriod]) -> str:
    """Say what the axis is made of, and of which years."""
    first, last = (first_day(periods[place].period).year for place in (0, -1))
    years = f"{first}" if first == last else f"{first} – {last}"
    return f"week from Monday, {years}" if word == "week" else f"day, {years}"


def describe(metric: Metric, what: str, weeks: Sequence[PublishedPeriod]) -> str:
    """Say in a sentence what a chart shows, for those who do not see it."""
    return f"{metric.title}: {what}, {basis(weeks)}."


def basis(weeks: Sequence[PublishedPeriod]) -> str:
    """Say when, and how many reports said the metric: each of them belongs to one week."""
    first, last = (day_label(first_day(weeks[p].period), year=True) for p in (0, -1))
    when = f"week from {last}" if len(weeks) == 1 else f"weeks from {first} to {last}"
    return f"{reports(sum(week.n or 0 for week in weeks))}, {when}"
