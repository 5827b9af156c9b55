"""Enters: a telemetry or a collector. Leaves: what it holds, as counts per metric and key."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from aboveboard.errors import MisuseError
from aboveboard.model.metric import ACTIVE, Kind
from aboveboard.registry.bounds import is_key
from aboveboard.testing.collector import FakeCollector
from aboveboard.testing.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import EntryValue
    from aboveboard.testing.checking import Fact

    Source: TypeAlias = Telemetry | Opened | FakeCollector
    """Whatever can be asked what it counted."""
    Key: TypeAlias = str | bool | int | Mapping[str, str]

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in all.

    Attributes:
        registry: the registry that it was counted by.
        facts: metric, key, day and count; a day only where it was counted by day.
        remarks: what else may tell why a count is not what somebody expects, in sentences.
    """

    registry: Registry
    facts: tuple[Fact, ...]
    remarks: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The metrics that the program counted anything of; what the device does by itself is none.

        ``telemetry.active`` is counted for every program that is used at all: a test that asks for
        it finds it, and one that expects nothing else is not surprised by it.
        """
        return sorted({name for name, _, _, _ in self.facts} - {ACTIVE})

    def metric(self, name: str) -> Metric:
        """Find a metric.

        Raises:
            MisuseError: the registry has none of that name.
        """
        found = self.registry.metrics.get(name)
        if found is None:
            known = list(self.registry.metrics)
            message = f"{self.registry.app!r} has no metric {name!r}{near(name, known)}"
            raise MisuseError(message)
        return found

    def keys(self, name: str, day: date | None = None) -> dict[str, int]:
        """Give how often each key of a metric was counted, in all or on one day."""
        found: dict[str, int] = defaultdict(int)
        for metric, key, when, count in self.facts:
            if metric == name and day in {None, when}:
                found[key] += count
        order = int if self.registry.metrics[name].kind.in_buckets else str
        return {key: found[key] for key in sorted(found, key=order)}

    def value(self, name: str) -> EntryValue:
        """Give what was said of a metric: a number, a state, or counts per key."""
        keys, kind = self.keys(name), self.registry.metrics[name].kind
        if kind.is_number:
            return keys[""]
        if not kind.one_key or list(keys.values()) != [1]:
            return keys
        (key,) = keys
        match kind:
            case Kind.FLAG:
                return key == "true"
            case Kind.QUANTITY:
                return int(key)
            case _:
                return key


def look(source: Source) -> Counts:
    """Look at what was counted in all: what is kept, what waits, and what left already.

    Of a state, a telemetry tells the latest; a collector tells how many reports said what.

    Raises:
        MisuseError: a collector knows no app, or several.
    """
    match source:
        case FakeCollector():
            registries = source.registries
            if len(registries) != 1:
                apps = [registry.app for registry in registries]
                message = f"ask a collector that takes the reports of one app, not of {apps}"
                raise MisuseError(message)
            return Counts(registries[0], tuple(source.facts))
        case Opened():
            app = source.telemetry.registry.app
            runs = [each for each in source.telemetries if each.registry.app == app]
            return _look(runs)
        case _:
            return _look([source])


def matching(metric: Metric, key: Key) -> Callable[[str], bool]:
    """Give what tells the keys that a test means: one, or each with some of an event's words.

    Raises:
        MisuseError: the metric can have no such key.
    """
    if not isinstance(key, Mapping):
        word = key_of(metric, key)
        return lambda found: found == word
    for extra, word in key.items():
        known = metric.extras.get(extra, ())
        if word not in known:
            listed = f"; it has: {', '.join(known)}" if known else ""
            message = f"{metric.name} has no {extra}={word}{near(word, known)}{listed}"
            raise MisuseError(message)
    parts = {f"{extra}={word}" for extra, word in key.items()}
    return lambda found: parts <= set(found.split(","))


def key_of(metric: Metric, key: str | int) -> str:
    """Give the key that a test means.

    Raises:
        MisuseError: the metric can have no such key.
    """
    word = str(key).lower() if isinstance(key, bool) else str(key)
    if not is_key(metric, word):
        known = _keys(metric)
        listed = f"; it has: {', '.join(known[:MOST_SHOWN])}" if known else ""
        message = f"{metric.name} keeps nothing under {word!r}{near(word, known)}{listed}"
        raise MisuseError(message)
    return word


def near(word: str, known: Collection[str]) -> str:
    """Say what was perhaps meant."""
    from difflib import get_close_matches  # noqa: PLC0415 only where something is wrong

    found = get_close_matches(word, known, 1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _keys(metric: Metric) -> list[str]:
    """Give the keys of a metric that has a closed list of them."""
    if metric.kind.in_buckets:
        return [str(bound) for bound in metric.buckets]
    if metric.kind is Kind.FLAG:
        return ["true", "false"]
    return [*metric.choices, *metric.labels, *metric.names]


def _look(runs: Sequence[Telemetry]) -> Counts:
    """Look at the runs of one program, the last of them last; they share one store."""
    last = runs[-1]
    left = {delivery.report: delivery.body for delivery in last.journal() if delivery.body}
    kept = [run.preview(local=True) for run in runs][-1]
    reports = [json.loads(body) for body in (*left.values(), *kept)]
    reports.sort(key=_period)
    facts = _facts(reports, last.registry)
    return Counts(last.registry, tuple(facts), tuple(_remarks(runs)))


def _period(report: dict[str, Any]) -> str:
    return str(report["period"])


def _facts(reports: Iterable[dict[str, Any]], registry: Registry) -> list[Fact]:
    facts: dict[tuple[str, date | None, int], list[Fact]] = {}
    entries = [entry for report in reports for entry in report["entries"]]
    for number, entry in enumerate(entries):
        metric = registry.metrics.get(entry["metric"])
        if metric is None:  # a newer registry has lost it
            continue
        day = date.fromisoformat(entry["day"]) if "day" in entry else None
        # Of a state the latest report tells how it is; what adds up is in each of them.
        place = (metric.name, day, number if metric.kind.adds_up else 0)
        keys = _keys_of(metric, entry["value"])
        facts[place] = [(metric.name, key, day, count) for key, count in keys.items()]
    return [fact for found in facts.values() for fact in found]


def _keys_of(metric: Metric, value: EntryValue) -> dict[str, int]:
    match value:
        case dict():
            return value
        case bool():
            return {str(value).lower(): 1}
        case int() if metric.kind.is_number:
            return {"": value}
        case _:
            return {str(value): 1}


def _remarks(runs: Sequence[Telemetry]) -> Iterator[str]:
    misuse: Counter[str] = Counter()
    for run in runs:
        misuse.update(run.misuse)
    if misuse:
        reasons = ", ".join(f"{reason} {times}" for reason, times in sorted(misuse.items()))
        yield f"calls that were not understood: {reasons}"
    consent = runs[-1].consent
    if not consent.may_record:
        yield f"nothing is recorded now: {consent.explain()}"
