"""Enters: what is published of a metric. Leaves: the table under its chart, newest week first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.analysis.words import (
    SMALL,
    day_label,
    first_day,
    percent,
    reports,
    value_label,
)
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod


@dataclass(frozen=True, slots=True)
class TableWeek:
    """The rows of one week.

    Attributes:
        week: its Monday, for people.
        rows: cells without the week's own; empty where the week is hidden.
        hidden: why it is hidden, or nothing.
    """

    week: str
    rows: tuple[tuple[str, ...], ...]
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All the weekly numbers of a metric.

    Attributes:
        columns: their headings, the week first.
        weeks: the weeks, newest first.
    """

    columns: tuple[str, ...]
    weeks: tuple[TableWeek, ...]


def table(published: PublishedMetric) -> Table:
    """Write down every week."""
    metric = published.metric
    weeks = tuple(_week(metric, week) for week in reversed(published.weeks))
    return Table(("Week from", *_columns(metric)), weeks)


def _columns(metric: Metric) -> tuple[str, ...]:
    match metric.kind:
        case Kind.COUNTER:
            return ("Count", "Reports")
        case Kind.TIMING:
            return ("Time", "Measurements", "Share", "Reports")
        case Kind.FLAG | Kind.CHOICE | Kind.VERSION:
            return ("Value", "Share", "Reports")


def _week(metric: Metric, week: PublishedPeriod) -> TableWeek:
    label = day_label(first_day(week.period), year=True)
    if week.n is None:
        return TableWeek(label, (), f"hidden: fewer than {reports(metric.threshold)}")
    if metric.kind is Kind.COUNTER:
        return TableWeek(label, ((f"{week.count:,}", f"{week.n:,}"),))
    return TableWeek(label, tuple(_row(metric, week, group, week.n) for group in week.groups))


def _row(metric: Metric, week: PublishedPeriod, group: Group, all_n: int) -> tuple[str, ...]:
    label = value_label(metric, group.key)
    if group.folded and label != SMALL:
        label = f"{label}, with {SMALL}"
    if metric.kind is Kind.TIMING:
        return (label, f"{group.count:,}", percent(group.count, week.count), f"{group.n:,}")
    return (label, percent(group.n, all_n), f"{group.n:,} of {all_n:,}")
