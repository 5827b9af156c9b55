"""Enters: what is published of a project's metrics. Leaves: the rows that its pages show.

Each site counts once in a week, and once on a day: so the numbers here are sites, and nobody has to
know what a report is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.analysis.order import natural
from aboveboard.analysis.parts import by_size, part, rests, share, whole
from aboveboard.analysis.words import OTHER, SMALL, amount, day_label, first_day, value_label
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedApp, PublishedMetric, PublishedPeriod

ACTIVE, VERSION = "active", "version"
MOST_WEEKS, MOST_DAYS = 52, 60
"""How far back the pages look; the data beside them has everything."""


@dataclass(frozen=True, slots=True)
class Row:
    """A value in one week.

    Attributes:
        value: its name.
        sites: on how many sites it rests.
        share: which share they are.
        percent: the same as a number, for a bar.
    """

    value: str
    sites: str
    share: str
    percent: float


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a day.

    Attributes:
        name: its first day, for people.
        sites: how many sites said anything; empty where that is hidden.
        rows: the values.
    """

    name: str
    sites: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a project: what its sites say of one thing.

    Attributes:
        metric: what it is.
        weeks: newest first.
        days: newest first; empty where nobody knows them.
    """

    metric: Metric
    weeks: tuple[Period, ...]
    days: tuple[Period, ...] = ()

    @property
    def latest(self) -> Period | None:
        """The newest week that may be shown."""
        return next((week for week in self.weeks if week.sites), None)


@dataclass(frozen=True, slots=True)
class Usage:
    """How many sites use a project.

    Attributes:
        weeks: newest first.
        days: newest first; empty where nobody counts them.
        threshold: fewer sites than that are not shown.
    """

    weeks: tuple[Period, ...]
    days: tuple[Period, ...]
    threshold: int


def of_group(app: PublishedApp, group: str) -> PublishedApp:
    """Leave the metrics of one project.

    Example:
        >>> from aboveboard.model.registry import Registry
        >>> from aboveboard.model.total import PublishedApp
        >>> of_group(PublishedApp(Registry("cms", "", "", "", "", ""), 9, ()), "cms").metrics
        ()
    """
    mine = tuple(each for each in app.metrics if each.metric.name.startswith(f"{group}."))
    return replace(app, metrics=mine)


def keys(app: PublishedApp) -> list[PublishedMetric]:
    """Give what sites say of themselves, without the number of those that say anything."""
    return [each for each in app.metrics if not each.counts_active]


def counted(app: PublishedApp) -> PublishedMetric | None:
    """Give what tells how many sites there are.

    It is the metric that counts them; where there is none, the version, which every site sends.
    """
    named = {each.metric.name.rpartition(".")[2]: each for each in app.metrics}
    active = named.get(ACTIVE)
    return active if active is not None and active.counts_active else named.get(VERSION)


def key(published: PublishedMetric) -> Key:
    """Write down what sites say, week by week and day by day."""
    metric = published.metric
    weeks, days = (
        tuple(_period(each, _rows(metric, each)) for each in _latest(periods, most))
        for periods, most in ((published.weeks, MOST_WEEKS), (published.days, MOST_DAYS))
    )
    return Key(metric, weeks, days)


def usage(published: PublishedMetric) -> Usage:
    """Write down how many sites there were, week by week and day by day."""
    return Usage(
        tuple(_period(week) for week in _latest(published.weeks, MOST_WEEKS)),
        tuple(_period(day) for day in _latest(published.days, MOST_DAYS)),
        published.metric.threshold,
    )


def _latest(periods: Iterable[PublishedPeriod], most: int) -> list[PublishedPeriod]:
    return list(periods)[-most:][::-1]


def _period(period: PublishedPeriod, rows: Iterable[Row] = ()) -> Period:
    name = day_label(first_day(period.period), year=True)
    return Period(name, "" if period.n is None else f"{period.n:,}", tuple(rows))


def _rows(metric: Metric, week: PublishedPeriod) -> list[Row]:
    if week.n is None:
        return []
    if metric.kind.is_number:
        return [Row(amount(metric, week.count), f"{week.n:,}", "100 %", 100.0)]
    return [_row(metric, week, group) for group in _ordered(metric, week)]


def _ordered(metric: Metric, week: PublishedPeriod) -> list[Group]:
    """Give the newest version and the smallest number first, of all else the most frequent."""
    newest_first = metric.kind is Kind.VERSION or metric.by_version
    if not (newest_first or metric.kind.in_buckets):
        return by_size(metric, week)
    order = natural(metric)
    known = [group for group in week.groups if group.key != OTHER]
    rest = [group for group in week.groups if group.key == OTHER]
    return sorted(known, key=lambda group: order(group.key), reverse=newest_first) + rest


def _row(metric: Metric, week: PublishedPeriod, group: Group) -> Row:
    label = value_label(metric, group.key)
    if group.folded and label != SMALL:
        label = f"{label}, with {SMALL}"
    sites = rests(metric, week, group).partition(" of ")[0]
    percent = 100 * part(metric, group) / whole(metric, week)
    return Row(label, sites, share(metric, week, group), round(percent, 1))
