"""Enters: a published group. Leaves: which part of the whole it is, and on what it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis.fold import most_said
from aboveboard.analysis.words import OTHER, percent
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedPeriod

AT_LEAST = "≥ "


def part(metric: Metric, group: Group) -> int:
    """Give a group's part: what adds up is counted, of a state its reports are."""
    return group.count if metric.kind.adds_up else group.n


def whole(metric: Metric, week: PublishedPeriod) -> int:
    """Give what the parts of a week are parts of; at least 1."""
    return (week.count if metric.kind.adds_up else week.n) or 1


def at_least(metric: Metric, week: PublishedPeriod, group: Group) -> bool:
    """Whether a group's number of reports is a lower bound."""
    everyone = week.n or 0
    if metric.kind is Kind.NAMES and metric.threshold > 1:
        return group.n == most_said(metric, everyone) or (group.folded and group.n < everyone)
    return group.folded and group.n < everyone and not metric.kind.one_key


def share(metric: Metric, week: PublishedPeriod, group: Group) -> str:
    """Write which share a group is.

    Example:
        >>> from types import SimpleNamespace
        >>> from aboveboard.model.total import Group, PublishedPeriod
        >>> apps, week = SimpleNamespace(kind=Kind.NAMES, threshold=10), "2026-W47"
        >>> groups = (Group("Maps", 91, 91), Group("Clocks", 50, 50))
        >>> [share(apps, PublishedPeriod(week, 100, groups), group) for group in groups]
        ['≥ 91 %', '50 %']
    """
    text = percent(part(metric, group), whole(metric, week))
    bound = at_least(metric, week, group) and not metric.kind.adds_up
    return AT_LEAST * bound + text


def rests(metric: Metric, week: PublishedPeriod, group: Group) -> str:
    """Write on how many reports a group rests; of a state, of how many."""
    said = AT_LEAST * at_least(metric, week, group) + f"{group.n:,}"
    return said if metric.kind.adds_up else f"{said} of {week.n:,}"


def by_size(metric: Metric, week: PublishedPeriod) -> list[Group]:
    """Give a week's groups, the largest first, ``other`` last."""
    return sorted(week.groups, key=lambda group: (group.key == OTHER, -part(metric, group)))
