"""Enters: a metric and those that it may travel with. Leaves: whether they point at somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from types import MappingProxyType

from aboveboard.model.metric import Kind, Metric, Sensitivity, Status
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.travel import groups

VERSIONS_IN_USE = {1: 10, 2: 20, 3: 50}
"""Precision to how many different versions one has to expect."""
ERRORS_IN_USE = 50
"""How many places in the code one has to expect to break."""
MOST_NAMES = 30
"""Names beyond that tell apart more installs than there are."""
VALUES: Mapping[Kind, Callable[[Metric], int]] = MappingProxyType(
    {
        Kind.FLAG: lambda _: 2,
        Kind.CHOICE: lambda metric: len(metric.choices),
        Kind.VERSION: lambda metric: VERSIONS_IN_USE[metric.precision],
        Kind.TIMING: lambda metric: len(metric.buckets),
        Kind.DISTRIBUTION: lambda metric: len(metric.buckets),
        Kind.QUANTITY: lambda metric: len(metric.buckets),
        Kind.COUNTER: lambda metric: len(str(metric.largest)),  # its order of magnitude
        Kind.SECONDS: lambda metric: len(str(metric.largest)),
        # The one that is used most.
        Kind.LABELLED: lambda metric: len(metric.labels) or VERSIONS_IN_USE[metric.precision],
        Kind.EVENT: lambda metric: prod(len(words) for words in metric.extras.values()),
        Kind.NAMES: lambda metric: 2 ** min(len(metric.names), MOST_NAMES),  # there or not, each
        Kind.ERROR: lambda _: ERRORS_IN_USE,
    }
)
"""Kind to how many different values one can tell apart."""


@of_metric(
    "correlates_with_unknown",
    title="It may travel with a metric that does not exist",
    reason="A slip of the pen would later let through what nobody approved.",
    remedy="Correct the name or remove it.",
)
def _correlates_with_unknown(metric: Metric, context: Context) -> Iterator[Finding]:
    for name in metric.correlates_with:
        if name not in context.registry.metrics:
            yield Finding("correlates_with", f"there is no metric {name}.")


@of_metric(
    "correlates_with_itself",
    title="It may travel with itself",
    reason="It says nothing, and probably another metric was meant.",
    remedy="Remove it, or name the metric that was meant.",
)
def _correlates_with_itself(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.name in metric.correlates_with:
        yield Finding("correlates_with", "it names itself.")


@of_metric(
    "correlation_one_sided",
    title="The metric that it may travel with does not say the same",
    reason="Both were approved by people who must have known what they travel with.",
    remedy="Name each in the other's `correlates_with`, or remove it from both.",
)
def _correlation_one_sided(metric: Metric, context: Context) -> Iterator[Finding]:
    for name in metric.correlates_with:
        other = context.registry.metrics.get(name)
        if other is not None and metric.name not in other.correlates_with:
            yield Finding("correlates_with", f"{name} does not name it in turn.")


@of_metric(
    "correlation_singles_out",
    title="What travels together can point at one install",
    reason="Each value alone is common; all of them together are rare enough to be someone.",
    remedy="Let fewer metrics travel together, or give them fewer possible values.",
)
def _correlation_singles_out(metric: Metric, context: Context) -> Iterator[Finding]:
    installs = context.registry.installs
    if installs is None or not metric.correlates_with:
        return
    group = _group(metric, context)
    if len(group) == 1 or group[0] is not metric:
        return
    cells = prod(VALUES[member.kind](member) for member in group)
    threshold = max(member.threshold for member in group)
    if cells * threshold > installs:
        text = f"{cells} combinations for {installs} installs; at least {threshold} must share one."
        yield Finding("correlates_with", text)


def _group(metric: Metric, context: Context) -> list[Metric]:
    """Give what is in a report with a metric, in the file's order; what is retired never is."""
    names = next(group for group in groups(context.registry) if metric.name in group)
    metrics = context.registry.metrics.values()
    return [m for m in metrics if m.name in names and m.status is not Status.RETIRED]


@of_metric(
    "sensitive_travels_along",
    title="It is about the person, and travels with others",
    reason="What is about a person is safest when nothing else arrives with it.",
    remedy="Remove its `correlates_with`, here and in the others.",
)
def _sensitive_travels_along(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.sensitivity is Sensitivity.SENSITIVE and metric.correlates_with:
        yield Finding("correlates_with", "it is sensitive, so it should travel alone.")


TOGETHER = (
    _correlates_with_unknown,
    _correlates_with_itself,
    _correlation_one_sided,
    _correlation_singles_out,
    _sensitive_travels_along,
)
