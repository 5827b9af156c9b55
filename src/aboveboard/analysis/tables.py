"""Enters: what is published of a metric. Leaves: the table under its chart, newest week first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.analysis.parts import by_size, rests, share
from aboveboard.analysis.state_days import has_days
from aboveboard.analysis.words import (
    SMALL,
    amount,
    day_label,
    first_day,
    reports,
    value_label,
)
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod

MOST_DAYS = 14
MOST_ROWS = 2000
"""A page stays light enough for a phone; the data beside it has everything."""


@dataclass(frozen=True, slots=True)
class TableWeek:
    """The rows of one week, or of one day.

    Attributes:
        week: its Monday, or the day, for people.
        rows: cells without the week's own; empty where the week is hidden.
        hidden: why it is hidden, or nothing.
    """

    week: str
    rows: tuple[tuple[str, ...], ...]
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The weekly numbers of a metric, or those of its days.

    Attributes:
        columns: their headings, the week first.
        weeks: the weeks or days, newest first.
        cut: whether some did not fit in.
    """

    columns: tuple[str, ...]
    weeks: tuple[TableWeek, ...]
    cut: bool = False


def table(published: PublishedMetric) -> Table:
    """Write down the weeks, as many as a page can hold."""
    metric, room = published.metric, MOST_ROWS
    weeks: list[TableWeek] = []
    for week in reversed(published.weeks):
        if room <= 0:
            break
        found = _week(metric, week)
        weeks.append(replace(found, rows=found.rows[:room]))
        room -= max(1, len(found.rows))
    cut = room < 0 or len(weeks) < len(published.weeks)
    return Table(("Week from", *_columns(metric)), tuple(weeks), cut)


def days(published: PublishedMetric) -> Table:
    """Write down the latest days of a state; the data beside the page has more of them."""
    metric = published.metric
    lately = published.days[-MOST_DAYS:] if has_days(metric) else ()
    return Table(("Day", *_columns(metric)), tuple(_week(metric, day) for day in reversed(lately)))


def _columns(metric: Metric) -> tuple[str, ...]:
    values = heading(metric)
    if metric.kind.is_number:
        return (values, "Reports")
    if metric.kind.adds_up:
        return (values, "Count", "Share", "Reports")
    return (values, "Share", "Reports")


def heading(metric: Metric) -> str:
    """Say what stands in the column of values."""
    match metric.kind:
        case Kind.LABELLED if metric.by_version:
            return "Version"
        case Kind.EVENT:
            return ", ".join(sorted(metric.extras))
        case Kind.COUNTER | Kind.DISTRIBUTION | Kind.QUANTITY if metric.unit:
            return metric.unit.capitalize()
        case _:
            return _HEADINGS.get(metric.kind, "Value")


_HEADINGS = {
    Kind.COUNTER: "Count",
    Kind.SECONDS: "Time in use",
    Kind.TIMING: "Time",
    Kind.DISTRIBUTION: "Size",
    Kind.QUANTITY: "Number",
    Kind.NAMES: "Name",
    Kind.LABELLED: "Label",
    Kind.ERROR: "Error",
}


def _week(metric: Metric, week: PublishedPeriod) -> TableWeek:
    label = day_label(first_day(week.period), year=True)
    if week.n is None:
        return TableWeek(label, (), f"hidden: fewer than {reports(metric.threshold)}")
    if metric.kind.is_number:
        return TableWeek(label, ((amount(metric, week.count), f"{week.n:,}"),))
    long = metric.kind in {Kind.NAMES, Kind.ERROR}
    groups = by_size(metric, week) if long else week.groups
    return TableWeek(label, tuple(_row(metric, week, group) for group in groups))


def _row(metric: Metric, week: PublishedPeriod, group: Group) -> tuple[str, ...]:
    label = value_label(metric, group.key)
    if group.folded and label != SMALL:
        label = f"{label}, with {SMALL}"
    counted = (f"{group.count:,}",) if metric.kind.adds_up else ()
    return (label, *counted, share(metric, week, group), rests(metric, week, group))
