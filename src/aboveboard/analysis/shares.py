"""Enters: published weeks whose groups are parts of a whole. Leaves: the rows and form of a chart.

Over time, the parts of each week are stacked. A single week, and what is measured in buckets, lies
as bars. Names overlap, so they never stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.analysis import spans
from aboveboard.analysis.order import natural
from aboveboard.analysis.parts import AT_LEAST, at_least, by_size, part, rests, share, whole
from aboveboard.analysis.shapes import bars, stacked
from aboveboard.analysis.words import OTHER, SMALL, percent, value_label
from aboveboard.model.many import many
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.analysis.shapes import Shape
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedPeriod

MOST_VALUES = 6
"""As many as there are colours that everybody can tell apart; the table names all of them."""
ALL_OTHERS = "all others"
MOST_NAMES = 30
"""More bars than that nobody reads; the table has the rest."""
LATEST_WEEKS = 4
"""How many weeks of what is measured in buckets are summed up."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value of one week, or several that share a colour: their part, and on what it rests."""

    part: int
    rests: str


def shares(
    metric: Metric, weeks: Sequence[PublishedPeriod], days: Sequence[PublishedPeriod] = ()
) -> Shape:
    """Draw the values of a metric as parts of its weeks, or of its days where they are given."""
    periods, word = (days, "day") if days else (weeks, "week")
    shown = [period for period in periods if period.n is not None]
    keys = _largest(metric, shown)
    cells = {week.period: _cells(metric, week, keys) for week in shown}
    names = {key: _name(metric, key) for key in keys}
    what = "times" if metric.kind.adds_up else "reports"
    if len(periods) == 1:
        week = shown[0]
        rows = [
            _bar(names[key], cell.part, whole(metric, week), {"rests": cell.rests})
            for key, cell in cells[week.period].items()
        ]
        description = spans.describe(metric, f"share of {what} by value", weeks)
        return {"description": description, **bars(rows, spans.basis(weeks))}
    table: list[Shape] = [
        {"period": spans.tick(week), "value": names[key], "rests": cell.rests}
        | {"share": cell.part / whole(metric, week), "rank": keys.index(key)}
        for week in shown
        for key, cell in cells[week.period].items()
    ]
    plain = {names[key] for key in keys if key in {OTHER, "false"}}
    return {
        "description": spans.describe(metric, f"share of {what} per {word} by value", weeks),
        **stacked(
            spans.axis(periods),
            spans.hidden(metric, periods),
            table,
            spans.calendar(word, periods),
            (list(names.values()), plain),
        ),
    }


def distribution(metric: Metric, weeks: Sequence[PublishedPeriod]) -> Shape:
    """Draw how measurements fall into buckets."""
    shown = [week for week in weeks if week.n is not None][-LATEST_WEEKS:]
    keys = [str(bound) for bound in metric.buckets]
    found = {group.key for week in shown for group in week.groups}
    folded = OTHER in found
    keys += sorted(found - {*keys, OTHER}, key=int) + [OTHER] * folded
    total = sum(week.count for week in shown)
    rows = []
    for key in keys:
        groups = [(week, group) for week in shown for group in week.groups if group.key == key]
        count, n = sum(group.count for _, group in groups), sum(group.n for _, group in groups)
        bound = AT_LEAST * any(at_least(metric, week, group) for week, group in groups)
        more = {"rests": f"{bound}{n:,}", "count": count}
        bar = _bar(value_label(metric, key), count, total, more)
        rows.append(bar if count or not folded else bar | {"text": "none, or hidden"})
    by = "length" if metric.kind is Kind.TIMING else "size"
    what = f"share of {many(total, 'measurement')} by their {by}"
    return {
        "description": spans.describe(metric, what, shown),
        **bars(rows, spans.basis(shown)),
    }


def names(metric: Metric, weeks: Sequence[PublishedPeriod]) -> Shape:
    """Draw the most frequent names of the latest week, each with how many reports have it."""
    week = [week for week in weeks if week.n is not None][-1]
    known = [group for group in by_size(metric, week) if group.key != OTHER]
    drawn = known[:MOST_NAMES] + [group for group in week.groups if group.key == OTHER]
    rows = [
        _bar(value_label(metric, group.key), group.n, whole(metric, week), {})
        | {"text": share(metric, week, group), "rests": rests(metric, week, group)}
        for group in drawn
    ]
    most = len(known) > MOST_NAMES
    what = f"the {MOST_NAMES} most frequent of {len(known)} names" if most else "share of each name"
    basis = spans.basis([week])
    return {
        "description": spans.describe(metric, f"{what} among reports", [week]),
        **bars(rows, f"{MOST_NAMES} of {len(known)} names, {basis}" if most else basis),
    }


def _bar(label: str, some: int, total: int, more: Shape) -> Shape:
    return {"value": label, "share": some / (total or 1), "text": percent(some, total), **more}


def _name(metric: Metric, key: str) -> str:
    label = value_label(metric, key)
    return ALL_OTHERS if label == SMALL else label  # larger ones may be among them


def _largest(metric: Metric, shown: Sequence[PublishedPeriod]) -> list[str]:
    """Give the keys to draw, in their natural order, ``other`` last."""
    sums: dict[str, int] = {}
    for group in (group for week in shown for group in week.groups):
        sums[group.key] = sums.get(group.key, 0) + part(metric, group)
    rest = sums.pop(OTHER, None)
    largest = sorted(sums, key=lambda key: -sums[key])[:MOST_VALUES]
    keys = sorted(largest, key=natural(metric))
    return keys + [OTHER] * (rest is not None or len(sums) > MOST_VALUES)


def _cells(metric: Metric, week: PublishedPeriod, keys: Sequence[str]) -> dict[str, _Cell]:
    """Give the cells of a week, those of no colour of their own together."""
    groups: dict[str, list[Group]] = {}
    for group in week.groups:
        groups.setdefault(group.key if group.key in keys else OTHER, []).append(group)
    return {key: _cell(metric, week, groups[key]) for key in keys if key in groups}


def _cell(metric: Metric, week: PublishedPeriod, groups: Sequence[Group]) -> _Cell:
    some = sum(part(metric, group) for group in groups)
    if metric.kind.one_key:
        return _Cell(some, f"{some:,} of {week.n:,}")
    largest = max(groups, key=lambda group: group.n)
    said = rests(metric, week, largest)
    together = len(groups) > 1 and not said.startswith(AT_LEAST)
    return _Cell(some, AT_LEAST * together + said)
