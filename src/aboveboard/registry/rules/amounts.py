"""Enters: a metric and the expected number of installs. Leaves: which of its numbers do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from aboveboard.model.metric import Kind, Metric, Sensitivity
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import AMOUNTS, find

MANY_CHOICES = 20
WHOLE_VERSION = 3
EXPECTED_VERSIONS = 50
"""How many different versions of three parts are in use at the same time."""
MOST_BUCKETS = 20
FEWEST_BUCKETS = 3
FAR_BEYOND = 10
MOST_ACTS_OF_A_DAY = 1_000_000
MOST_OF_A_DAY = 1_000_000_000
NEEDED_FOR_ONE = 0.9604
"""1.96² · 0.25: divided by the square of the accuracy, the number of answers it takes."""


@of_metric(
    "installs_missing",
    title="The expected number of installs is missing where a rule needs it",
    reason="Whether a group is small enough to be someone depends on how many there are.",
    remedy="Add `installs` to [product]: how many installs you expect to answer.",
)
def _installs_missing(metric: Metric, context: Context) -> Iterator[Finding]:
    many = next((place for place, words in _groups(metric) if len(words) > MANY_CHOICES), "")
    if context.registry.installs is None and (many or metric.correlates_with):
        place = many or "correlates_with"
        yield Finding(place, "without product.installs nobody can tell whether groups get small.")


@of_metric(
    "too_many_choices",
    title="There are too many choices for the expected number of installs",
    reason="Most of them would be hidden, because too few chose them, and some would be someone.",
    remedy="Put rare choices together; what is left out counts as other.",
)
def _too_many_choices(metric: Metric, context: Context) -> Iterator[Finding]:
    installs = context.registry.installs
    for place, words in _groups(metric):
        if installs is not None and installs < len(words) * metric.threshold:
            least = f"less than {metric.threshold} in each"
            yield Finding(place, f"{installs} installs in {len(words)} groups are {least}.")


def _groups(metric: Metric) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the lists that split installs into groups; one install may have many names."""
    return ((place, words) for place, words in metric.lists.items() if place != "names")


@of_metric(
    "version_too_precise",
    title="The version is kept more precisely than the number of installs allows",
    reason="Somebody with a rare build would be recognizable.",
    remedy="Keep two parts: `precision = 2`.",
)
def _version_too_precise(metric: Metric, context: Context) -> Iterator[Finding]:
    installs = context.registry.installs
    versions = metric.kind is Kind.VERSION or metric.by_version
    if not versions or metric.precision < WHOLE_VERSION or installs is None:
        return
    if installs < EXPECTED_VERSIONS * metric.threshold:
        yield Finding("precision", f"three parts are too many for {installs} installs.")


@of_metric(
    "threshold_above_installs",
    title="No group will ever be large enough to be published",
    reason="It would be measured for nothing.",
    remedy="Lower `threshold` as far as its sensitivity allows, or do without the metric.",
)
def _threshold_above_installs(metric: Metric, context: Context) -> Iterator[Finding]:
    installs = context.registry.installs
    if installs is not None and metric.threshold > installs:
        text = f"{metric.threshold} is more than the {installs} installs that are expected."
        yield Finding("threshold", text)


@of_metric(
    "accuracy_out_of_reach",
    title="The answer cannot get as sure as it must be",
    reason="A number that is not sure enough for its decision is measured for nothing.",
    remedy="Ask for less accuracy, or do without the metric.",
)
def _accuracy_out_of_reach(metric: Metric, context: Context) -> Iterator[Finding]:
    installs = context.registry.installs
    if metric.accuracy is None or installs is None or metric.kind.adds_up:
        return
    needed = NEEDED_FOR_ONE / metric.accuracy**2
    needed = ceil(needed / (1 + needed / installs))  # a small population needs fewer answers
    if needed > installs * 0.9:
        yield Finding("accuracy", f"it takes {needed} answers of {installs} installs.")


@of_metric(
    "buckets_too_fine",
    title="There are more than 20 buckets",
    reason="Fine buckets make a machine recognizable by its speed and say no more to a reader.",
    remedy="Use fewer, wider buckets: three times the one before is a good step.",
)
def _buckets_too_fine(metric: Metric, _: Context) -> Iterator[Finding]:
    if len(metric.buckets) > MOST_BUCKETS:
        yield Finding("buckets", f"there are {len(metric.buckets)}.")


@of_metric(
    "buckets_cover_little",
    title="The buckets do not cover what is measured",
    reason="Nearly everything would fall into one bucket, and the answer would say nothing.",
    remedy="Use at least three, and let the last begin near the longest usual time.",
)
def _buckets_cover_little(metric: Metric, _: Context) -> Iterator[Finding]:
    if not metric.kind.in_buckets:
        return
    last, example = metric.buckets[-1], metric.example
    if len(metric.buckets) < FEWEST_BUCKETS:
        yield Finding("buckets", "there are fewer than three.")
    elif isinstance(example, int) and example > last * FAR_BEYOND:
        yield Finding("buckets", f"the example lies far beyond the last one, {last}.")


@of_metric(
    "largest_implausible",
    title="A day's largest value is beyond what can happen on a day",
    reason="The bound is what keeps invented numbers from drowning the real ones.",
    remedy="Set `largest` to what a busy install reaches on its busiest day.",
)
def _largest_implausible(metric: Metric, _: Context) -> Iterator[Finding]:
    acts = metric.sensitivity is Sensitivity.INTERACTION
    most = MOST_ACTS_OF_A_DAY if acts else MOST_OF_A_DAY
    amount = find(AMOUNTS, f"{metric.name} {metric.title}")
    counted = Kind.COUNTER, Kind.LABELLED, Kind.EVENT, Kind.ERROR
    if metric.kind in counted and metric.largest > most and not amount:
        yield Finding("largest", f"{metric.largest} on one day is not plausible.")


@of_metric(
    "unit_missing",
    title="It counts an amount, and nobody says in which unit",
    reason="Half of the readers would take kilobytes for megabytes.",
    remedy="Add `unit` in plain words, such as megabytes.",
)
def _unit_missing(metric: Metric, _: Context) -> Iterator[Finding]:
    amount = find(AMOUNTS, f"{metric.name} {metric.title}")
    needs = Kind.COUNTER, Kind.LABELLED, Kind.QUANTITY, Kind.DISTRIBUTION
    if metric.kind in needs and amount is not None and not metric.unit:
        yield Finding("unit", f"a {amount} needs a unit.")


@of_metric(
    "rate_of_another_form",
    title="It is no part of the metric that its share is of",
    reason="A share of what is counted in another way looks like a number and is none.",
    remedy="Name in `rate.of` a metric of the same kind and period, with the same labels.",
)
def _rate_of_another_form(metric: Metric, context: Context) -> Iterator[Finding]:
    if metric.rate is None:
        return
    whole = context.registry.metrics.get(metric.rate.of)
    if whole is None or whole is metric:
        yield Finding("rate.of", f"there is no other metric {metric.rate.of}.")
    elif _counted(whole) != _counted(metric):
        yield Finding("rate.of", f"{whole.name} is counted in another way.")


def _counted(metric: Metric) -> tuple[object, ...]:
    precision = metric.precision if metric.by_version else 0
    return metric.kind, frozenset(metric.labels), precision, metric.period


AMOUNT_CHECKS = (
    _installs_missing,
    _too_many_choices,
    _version_too_precise,
    _threshold_above_installs,
    _accuracy_out_of_reach,
    _buckets_too_fine,
    _buckets_cover_little,
    _largest_implausible,
    _unit_missing,
    _rate_of_another_form,
)
