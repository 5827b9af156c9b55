"""Enters: what is published of a metric. Leaves: its latest number, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from aboveboard.analysis import uniques
from aboveboard.analysis.parts import AT_LEAST, part, share, whole
from aboveboard.analysis.words import (
    MONTHS,
    OTHER,
    amount,
    day_label,
    first_day,
    likely,
    percent,
    reports,
    value_label,
)
from aboveboard.model.many import many, noun
from aboveboard.model.metric import ACTIVE, Kind, Status

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod


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
    """Read the latest week that may be shown, and say where the metric stands."""
    standing = _STANDING[published.metric.status]
    if not published.weeks and standing:
        return Headline("", standing, "Nothing of it is recorded, sent or accepted.")
    found = _latest(published)
    return replace(found, caution=f"{found.caution} {standing}".strip())


_STANDING = {
    Status.PROPOSED: "Under discussion: not measured.",
    Status.APPROVED: "",
    Status.RETIRED: "Retired: no longer measured.",
}


def _latest(published: PublishedMetric) -> Headline:
    metric, weeks = published.metric, published.weeks
    shown = [week for week in weeks if week.n is not None]
    if not weeks:
        return Headline("", "No report of it has arrived yet.", "")
    if not shown:
        few = f"Hidden: fewer than {reports(metric.threshold)} a week."
        return Headline("", few, "Small groups could be somebody.")
    found = _active(metric, shown[-1]) if published.counts_active else _read(metric, shown[-1])
    found = replace(found, caution=f"{found.caution}{_month(published)}")
    if weeks[-1].n is not None:
        return found
    later = f"The {_when(weeks[-1])} is hidden: fewer than {reports(metric.threshold)}."
    return replace(found, caution=f"{found.caution} {later}".strip())


def _read(metric: Metric, week: PublishedPeriod) -> Headline:
    kind = metric.kind
    if kind.is_number:
        return _number(metric, week)
    if kind is Kind.ERROR:
        return _errors(metric, week)
    if kind is Kind.FLAG:
        return _flag(week)
    if not kind.adds_up:
        return _state(metric, week)
    return _middle(metric, week) if kind.in_buckets else _counted(metric, week)


def _number(metric: Metric, week: PublishedPeriod) -> Headline:
    value = amount(metric, week.count)
    if metric.kind is Kind.SECONDS:
        each = amount(metric, round(week.count / (week.n or 1)))
        return Headline(value, "in use", _from(week), f"{each} in each report on average.")
    return Headline(value, noun(week.count, metric.unit or "times"), _from(week), _average(week))


def _active(metric: Metric, week: PublishedPeriod) -> Headline:
    low, high = uniques.likely(week.count, uniques.WEEK)
    likely_so = f"Likely {low:,} to {high:,}." if metric.name == ACTIVE else ""
    label, basis = noun(week.count, metric.unit), _when(week).replace("week", "Week", 1)
    return Headline(f"{week.count:,}", label, basis, likely_so)


def _month(published: PublishedMetric) -> str:
    """Tell the latest month that may be shown."""
    shown = [month for month in published.months if month.n is not None]
    if not shown:
        return ""
    year, number = shown[-1].period.split("-")
    return f" In {MONTHS[int(number) - 1]} {year}: {shown[-1].count:,}."


def _errors(metric: Metric, week: PublishedPeriod) -> Headline:
    named = [group for group in week.groups if group.key != OTHER]
    caution = "Each of them alone is too rare to be shown."
    if named:
        top = _largest(metric, named)
        often = percent(top.count, week.count)
        caution = f"{often} of them at one place, {value_label(metric, top.key)}."
    return Headline(f"{week.count:,}", noun(week.count, "errors"), _from(week), caution)


def _flag(week: PublishedPeriod) -> Headline:
    everyone = week.n or 1
    parts = {group.key: group.n for group in week.groups if not group.folded}
    if not parts:
        return Headline("–", "too close to tell apart", _from(week))
    yes = parts["true"] if "true" in parts else everyone - sum(parts.values())
    return _of_reports(week, percent(yes, everyone), "yes", yes)


def _state(metric: Metric, week: PublishedPeriod) -> Headline:
    top = _top(metric, week)
    text, label = share(metric, week, top), value_label(metric, top.key)
    if not text.startswith(AT_LEAST):
        return _of_reports(week, text, label, top.n)
    basis = f"at least {top.n:,} of {reports(week.n or 1)}, {_when(week)}"
    return Headline(text, label, basis, "How few do not have it is hidden.")


def _of_reports(week: PublishedPeriod, text: str, label: str, n: int) -> Headline:
    low, high = likely(n, week.n or 1)
    basis = f"{n:,} of {reports(week.n or 1)}, {_when(week)}"
    return Headline(text, label, basis, f"Likely {low} to {high} %.")


def _counted(metric: Metric, week: PublishedPeriod) -> Headline:
    top = _top(metric, week)
    text, label = share(metric, week, top), value_label(metric, top.key)
    all_ = whole(metric, week)
    basis = f"of {all_:,} {noun(all_, metric.unit or 'times')} {_from(week)}"
    return Headline(text, label, basis, _average(week))


def _top(metric: Metric, week: PublishedPeriod) -> Group:
    named = [group for group in week.groups if group.key != OTHER]
    return _largest(metric, named or list(week.groups))


def _largest(metric: Metric, groups: list[Group]) -> Group:
    return max(groups, key=lambda group: part(metric, group))


def _average(week: PublishedPeriod) -> str:
    return f"{week.count / (week.n or 1):.1f} in each report on average."


def _middle(metric: Metric, week: PublishedPeriod) -> Headline:
    basis = f"of {many(week.count, 'measurement')} {_from(week)}"
    low, high = (_median(metric, week, hidden_first=first) for first in (True, False))
    names = [value_label(metric, str(bound)) for bound in (low, high)]
    label = f"{metric.unit}, median".removeprefix(", ")
    if low == high:
        return Headline(names[0], label, basis)
    if (low, high) == (metric.buckets[0], metric.buckets[-1]):
        return Headline("–", label, basis, "Too much is hidden to place the middle one.")
    return Headline(names[0], label, basis, f"Or up to {names[1]}: small buckets are hidden.")


def _median(metric: Metric, week: PublishedPeriod, *, hidden_first: bool) -> int:
    """Find the bucket of the middle measurement, the hidden ones taken as shortest or longest."""
    placed = [(int(group.key), group.count) for group in week.groups if group.key != OTHER]
    hidden = week.count - sum(count for _, count in placed)
    ends = [(metric.buckets[0], hidden), *placed] if hidden_first else placed
    sums = accumulate(count for _, count in ends)
    found = zip((bound for bound, _ in ends), sums, strict=True)
    return next((bound for bound, so_far in found if 2 * so_far >= week.count), metric.buckets[-1])


def _from(week: PublishedPeriod) -> str:
    return f"from {reports(week.n or 1)}, {_when(week)}"


def _when(week: PublishedPeriod) -> str:
    return f"week from {day_label(first_day(week.period), year=True)}"
