"""Enters: what is published of a metric. Leaves: its latest number, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from aboveboard.analysis.words import (
    OTHER,
    bucket_label,
    day_label,
    first_day,
    likely,
    percent,
    reports,
    value_label,
)
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedMetric, PublishedPeriod


@dataclass(frozen=True, slots=True)
class Headline:
    """The number on top of a metric's card.

    Attributes:
        value: the number itself; empty where nothing may be shown yet.
        label: what it counts.
        basis: on what it rests, always with the number of reports.
        caution: how uncertain it is, or what is hidden beside it.
    """

    value: str
    label: str
    basis: str
    caution: str = ""


def headline(published: PublishedMetric) -> Headline:
    """Read the latest week that may be shown."""
    metric, weeks = published.metric, published.weeks
    shown = [week for week in weeks if week.n is not None]
    if not weeks:
        return Headline("", "No report has arrived yet.", "")
    if not shown:
        few = f"Hidden: fewer than {reports(metric.threshold)} a week."
        return Headline("", few, "Small groups could be somebody.")
    found = _read(metric, shown[-1])
    if weeks[-1].n is not None:
        return found
    later = f"The {_when(weeks[-1])} is hidden: fewer than {reports(metric.threshold)}."
    caution = f"{found.caution} {later}".strip()
    return Headline(found.value, found.label, found.basis, caution)


def _read(metric: Metric, week: PublishedPeriod) -> Headline:
    match metric.kind:
        case Kind.COUNTER:
            return _counter(week)
        case Kind.TIMING:
            return _timing(metric, week)
        case Kind.FLAG | Kind.CHOICE | Kind.VERSION:
            return _share(metric, week)


def _counter(week: PublishedPeriod) -> Headline:
    n = week.n or 1
    each = f"{week.count / n:.1f} in each report on average."
    return Headline(f"{week.count:,}", "times", f"from {reports(n)}, {_when(week)}", each)


def _share(metric: Metric, week: PublishedPeriod) -> Headline:
    whole = week.n or 1
    if metric.kind is Kind.FLAG:
        parts = {group.key: group.n for group in week.groups if not group.folded}
        if not parts:
            return Headline("–", "too close to tell apart", f"from {reports(whole)}, {_when(week)}")
        yes = parts["true"] if "true" in parts else whole - sum(parts.values())
        label, n = "yes", yes
    else:
        named = [group for group in week.groups if group.key != OTHER] or list(week.groups)
        top = max(named, key=lambda group: group.n)
        label, n = value_label(metric, top.key), top.n
    low, high = likely(n, whole)
    basis = f"{n:,} of {reports(whole)}, {_when(week)}"
    return Headline(percent(n, whole), label, basis, f"Likely {low} to {high} %.")


def _timing(metric: Metric, week: PublishedPeriod) -> Headline:
    basis = f"of {week.count:,} measurements from {reports(week.n or 0)}, {_when(week)}"
    low, high = (_median(metric, week, hidden_first=first) for first in (True, False))
    names = [bucket_label(metric.buckets, bound) for bound in (low, high)]
    if low == high:
        return Headline(names[0], "median", basis)
    if (low, high) == (metric.buckets[0], metric.buckets[-1]):
        return Headline("–", "median", basis, "Too much is hidden to place the middle one.")
    return Headline(names[0], "median", basis, f"Or up to {names[1]}: small buckets are hidden.")


def _median(metric: Metric, week: PublishedPeriod, *, hidden_first: bool) -> int:
    """Find the bucket of the middle measurement, the hidden ones taken as shortest or longest."""
    placed = [(int(group.key), group.count) for group in week.groups if group.key != OTHER]
    hidden = week.count - sum(count for _, count in placed)
    ends = [(metric.buckets[0], hidden), *placed] if hidden_first else placed
    sums = accumulate(count for _, count in ends)
    found = zip((bound for bound, _ in ends), sums, strict=True)
    return next((bound for bound, so_far in found if 2 * so_far >= week.count), metric.buckets[-1])


def _when(week: PublishedPeriod) -> str:
    return f"week from {day_label(first_day(week.period), year=True)}"
