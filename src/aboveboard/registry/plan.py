"""Enters: how sure an answer must be, how many installs there are. Leaves: how many to ask.

The formulas, with their sources, are in ``docs/planning.md``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING

from aboveboard.model.metric import Status

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry

SURE = 1.96
"""How many standard errors hold 95 % of what chance alone would give."""
HALF = 0.5
"""The share that is hardest to tell."""
VARIATION = 2.0
"""How much installs differ in a count, as standard deviation by mean, where nobody knows better."""


class Reach(enum.StrEnum):
    """Whether an answer can be as sure as it must be."""

    UNSAID = "unsaid"
    """Nobody said how sure it must be."""
    UNKNOWN_INSTALLS = "unknown_installs"
    """Nobody said how many installs are expected."""
    ONE_WEEK = "one_week"
    """A week is enough."""
    MORE_WEEKS = "more_weeks"
    """It takes several weeks of all who answer."""
    OUT_OF_REACH = "out_of_reach"
    """Too few answer, and the same installs would say the same in other weeks."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is there to be asked.

    Attributes:
        installs: how many installs are expected, or None if nobody knows.
        answering: the share of them that says yes.
        variation: how much installs differ in a count: standard deviation by mean.
    """

    installs: int | None
    answering: float = 1.0
    variation: float = VARIATION

    @property
    def reports(self) -> int | None:
        """How many reports of a metric a week can bring: each who answers says it in one."""
        return None if self.installs is None else round(self.installs * self.answering)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to get one metric's answer.

    Attributes:
        metric: whose answer.
        expected: who is there to be asked.
        reach: whether it can be as sure as it must be.
        unlimited: how many reports it would take if there were any number of installs.
        needed: how many it takes with the installs there are.
        rate: the share of those who answer that is enough.
        weeks: for how many weeks.
        best: the accuracy that can be had in one week if all of them are asked; None if none is.
    """

    metric: Metric
    expected: Expected
    reach: Reach
    unlimited: int | None = None
    needed: int | None = None
    rate: float | None = None
    weeks: int | None = None
    best: float | None = None


def plan_registry(registry: Registry, expected: Expected) -> list[Plan]:
    """Plan every metric of a registry that was not given up."""
    metrics = registry.metrics.values()
    return [plan_metric(it, expected) for it in metrics if it.status is not Status.RETIRED]


def plan_metric(metric: Metric, expected: Expected) -> Plan:
    """Plan one metric."""
    if metric.accuracy is None:
        return Plan(metric, expected, Reach.UNSAID, best=_best(metric, expected))
    unlimited = sample_size(metric, expected.variation)
    installs, reports = expected.installs, expected.reports
    if installs is None or reports is None:
        return Plan(metric, expected, Reach.UNKNOWN_INSTALLS, unlimited, unlimited)
    needed, best = of_so_many(unlimited, installs), _best(metric, expected)
    if needed <= reports:
        rate = needed / reports
        return Plan(metric, expected, Reach.ONE_WEEK, unlimited, needed, rate, 1, best)
    if metric.kind.is_number and reports:
        weeks = _weeks(unlimited, installs, reports)
        needed = of_so_many(unlimited, installs * weeks)
        return Plan(metric, expected, Reach.MORE_WEEKS, unlimited, needed, 1.0, weeks, best)
    return Plan(metric, expected, Reach.OUT_OF_REACH, unlimited, needed, best=best)


def sample_size(metric: Metric, variation: float = VARIATION) -> int:
    """Give how many reports an answer takes if there are any number of installs (Cochran 1977).

    Of a counter it is the mean that is asked for, and its accuracy is a part of the mean; of
    everything else it is a share, in its worst case of one half.

    Raises:
        ValueError: nobody said how sure it must be.
    """
    if metric.accuracy is None:
        message = f"nobody said how sure {metric.name} must be"
        raise ValueError(message)
    spread = variation if metric.kind.is_number else HALF
    # What binary fractions leave over is no report.
    return max(1, ceil(round((SURE * spread / metric.accuracy) ** 2, 6)))


def of_so_many(unlimited: int, installs: int) -> int:
    """Give how many it takes of so many installs (Cochran's finite population correction).

    Example:
        >>> of_so_many(2401, 1_000_000), of_so_many(2401, 500)
        (2396, 414)
    """
    return -(-unlimited * installs // (installs + unlimited - 1))


def half_width(n: float, share: float = HALF) -> float:
    """Give half the width of Wilson's 95 % interval of a share of ``n`` reports.

    Example:
        >>> round(half_width(2401), 3), round(half_width(100, 0.02), 3)
        (0.02, 0.032)
    """
    z = SURE**2 / n
    return SURE * sqrt(share * (1 - share) / n + z / (4 * n)) / (1 + z)


def answered(metric: Metric, n: int, expected: Expected | None = None, share: float = HALF) -> bool:
    """Whether a question is answered as surely as it must be.

    Args:
        metric: whose question.
        n: how many installs have answered so far.
        expected: who is there to be asked; without it, any number of installs.
        share: the share that came out; one half is the hardest to tell.

    Returns:
        False as well if nobody said how sure it must be: then it never stops by itself.
    """
    if metric.accuracy is None or n < 1:
        return False
    expected = expected or Expected(None)
    weight = _weight(n, expected.installs)
    if weight is None:
        return True
    if metric.kind.is_number:
        return weight >= sample_size(metric, expected.variation)
    return half_width(weight, share) <= metric.accuracy


def _weight(n: int, installs: int | None) -> float | None:
    """Give how many reports out of any number would tell as much; None if all have answered."""
    if installs is None:
        return n
    return None if n >= installs else n * (installs - 1) / (installs - n)


def accuracy_of(metric: Metric, n: int, expected: Expected) -> float:
    """Give how sure an answer of ``n`` reports is, in the worst case; without any, it is not."""
    if n < 1:
        return inf
    weight = _weight(n, expected.installs)
    if weight is None:
        return 0.0
    if metric.kind.is_number:
        return SURE * expected.variation / sqrt(weight)
    return half_width(weight)


def _best(metric: Metric, expected: Expected) -> float | None:
    if not expected.reports:
        return None
    return accuracy_of(metric, expected.reports, expected)


def _weeks(unlimited: int, installs: int, reports: int) -> int:
    """Solve ``of_so_many(unlimited, installs · weeks) ≤ reports · weeks`` for the weeks."""
    return -(-(unlimited * installs - reports * (unlimited - 1)) // (reports * installs))
