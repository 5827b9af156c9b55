"""Enters: what clients of others said of a state, by day. Leaves: the days that anyone may read.

A week is not the sum of its days here: who reports daily is in each of them, and counts once in the
week, with what was said last. But who reports once a week is in one alone, so that a group which is
hidden on one day could be worked out from the week and the other days. Therefore:

- The days of a week have the same values: those that the week itself shows, and that no day of it
  has from too few. All others are ``other``, which no day has from too few either.
- What is hidden with whole days must be enough together, of each value that is shown elsewhere.
- Where a day of a week is hidden, its smallest other day is as well; where a week is, all are.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from aboveboard.analysis.fold import OTHER, fold_all_but, surely
from aboveboard.model.period import Week
from aboveboard.model.total import PublishedPeriod

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Total

    Days = Mapping[str, Sequence[Total]]


def has_days(metric: Metric) -> bool:
    """Whether days are published of it, if anybody says it by day: of one value for each sender."""
    return metric.kind.one_key and not metric.kind.adds_up


def published(
    metric: Metric, weeks: Iterable[PublishedPeriod], days: Days
) -> tuple[PublishedPeriod, ...]:
    """Publish the days of a state, oldest first.

    Args:
        metric: the state.
        weeks: what is published of its weeks.
        days: its totals by day.

    Example:
        >>> from types import SimpleNamespace
        >>> from aboveboard.model.metric import Kind
        >>> from aboveboard.model.total import Group, Total
        >>> dark = SimpleNamespace(kind=Kind.FLAG, threshold=10)
        >>> week = PublishedPeriod("2026-W47", 60, (Group("true", 40, 40), Group("false", 20, 20)))
        >>> told = {"2026-11-17": {"true": 30, "false": 12}, "2026-11-18": {"true": 38, "false": 4}}
        >>> days = {
        ...     day: [Total("a.b", "day", day, key, n, n, 42) for key, n in found.items()]
        ...     for day, found in told.items()
        ... }
        >>> found = published(dark, [week], days)  # four on Wednesday are too few
        >>> [[(group.key, group.n) for group in day.groups] for day in found]
        [[('other', 42)], [('other', 42)]]
    """
    by_week: dict[str, dict[str, Sequence[Total]]] = defaultdict(dict)
    for day, totals in days.items():
        by_week[str(Week.of(date.fromisoformat(day)))][day] = totals
    of_weeks = {week.period: week for week in weeks}
    found: list[PublishedPeriod] = []
    for name in sorted(by_week):
        found += _week(metric, of_weeks.get(name), by_week[name])
    return tuple(found)


def _week(metric: Metric, week: PublishedPeriod | None, days: Days) -> list[PublishedPeriod]:
    hidden = _hidden(metric, week, days)
    keys = {group.key for group in week.groups} - {OTHER} if week is not None else set()
    shown = {day: totals for day, totals in days.items() if day not in hidden}
    keys = _enough(metric, keys, shown, [total for day in hidden for total in days[day]])
    return [
        fold_all_but(days[day], metric, keys) if day in shown else PublishedPeriod(day, None, ())
        for day in sorted(days)
    ]


def _hidden(metric: Metric, week: PublishedPeriod | None, days: Days) -> set[str]:
    if week is None or week.n is None:
        return set(days)
    hidden = {day for day, totals in days.items() if totals[0].all_n < metric.threshold}
    if hidden:
        shown = sorted(set(days) - hidden, key=lambda day: (days[day][0].all_n, day))
        hidden |= set(shown[:1])
    return hidden


def _enough(metric: Metric, keys: set[str], shown: Days, hidden: Sequence[Total]) -> set[str]:
    """Leave the keys that may be told on each of the days, so that ``other`` may be, too."""
    sums: dict[str, list[int]] = {key: [] for key in keys}
    for total in (total for totals in shown.values() for total in totals):
        if total.key in keys:
            sums[total.key].append(total.n)
    for key in keys:
        without = sum(total.n for total in hidden if total.key == key)
        if min([*sums[key], without or metric.threshold]) < metric.threshold:
            del sums[key]
    left = sorted(sums, key=lambda key: (-sum(sums[key]), key))
    while left and not _rest_is_enough(metric, left, shown, hidden):
        left.pop()
    return set(left)


def _rest_is_enough(
    metric: Metric, keys: Sequence[str], shown: Days, hidden: Sequence[Total]
) -> bool:
    rests = [surely(totals, keys) for totals in shown.values()]
    rests.append(sum(total.n for total in hidden if total.key not in keys))
    return all(n == 0 or n >= metric.threshold for n in rests)
