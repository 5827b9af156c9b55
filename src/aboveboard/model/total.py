"""Enters: tables of counts. Leaves: the numbers of one metric and period, ready to be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry


@dataclass(frozen=True, slots=True)
class Total:
    """One row of totals, as the store keeps it for ever.

    Attributes:
        metric: its name.
        span: ``"week"`` or ``"day"``.
        period: ``"2026-W47"`` or ``"2026-11-21"``.
        key: which of the metric's values, as in an event; ``""`` for a counter.
        count: the sum over all reports.
        n: how many reports said this.
        all_n: how many reports said anything about the metric in this period.
    """

    metric: str
    span: str
    period: str
    key: str
    count: int
    n: int
    all_n: int


@dataclass(frozen=True, slots=True)
class Group:
    """One published group: a value, its count and on how many reports it rests.

    Attributes:
        key: the value, or ``"other"`` for groups too small to be shown.
        count: the sum over its reports.
        n: how many reports it rests on.
        folded: whether small groups were put together here.
    """

    key: str
    count: int
    n: int
    folded: bool = False


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """What is published of one metric and period.

    Attributes:
        period: ``"2026-W47"`` or ``"2026-11-21"``.
        n: how many reports it rests on; None when they are fewer than the threshold.
        groups: the groups, none of them smaller than the threshold.
    """

    period: str
    n: int | None
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """The sum over its groups."""
        return sum(group.count for group in self.groups)


@dataclass(frozen=True, slots=True)
class PublishedMetric:
    """All that is published of one metric.

    Attributes:
        metric: what it is and why it is measured.
        weeks: its weeks, oldest first.
        days: its days, oldest first; empty for what nobody says by day.
        months: its months, oldest first; empty for all but the number of active installs.
        counts_active: whether its numbers are of those who were active.
    """

    metric: Metric
    weeks: tuple[PublishedPeriod, ...]
    days: tuple[PublishedPeriod, ...]
    months: tuple[PublishedPeriod, ...] = ()
    counts_active: bool = False


@dataclass(frozen=True, slots=True)
class PublishedApp:
    """All that is published of one app.

    Attributes:
        registry: what is measured and why.
        reports: how many reports arrived in all; an install sends several.
        metrics: every metric of the registry, in its order.
        by_others: whether clients that know nothing of Aboveboard tell of it, on their own terms.
    """

    registry: Registry
    reports: int
    metrics: tuple[PublishedMetric, ...]
    by_others: bool = False
