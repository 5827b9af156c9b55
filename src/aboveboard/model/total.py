"""Enters: tables of counts. Leaves: the numbers of one metric and period, ready to be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric, Rate
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
class RateShare:
    """Which share of a whole something is.

    Attributes:
        key: the value of both metrics that it is of; ``""`` for all of them together.
        share: from 0 to 1.
        bound: ``"≥ "`` or ``"≤ "`` where only a bound may be told; ``""`` where it is the share.
        likely: between which shares it lies if those who report are like all others.
        whole: the count of the whole.
        n: how many reports that rests on.
    """

    key: str
    share: float
    bound: str
    likely: tuple[float, float]
    whole: int
    n: int


@dataclass(frozen=True, slots=True)
class RateWeek:
    """The shares of one week.

    Attributes:
        period: ``"2026-W47"``.
        n: how many reports told the whole; None when they are fewer than the threshold.
        shares: that of everything first, if it may be told, then those by value.
    """

    period: str
    n: int | None
    shares: tuple[RateShare, ...]

    @property
    def every(self) -> RateShare | None:
        """The share of everything; None where it may not be told."""
        return next((share for share in self.shares if not share.key), None)


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """A share of two metrics, week by week.

    Attributes:
        rate: what it is.
        metric: the metric that is a part.
        whole: the metric that it is a part of.
        weeks: those of the whole, oldest first.
    """

    rate: Rate
    metric: Metric
    whole: Metric
    weeks: tuple[RateWeek, ...]


@dataclass(frozen=True, slots=True)
class PublishedMetric:
    """All that is published of one metric.

    Attributes:
        metric: what it is and why it is measured.
        weeks: its weeks, oldest first.
        days: its days, oldest first; empty for what nobody says by day.
        months: its months, oldest first; empty for all but the number of active installs.
        counts_active: whether its numbers are of those who were active.
        rate: the share that is published with it, or None.
    """

    metric: Metric
    weeks: tuple[PublishedPeriod, ...]
    days: tuple[PublishedPeriod, ...]
    months: tuple[PublishedPeriod, ...] = ()
    counts_active: bool = False
    rate: PublishedRate | None = None


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
