"""Enters: totals that name nobody. Leaves: how many installs were active, and how surely.

Two ways count each install once without knowing one from the other:

- *one report in a period*: what holds for a while is said once a week by each install, so a week's
  reports are its installs;
- *the first of a period*: an install tells that this is its first use of a day, week or month, or
  that this is its report number 0, and only these are counted.

``docs/uniques.md`` tells what makes either of them wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

from aboveboard.model.metric import ACTIVE, Kind
from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Total

DAY, WEEK, MONTH = "day", "week", "month"
DAYS = {DAY: 1, WEEK: 7, MONTH: 31}
UNIT = "active installs"
_MONTH_LETTERS = len("2026-11")
_SURE = 3.0
"""Standard errors: of all days of a year, chance alone puts one outside."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a number of active installs may suffer from.

    Attributes:
        lost: the share of installs, at most, whose word about a period does not arrive.
        again: the share of installs, at most, that begin anew within a month and are then counted
            twice: set up again, withdrawn and agreed to again, their files lost.
        rate: the share of installs that are asked to report at all.
    """

    lost: float = 0.06
    again: float = 0.03
    rate: float = 1.0


USUAL = Doubt()


def firsts(totals: Iterable[Total], metric: str, key: str, span: str) -> dict[str, int]:
    """Count the installs that said of a period that it is their first time in it.

    Args:
        totals: an app's.
        metric: the one that says so.
        key: its value that does: ``"week"``, or ``"0"`` where reports are numbered from 0.
        span: ``day``, ``week`` or ``month``; a month is made of its days.

    Returns:
        Installs by period, in order.

    Example:
        >>> from aboveboard.model.total import Total
        >>> days = [Total("a.b", "day", f"2026-11-{day}", "month", 2, 2, 9) for day in (29, 30)]
        >>> firsts(days, "a.b", "month", "month")
        {'2026-11': 4}
    """
    found: Counter[str] = Counter()
    kept = DAY if span == MONTH else span
    for total in totals:
        if (total.metric, total.span, total.key) == (metric, kept, key):
            period = total.period[:_MONTH_LETTERS] if span == MONTH else total.period
            found[period] += total.n
    return dict(sorted(found.items()))


def once_a_week(totals: Iterable[Total], metric: str) -> dict[str, int]:
    """Count the installs that said something that holds for a while: each says it once a week."""
    weeks = {t.period: t.all_n for t in totals if (t.metric, t.span) == (metric, WEEK)}
    return dict(sorted(weeks.items()))


def likely(n: int, span: str, doubt: Doubt = USUAL) -> tuple[int, int]:
    """Give the least and the most installs that a number may stand for.

    Example:
        >>> likely(10_000, "day"), likely(10_000, "month")
        ((9981, 10717), (9658, 10717))
    """
    again = doubt.again * DAYS[span] / DAYS[MONTH]
    asked = 1 - doubt.rate
    least = (n - _SURE * sqrt(n * (again + asked))) / (1 + again)
    most = (n + _SURE * sqrt(n * (doubt.lost + asked))) / (1 - doubt.lost)
    return max(0, floor(least / doubt.rate)), ceil(most / doubt.rate)


def is_active(metric: Metric) -> bool:
    """Whether it is a metric by which devices tell that they are active, or sites of a project."""
    return metric.counts_active or (metric.name == ACTIVE and metric.kind is Kind.LABELLED)


def published(metric: Metric, totals: Sequence[Total]) -> PublishedMetric:
    """Publish how many installs were active, as a number per day, week and month.

    Nothing else is published of the metric. No sum of some of these numbers is another one, so that
    a small one that is hidden cannot be worked out from the rest.
    """
    numbers = {
        span: _periods(metric, firsts(totals, metric.name, span, span))
        for span in (WEEK, DAY, MONTH)
    }
    unit = UNIT if metric.name == ACTIVE else metric.unit or UNIT
    as_number = replace(metric, kind=Kind.COUNTER, unit=unit, labels=())
    return PublishedMetric(as_number, numbers[WEEK], numbers[DAY], numbers[MONTH], True)  # noqa: FBT003 a field


def _periods(metric: Metric, numbers: Mapping[str, int]) -> tuple[PublishedPeriod, ...]:
    return tuple(
        PublishedPeriod(period, n, (Group("", n, n),))
        if n >= metric.threshold
        else PublishedPeriod(period, None, ())
        for period, n in numbers.items()
    )
