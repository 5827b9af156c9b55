"""Enters: a small function that finds one fault. Leaves: a check with code, reason and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from aboveboard.model.metric import Metric, Status
from aboveboard.model.registry import Registry


class Finding(NamedTuple):
    """One fault.

    Attributes:
        place: the key at fault: of the metric, or from the top of the file for a product's.
        text: what is wrong, in a sentence that follows the place.
    """

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides a metric.

    Attributes:
        registry: the whole file.
        today: the day of the check.
    """

    registry: Registry
    today: date


MetricRule: TypeAlias = Callable[[Metric, Context], Iterator[Finding]]
ProductRule: TypeAlias = Callable[[Registry, Context], Iterator[Finding]]
Found: TypeAlias = tuple[Metric | None, Finding]
"""A fault with the metric that has it, or None where it is the product's."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the table of checks.

    Attributes:
        code: stable; ``allow`` switches the check off by it.
        title: what is wrong, in a few words.
        reason: why that matters.
        remedy: what to do about it, in a sentence.
        run: finds the fault in a registry; None for the checks of the switches themselves.
    """

    code: str
    title: str
    reason: str
    remedy: str
    run: Callable[[Context], Iterator[Found]] | None = None


def of_metric(
    code: str, *, title: str, reason: str, remedy: str, retired: bool = False
) -> Callable[[MetricRule], Check]:
    """Make a check of a rule that looks at one metric; retired ones are left in peace.

    Args:
        code: see Check.
        title: see Check.
        reason: see Check.
        remedy: see Check.
        retired: whether it looks at retired metrics too.
    """

    def make(rule: MetricRule) -> Check:
        def run(context: Context) -> Iterator[Found]:
            for metric in context.registry.metrics.values():
                if retired or metric.status is not Status.RETIRED:
                    for finding in rule(metric, context):
                        place = f"metric.{metric.name}.{finding.place}".rstrip(".")
                        yield metric, Finding(place, finding.text)

        return Check(code, title, reason, remedy, run)

    return make


def of_product(
    code: str, *, title: str, reason: str, remedy: str
) -> Callable[[ProductRule], Check]:
    """Make a check of a rule that looks at the product, or at all of its metrics together."""

    def make(rule: ProductRule) -> Check:
        def run(context: Context) -> Iterator[Found]:
            return ((None, finding) for finding in rule(context.registry, context))

        return Check(code, title, reason, remedy, run)

    return make
