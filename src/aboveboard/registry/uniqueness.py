"""Enters: a registry. Leaves: how many bits reports may tell an install apart by, and why.

A bit halves the crowd: of *N* installs, *N* / 2^bits are expected to say the same. The estimate is
an upper bound on purpose; ``docs/registry-guard.md`` gives its formulas and what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from aboveboard.model.many import many
from aboveboard.model.metric import Kind, Status
from aboveboard.registry.bounds import MOST_PER_BUCKET, MOST_UNKNOWN_NAMES
from aboveboard.registry.error_shapes import LONGEST_MESSAGE
from aboveboard.registry.rules.together import VALUES
from aboveboard.registry.travel import groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry

DAYS = 7
"""A report covers a week, and says what is kept by day for each of its days."""
TIMES_OF_A_DAY = 10
"""How often a thing is taken to happen on a day, where the example cannot tell."""
LETTERS_OF_A_MESSAGE = 27
"""Small ones, and the space between words."""
LARGEST_EXPONENT = 1000
"""Beyond that a float overflows, and nobody shares anything long before."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one metric of a report tells an install apart by.

    Attributes:
        metric: which.
        bits: how much, at most.
        basis: how that was reckoned, in words.
    """

    metric: Metric
    bits: float
    basis: str


def estimate(metric: Metric) -> Estimate:
    """Estimate one metric, whether it is measured or not.

    Example:
        >>> from types import SimpleNamespace
        >>> system = SimpleNamespace(kind=Kind.CHOICE, choices=("linux", "mac", "bsd", "other"))
        >>> found = estimate(system)
        >>> found.bits, found.basis
        (2.0, '4 values, each as likely')
    """
    bits, basis = _OF_KIND[metric.kind](metric)
    return Estimate(metric, bits, basis)


def estimates(metrics: Iterable[Metric]) -> list[Estimate]:
    """Estimate each of some metrics, those with most bits first."""
    return sorted(map(estimate, metrics), key=lambda each: (-each.bits, each.metric.name))


def total(found: Iterable[Estimate]) -> float:
    """Add up the bits of what travels together, as if no metric told anything about another."""
    return sum(each.bits for each in found)


def measured(registry: Registry) -> list[Metric]:
    """Give the metrics that may be in reports.

    Where signatures decide, every metric that is not retired counts: the file does not tell which
    are signed, and what is signed later brings no second look at the file.
    """
    wanted = {Status.APPROVED}
    if registry.committee is not None:
        wanted.add(Status.PROPOSED)
    return [metric for metric in registry.metrics.values() if metric.status in wanted]


def by_report(registry: Registry, metrics: Iterable[Metric]) -> list[list[Estimate]]:
    """Estimate some of a registry's metrics, report by report, the most telling report first.

    What is in a report together is what ``registry/travel.py`` lets travel together.
    """
    those = {metric.name: metric for metric in metrics}
    shared = ([those[name] for name in group if name in those] for group in groups(registry))
    return sorted((estimates(group) for group in shared if group), key=total, reverse=True)


def sharing(installs: int, bits: float) -> float:
    """Give how many of some installs are expected to send the same report.

    Example:
        >>> sharing(4096, 10)
        4.0
    """
    return float(installs * 2 ** -min(bits, LARGEST_EXPONENT))


def spread(keys: int, mean: float) -> float:
    """Give the bits of counts for some keys that have a mean sum, at most.

    Of all ways in which whole numbers can be spread around a mean, the geometric one tells most
    apart: h(m) = (1 + m) log2(1 + m) - m log2 m for one number, and the same for each key.

    Example:
        >>> spread(1, 1), spread(4, 4), spread(1, 0)
        (2.0, 8.0, 0.0)
    """
    each = mean / keys
    return keys * ((1 + each) * log2(1 + each) - (each * log2(each) if each else 0.0))


def _state(metric: Metric) -> tuple[float, str]:
    values = VALUES[metric.kind](metric)
    return log2(values), f"{values} values, each as likely"


def _names(metric: Metric) -> tuple[float, str]:
    known = len(metric.names) - 1
    others = _bounded(1, TIMES_OF_A_DAY, MOST_UNKNOWN_NAMES)
    basis = f"{many(known, 'name')}, there or not, and about {TIMES_OF_A_DAY} others, counted"
    return known + others, basis


def _number(metric: Metric) -> tuple[float, str]:
    times, days = (DAYS, f"{DAYS} days of ") if metric.by_day else (1, "")
    example = metric.example
    if not isinstance(example, int) or isinstance(example, bool) or example < 0:
        bits = times * log2(1 + metric.largest)
        return bits, f"{days}any number up to {metric.largest:,}, for want of an example"
    bits = times * _bounded(1, example, metric.largest)
    return bits, f"{days}a number around its example, {example:,}"


def _counts(metric: Metric) -> tuple[float, str]:
    keys = VALUES[metric.kind](metric)
    times, days = (DAYS, f"{DAYS} days of ") if metric.by_day else (1, "")
    mean = TIMES_OF_A_DAY if metric.by_day else TIMES_OF_A_DAY * DAYS
    most = MOST_PER_BUCKET if metric.kind.in_buckets else metric.largest
    return times * _bounded(keys, mean, most), f"{days}about {mean} counts over {keys} keys"


def _errors(metric: Metric) -> tuple[float, str]:
    bits, basis = _counts(metric)
    if not metric.message_level:
        return bits, basis
    message = LONGEST_MESSAGE * log2(LETTERS_OF_A_MESSAGE)
    told = VALUES[metric.kind](metric) * message
    return bits + told, f"{basis}, with any message of {LONGEST_MESSAGE} letters each"


def _bounded(keys: int, mean: float, most: int) -> float:
    """Take the spread around a mean, or all numbers up to the bound as likely if that is less."""
    return min(spread(keys, mean), keys * log2(1 + most))


_OF_KIND: Mapping[Kind, Callable[[Metric], tuple[float, str]]] = {
    Kind.FLAG: _state,
    Kind.CHOICE: _state,
    Kind.VERSION: _state,
    Kind.QUANTITY: _state,
    Kind.NAMES: _names,
    Kind.COUNTER: _number,
    Kind.SECONDS: _number,
    Kind.TIMING: _counts,
    Kind.DISTRIBUTION: _counts,
    Kind.LABELLED: _counts,
    Kind.EVENT: _counts,
    Kind.ERROR: _errors,
}
