"""Enters: a foreign message. Leaves: what it tells of its product's metrics, and what it does not.

A property of an event is the metric ``event.property``, by its name or one that it had before,
unless the product's mapping says otherwise. What the registry does not know keeps its name and its
reason, never its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.model.metric import Status
from aboveboard.model.verdict import Reason
from aboveboard.registry.foreign_values import foreign_counts
from aboveboard.registry.mapping import ProductMapping, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.said import Said

LONGEST_NAME = 60
LONGEST_PART = 100
MOST_PROPERTIES = 2000
"""Properties of a message that are looked at."""
_ODD = re.compile(r"[^a-z0-9_.]")
_PLACE = re.compile(r"\{([^{}]+)\}")


class Count(NamedTuple):
    """One count of a metric.

    Attributes:
        metric: the metric.
        key: of it.
        times: the count of the key.
    """

    metric: Metric
    key: str
    times: int


@dataclass(slots=True)
class Statement:
    """What a message tells of one part of its sender's state.

    Attributes:
        part: what it replaces.
        counts: what it tells.
        asides: names that tell nothing, and why.
        ignored: how many properties were dropped on purpose.
        told: metrics of which it tells something.
    """

    part: str
    counts: list[Count] = field(default_factory=list)
    asides: list[tuple[str, Reason]] = field(default_factory=list)
    ignored: int = 0
    told: set[str] = field(default_factory=set)


class Translator:
    """Translates the messages of one product.

    Args:
        registry: of the product.
        mapping: of it; None where everything follows from the names.

    Attributes:
        registry: as above.
    """

    def __init__(self, registry: Registry, mapping: ProductMapping | None = None) -> None:
        self.registry = registry
        self._mapping = mapping or ProductMapping(registry.app)
        self._metrics = _by_name(registry.metrics.values())
        self._places: dict[str, Metric | Reason | None] = {}

    def translate(self, said: Said, day: date) -> list[Statement]:
        """Tell what a message means; never raises.

        Args:
            said: the message.
            day: on which it was said.
        """
        statements: dict[str, Statement] = {}
        for event, values, part in self._events(said):
            rules = [rule for rule in self._mapping.rules if _matches(rule, event, values)]
            for rule in rules or [Rule(event)]:
                named = _filled(rule.part, event, values) if rule.part else part
                statement = statements.setdefault(named, Statement(named))
                if rule.say:
                    self._say(rule, event, values, day, statement)
                else:
                    self._look_up(rule, event, values, day, statement)
        return list(statements.values())

    def _events(self, said: Said) -> Iterator[tuple[str, Mapping[str, object], str]]:
        """Give a message, or the messages that it is made of."""
        event, part = _slug(said.event), said.part or said.event
        rules = self._mapping.rules
        if not any(rule.each and fnmatchcase(event, rule.name) for rule in rules):
            yield event, said.values, part[:LONGEST_PART]
            return
        for name, values in list(said.values.items())[:MOST_PROPERTIES]:
            if isinstance(values, dict):
                yield _slug(name), values, name[:LONGEST_PART]

    def _say(
        self,
        rule: Rule,
        event: str,
        values: Mapping[str, object],
        day: date,
        statement: Statement,
    ) -> None:
        name = _filled(rule.say, event, values)
        value = rule.value
        if isinstance(value, str):
            whole = _PLACE.fullmatch(value)
            value = values.get(whole[1]) if whole else _filled(value, event, values)
        self._add(self._metrics.get(name), name, value, day, statement)

    def _look_up(
        self,
        rule: Rule,
        event: str,
        values: Mapping[str, object],
        day: date,
        statement: Statement,
    ) -> None:
        event = _filled(rule.named, event, values) if rule.named else event
        for name, value in list(values.items())[:MOST_PROPERTIES]:
            if any(fnmatchcase(name, pattern) for pattern in rule.ignore):
                statement.ignored += 1
                continue
            place = f"{event}.{_slug(name)}"
            found = self._place(place)
            if found is None:
                statement.ignored += 1
            else:
                metric = None if isinstance(found, Reason) else found
                self._add(metric, place, value, day, statement)

    def _place(self, place: str) -> Metric | Reason | None:
        """Give the metric of a property; None where it is dropped on purpose."""
        if place in self._places:
            return self._places[place]
        found: Metric | Reason | None = self._metrics.get(
            self._mapping.rename.get(place, place), Reason.UNKNOWN_METRIC
        )
        if any(fnmatchcase(place, pattern) for pattern in self._mapping.ignore):
            found = None
        if not isinstance(found, Reason):
            # Of what is unknown strangers know more names than there are.
            self._places[place] = found
        return found

    def _add(
        self, metric: Metric | None, name: str, value: object, day: date, statement: Statement
    ) -> None:
        if metric is None:
            statement.asides.append((name[:LONGEST_NAME], Reason.UNKNOWN_METRIC))
            return
        if not metric.measured_on(day):
            statement.asides.append((metric.name, Reason.EXPIRED_METRIC))
            return
        if metric.kind.one_key and not metric.kind.adds_up and metric.name in statement.told:
            return  # under its name and an alias, or in two spellings: one thing holds
        if isinstance(value, str):
            value = _stripped(value, self._mapping.strip.get(metric.name, ()))
            value = self._mapping.values.get(metric.name, {}).get(value, value)
        counts = foreign_counts(metric, value)
        if isinstance(counts, Reason):
            statement.asides.append((metric.name, counts))
            return
        statement.counts += [Count(metric, key, times) for key, times in counts.items()]
        if counts:
            statement.told.add(metric.name)
            self._add_others(metric, value, day, statement)

    def _add_others(self, metric: Metric, value: object, day: date, statement: Statement) -> None:
        """Add what a text that tells of a metric tells of others."""
        for also in self._mapping.also.get(metric.name, ()) if isinstance(value, str) else ():
            text = str(value).lower()
            word = next((said for part, said in also.words.items() if part in text), also.otherwise)
            other = self._metrics.get(also.say)
            if word and other is not None and other.name not in statement.told:
                self._add(other, also.say, word, day, statement)


def _stripped(text: str, beginnings: Sequence[str]) -> str:
    """Cut off what a text may begin with, unless it is all of it.

    Example:
        >>> [_stripped(text, ["5.5.5-"]) for text in ("5.5.5-10.6.12-MariaDB", "5.5.5-m3")]
        ['10.6.12-MariaDB', '5.5.5-m3']
    """
    for beginning in beginnings:
        if text.startswith(beginning) and text[len(beginning) :][:1].isdigit():
            return text[len(beginning) :]
    return text


def _by_name(metrics: Iterable[Metric]) -> dict[str, Metric]:
    known = [metric for metric in metrics if metric.status is not Status.PROPOSED]
    former = {alias: metric for metric in known for alias in metric.aliases}
    return former | {metric.name: metric for metric in known}


def _matches(rule: Rule, event: str, values: Mapping[str, object]) -> bool:
    if rule.each or not fnmatchcase(event, rule.name):
        return False
    return all(values.get(name) == value for name, value in rule.when.items())


def _filled(template: str, event: str, values: Mapping[str, object]) -> str:
    """Fill in the texts of properties, as they may stand in a name."""

    def text(place: re.Match[str]) -> str:
        return event if place[1] == "event" else _slug(str(values.get(place[1], "")))

    return _PLACE.sub(text, template)[:LONGEST_PART]


def _slug(text: str) -> str:
    return _ODD.sub("_", text[:LONGEST_PART].lower())
