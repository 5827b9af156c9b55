"""Enters: a foreign message. Leaves: what it tells of its product's metrics, and what it does not.

A property of an event is the metric ``event.property``, by its name or one that it had before,
unless the product's mapping says otherwise. What the registry does not know keeps its name and its
reason, never its value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from aboveboard.model.verdict import Reason
from aboveboard.registry.foreign_memory import Meanings
from aboveboard.registry.foreign_places import LONGEST_PART, EventRules, Places, slug
from aboveboard.registry.foreign_rules import PLACE, runs, said_value
from aboveboard.registry.foreign_values import yes_or_no
from aboveboard.registry.mapping import ProductMapping, Rule

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.said import Said
    from aboveboard.registry.foreign_memory import Count
    from aboveboard.registry.foreign_places import Place

LONGEST_NAME = 60
MOST_PROPERTIES = 2000
"""Properties of a message that are looked at."""


@dataclass(slots=True)
class Statement:
    """What a message tells of one part of its sender's state.

    Attributes:
        part: what it replaces.
        counts: what it tells.
        asides: names that tell nothing, and why.
        ignored: how many properties were dropped on purpose.
        told: metrics of which it tells something.
        daily: whether what adds up is replaced with the part as well: it is said of the day anew.
        of_day: takes what adds up, where it is said of the day anew; None where it is added.
    """

    part: str
    counts: list[Count] = field(default_factory=list)
    asides: list[tuple[str, Reason]] = field(default_factory=list)
    ignored: int = 0
    told: set[str] = field(default_factory=set)
    daily: bool = False
    of_day: Statement | None = None


class Translator:
    """Translates the messages of one product.

    Args:
        registry: of the product.
        mapping: of it; None where everything follows from the names.

    Attributes:
        registry: as above.
        mapped: whether there is a mapping, because clients of others tell of the product.
        active: name to metric, those that count who is active.
    """

    def __init__(self, registry: Registry, mapping: ProductMapping | None = None) -> None:
        self.registry = registry
        self.mapped = mapping is not None
        self.active = {name: each for name, each in registry.metrics.items() if each.counts_active}
        mapping = mapping or ProductMapping(registry.app)
        self._runs = mapping.runs
        self._rules = EventRules(mapping)
        self._places = Places(registry.metrics.values(), mapping)
        self._known = self._places.known
        self._meanings = Meanings(mapping, self._known)

    @property
    def remembered(self) -> int:
        """How much it remembers of what was said; it has a bound."""
        return len(self._rules) + len(self._places) + len(self._meanings)

    def translate(self, said: Said, day: date) -> list[Statement]:
        """Tell what a message means; never raises.

        Args:
            said: the message.
            day: on which it was said.
        """
        statements: dict[str, Statement] = {}
        daily = False
        for event, values, part in self._events(said):
            for rule in self._applying(event, values, said.who):
                named = _filled(rule.part, event, values) if rule.part else part
                statement = statements.get(named)
                if statement is None:
                    statement = statements[named] = Statement(named)
                if rule.daily:
                    # Of another part on each day, so that each day counts by itself.
                    statement.of_day = Statement(f"{named} {day}", daily=True)
                    daily = True
                if rule.say:
                    self._say(rule, event, values, day, statement)
                else:
                    self._look_up(rule, event, values, day, statement)
        found = list(statements.values())
        if daily:
            found += [each.of_day for each in found if each.of_day is not None]
        return found

    def metric(self, place: str) -> Metric | None:
        """Give the metric that ``event.property`` is; None where none, or where it is dropped."""
        event, _, name = place.partition(".")
        return self._places.of(slug(event), name, ()).metric

    def runs(self, messages: Sequence[Said]) -> list[Said]:
        """Give the messages that tell how many of the product's, in one request, are alike."""
        return runs(messages, self._runs) if self._runs else []

    def _events(self, said: Said) -> Iterable[tuple[str, Mapping[str, object], str]]:
        """Give a message, or the messages that it is made of."""
        event = slug(said.event)
        if self._rules.of(event)[0]:
            return self._each(said.values)
        return ((event, said.values, (said.part or said.event)[:LONGEST_PART]),)

    @staticmethod
    def _each(said: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object], str]]:
        for name, values in _first(said):
            if isinstance(values, dict):
                yield slug(name), values, name[:LONGEST_PART]

    def _applying(self, event: str, values: Mapping[str, object], who: str) -> Sequence[Rule]:
        found: list[Rule] = []
        for rule in self._rules.of(event)[1]:
            if rule.when and any(values.get(name) != value for name, value in rule.when.items()):
                continue
            if rule.who and not fnmatchcase(who, rule.who):
                continue
            found.append(rule)
            if rule.last:
                break
        return found or _AS_IT_IS

    def _say(
        self,
        rule: Rule,
        event: str,
        values: Mapping[str, object],
        day: date,
        statement: Statement,
    ) -> None:
        value = said_value(rule.value, event, values)
        if value is None:
            return
        names = [_filled(name, event, values) for name in rule.say]
        before = names[:-1]
        name = next((name for name in before if self._meanings.knows(name, value)), names[-1])
        # A name that is made of what a sender says is not told: it could be anything.
        self._add(self._known.get(name), rule.say[-1], value, day, statement)

    def _look_up(
        self,
        rule: Rule,
        event: str,
        values: Mapping[str, object],
        day: date,
        statement: Statement,
    ) -> None:
        event = _filled(rule.named, event, values) if rule.named else event
        find, ignore = self._places.of, rule.ignore
        gathered: dict[str, list[object]] = {}
        for name, value in _first(values):
            place = find(event, name, ignore)
            if place.metric is not None:
                self._tell(place, place.metric, value, day, statement)
            elif place.ignored:
                statement.ignored += 1
            elif place.gather is None:
                self._add(None, place.name, value, day, statement)
            else:
                said = gathered.setdefault(place.gather.into, [])
                if yes_or_no(value):
                    said.append(name.removeprefix(place.gather.before))
        for into, names in gathered.items():
            self._add(self._known.get(into), into, names, day, statement)

    def _add(
        self, place: Place | None, name: str, value: object, day: date, statement: Statement
    ) -> None:
        if place is None or place.metric is None:
            statement.asides.append((name[:LONGEST_NAME], Reason.UNKNOWN_METRIC))
        else:
            self._tell(place, place.metric, value, day, statement)

    def _tell(
        self, place: Place, metric: Metric, value: object, day: date, statement: Statement
    ) -> None:
        if day > place.ends:
            statement.asides.append((metric.name, Reason.EXPIRED_METRIC))
            return
        if place.single and metric.name in statement.told:
            return  # under its name and an alias, or in two spellings: one thing holds
        meaning = self._meanings.of(place, metric, value, day)
        if isinstance(meaning, Reason):
            statement.asides.append((metric.name, meaning))
            return
        if meaning.counts:
            takes = statement.of_day if place.adds and statement.of_day else statement
            takes.counts += meaning.counts
            statement.told.add(metric.name)
            for other, word in meaning.others:
                if other not in statement.told:
                    self._add(self._known[other], other, word, day, statement)


_AS_IT_IS = (Rule("*"),)
"""What applies where no rule does."""


def _first(values: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    many = len(values) > MOST_PROPERTIES
    return list(values.items())[:MOST_PROPERTIES] if many else values.items()


def _filled(template: str, event: str, values: Mapping[str, object]) -> str:
    """Fill in the texts of properties, as they may stand in a name; ``{*}`` are their names."""
    if "{" not in template:
        return template[:LONGEST_PART]

    def text(place: re.Match[str]) -> str:
        if place[1] == "*":
            return slug(",".join(sorted(values)))
        return event if place[1] == "event" else slug(str(values.get(place[1], "")))

    return PLACE.sub(text, template)[:LONGEST_PART]
