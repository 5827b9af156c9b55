"""Enters: a metric and its registry. Leaves: what its page says, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Status
from aboveboard.registry.difference_fields import rate_words
from aboveboard.registry.difference_words import form
from aboveboard.registry.reference.facts import Fact, Part
from aboveboard.registry.reference.words import (
    KINDS,
    SENSITIVITIES,
    STATUSES,
    at_most,
    hidden_below,
    how_sure,
    in_time,
    list_title,
    reduced,
    steps,
    versions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry


@dataclass(frozen=True, slots=True)
class MetricPage:
    """What the page of one metric says.

    Attributes:
        registry: the product's.
        metric: what it is about.
        status: where it stands, in words.
        parts: the answers: what, why, who is asked, who agreed.
    """

    registry: Registry
    metric: Metric
    status: str
    parts: tuple[Part, ...]


def metric_page(registry: Registry, metric: Metric) -> MetricPage:
    """Say everything that a registry says of a metric."""
    parts = (
        Part("what", "What is measured", tuple(_what(registry, metric))),
        Part("why", "Why", tuple(_why(metric))),
        Part("whom", "Who is asked, and what is hidden", tuple(_whom(registry, metric))),
        Part("agreed", "Who agreed, and for how long", tuple(_agreed(registry, metric))),
    )
    return MetricPage(registry, metric, STATUSES[metric.status], parts)


def _what(registry: Registry, metric: Metric) -> Iterator[Fact]:
    yield Fact("Kind", KINDS[metric.kind])
    if metric.unit:
        yield Fact("Unit", metric.unit)
    yield from _values(metric)
    if reduced(metric):
        yield Fact("Taken from", reduced(metric), code=metric.source)
    yield Fact("In time", in_time(metric))
    if metric.rate is not None:
        whole = (metric.rate.of,) if metric.rate.of in registry.metrics else ()
        yield Fact("Published with it", rate_words(metric.rate), metrics=whole)
    if metric.plugin is not None:
        yield Fact("Brought by", metric.plugin.title, link=metric.plugin.homepage)
    if metric.aliases:
        yield Fact("Former names", words=metric.aliases)


def _values(metric: Metric) -> Iterator[Fact]:
    if metric.kind.in_buckets:
        yield Fact("Steps", words=steps(metric))
    elif not metric.lists:
        said = form(metric)
        yield Fact("Said as", f"{said[:1].upper()}{said[1:]}.")
    if metric.kind in {Kind.LABELLED, Kind.EVENT}:
        yield Fact("At most", at_most(metric))
    for place, words in metric.lists.items():
        yield Fact(list_title(place), words=words)


def _why(metric: Metric) -> Iterator[Fact]:
    yield Fact("Question", metric.question)
    yield Fact("Decides", metric.decision)
    yield Fact("Discussion", metric.review, link=metric.review)
    yield Fact("Owner", metric.owner)
    for code, reason in metric.allow.items():
        yield Fact("Check switched off", reason, code=code)


def _whom(registry: Registry, metric: Metric) -> Iterator[Fact]:
    covers = registry.levels.get(metric.level, "")
    yield Fact("Level", f"{metric.level.capitalize()}: {covers}")
    if metric.message_level:
        level, covers = metric.message_level, registry.levels.get(metric.message_level, "")
        yield Fact("Messages", f"Scrubbed, of who agreed to the level {level}: {covers}")
    if metric.sensitivity is not None:
        words = SENSITIVITIES[metric.sensitivity]
        yield Fact("Sensitivity", f"{metric.sensitivity.value.capitalize()}. {words}")
    travels = [name for name in metric.correlates_with if name in registry.metrics]
    alone = "" if travels else "No other metric."
    yield Fact("May travel with", alone, metrics=tuple(travels))
    yield Fact("Hidden", hidden_below(metric.threshold))
    if how_sure(metric):
        yield Fact("How sure", how_sure(metric))


def _agreed(registry: Registry, metric: Metric) -> Iterator[Fact]:
    yield Fact("Status", f"{STATUSES[metric.status]}.")
    agreed = metric.approved
    if agreed is not None:
        yield Fact("Approved", f"by {agreed.by}", agreed.day)
        yield Fact("Where", agreed.where, link=agreed.where)
    elif registry.committee is not None:
        needed, all_of = registry.committee.needed, len(registry.committee.approvers)
        yield Fact("Approved", f"Not yet: {needed} of {all_of} approvers must sign.")
    else:
        yield Fact("Approved", "Not yet.")
    yield Fact("Measured by", versions(metric))
    if metric.expires is not None:
        yield Fact("Last day", day=metric.expires)
    else:
        yield Fact("Last day", f"None: {metric.never_expires_because}")
    if metric.status is Status.RETIRED:
        yield Fact("Kept", "It stays in the file so that old totals keep their meaning.")
