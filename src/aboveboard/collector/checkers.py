"""Enters: a registry. Leaves: for each of its metrics a small checker, made once and asked often.

What a checker says is what ``registry.bounds.counts`` says; a test compares the two. It asks less:
the kind was looked at when it was made, and closed lists are tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.collector.records import RecordFact
from aboveboard.model.metric import Kind, Status
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import EntryValue

    Add: TypeAlias = Callable[[EntryValue, "str | None", list[RecordFact]], "Reason | None"]

MOST_KNOWN = 100
"""Versions of a metric that are not looked at again; strangers name many more than there are."""


@dataclass(frozen=True, slots=True)
class Checker:
    """What a collector asks of an entry of one metric.

    Attributes:
        metric: the metric itself.
        by_day: whether an entry has a day.
        last: the last day on which it is measured, as it is written.
        add: adds the facts that a value stands for, or tells why it stands for none.
    """

    metric: Metric
    by_day: bool
    last: str
    add: Add


def checkers(registry: Registry) -> dict[str, Checker]:
    """Make a checker for each metric that may be reported.

    A proposed metric has none: it is not known yet.
    """
    return {
        name: Checker(metric, metric.by_day, _last(metric), _MAKE[metric.kind](metric))
        for name, metric in registry.metrics.items()
        if metric.status is not Status.PROPOSED
    }


def _last(metric: Metric) -> str:
    # Days as they are written have the order of days.
    if metric.status is not Status.APPROVED:
        return str(date.min)
    return str(metric.expires or date.max)


def _number(metric: Metric) -> Add:
    name, largest = metric.name, metric.largest

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not int:
            return Reason.WRONG_KIND
        if not 1 <= value <= largest:
            return Reason.OUT_OF_BOUNDS
        facts.append(RecordFact(name, day, "", value))
        return None

    return add


def _flag(metric: Metric) -> Add:
    name = metric.name

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not bool:
            return Reason.WRONG_KIND
        facts.append(RecordFact(name, day, "true" if value else "false", 1))
        return None

    return add


def _word(metric: Metric) -> Add:
    name, words = metric.name, frozenset(metric.choices)

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not str:
            return Reason.WRONG_KIND
        if value not in words:
            return Reason.OUT_OF_BOUNDS
        facts.append(RecordFact(name, day, value, 1))
        return None

    return add


def _version(metric: Metric) -> Add:
    name = metric.name
    known: set[str] = set()

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not str:
            return Reason.WRONG_KIND
        if value not in known:
            if not bounds.is_key(metric, value):
                return Reason.OUT_OF_BOUNDS
            if len(known) < MOST_KNOWN:
                known.add(value)
        facts.append(RecordFact(name, day, value, 1))
        return None

    return add


def _quantity(metric: Metric) -> Add:
    name, keys = metric.name, {bound: str(bound) for bound in metric.buckets}

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not int:
            return Reason.WRONG_KIND
        if (key := keys.get(value)) is None:
            return Reason.OUT_OF_BOUNDS
        facts.append(RecordFact(name, day, key, 1))
        return None

    return add


def _listed(metric: Metric) -> Add:
    name = metric.name
    most = {key: bounds.most_per_key(metric, key) for key in _keys(metric)}

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        if type(value) is not dict:
            return Reason.WRONG_KIND
        if not value:
            return Reason.OUT_OF_BOUNDS
        for key, count in value.items():
            if not 1 <= count <= most.get(key, 0):
                return Reason.OUT_OF_BOUNDS
        for key, count in value.items():
            facts.append(RecordFact(name, day, key, count))
        return None

    return add


def _labelled(metric: Metric) -> Add:
    return _any(metric) if metric.by_version else _listed(metric)


def _keys(metric: Metric) -> tuple[str, ...]:
    buckets = tuple(str(bound) for bound in metric.buckets)
    return {Kind.NAMES: metric.names, Kind.LABELLED: metric.labels}.get(metric.kind, buckets)


def _any(metric: Metric) -> Add:
    """Make a checker of what no list holds: combinations, fingerprints and versions."""
    name = metric.name

    def add(value: EntryValue, day: str | None, facts: list[RecordFact]) -> Reason | None:
        found = bounds.counts(metric, value)
        if isinstance(found, Reason):
            return found
        facts.extend(RecordFact(name, day, key, count) for key, count in found.items())
        return None

    return add


_MAKE: dict[Kind, Callable[[Metric], Add]] = {
    Kind.COUNTER: _number,
    Kind.SECONDS: _number,
    Kind.FLAG: _flag,
    Kind.CHOICE: _word,
    Kind.VERSION: _version,
    Kind.QUANTITY: _quantity,
    Kind.NAMES: _listed,
    Kind.TIMING: _listed,
    Kind.DISTRIBUTION: _listed,
    Kind.LABELLED: _labelled,
    Kind.EVENT: _any,
    Kind.ERROR: _any,
}
