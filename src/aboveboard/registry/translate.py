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

from aboveboard.model.metric import Kind, Status
from aboveboard.model.verdict import Reason
from aboveboard.registry.foreign_forms import formed
from aboveboard.registry.foreign_rules import PLACE, fitting, replaced, runs, said_value
from aboveboard.registry.foreign_values import foreign_counts, yes_or_no
from aboveboard.registry.mapping import ProductMapping, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.said import Said

LONGEST_NAME = 60
LONGEST_PART = 100
MOST_EVENTS = 1000
"""Names of events whose rules are remembered."""
ERROR_PLACE = "error.fingerprint"
"""What a wire of errors says; where a registry has one metric of errors alone, it is that one."""
MOST_PROPERTIES = 2000
"""Properties of a message that are looked at."""
_ODD = re.compile(r"[^a-z0-9_.]")


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


class Place(NamedTuple):
    """What a property is.

    Attributes:
        metric: that it tells something of; None where it is dropped on purpose.
        form: how its value is written, if not as it is.
    """

    metric: Metric | None
    form: str = ""


class Translator:
    """Translates the messages of one product.

    Args:
        registry: of the product.
        mapping: of it; None where everything follows from the names.

    Attributes:
        registry: as above.
        mapped: whether there is a mapping, because clients of others tell of the product.
    """

    def __init__(self, registry: Registry, mapping: ProductMapping | None = None) -> None:
        self.registry = registry
        self.mapped = mapping is not None
        self._mapping = mapping or ProductMapping(registry.app)
        self._metrics = _by_name(registry.metrics.values())
        self._places: dict[str, Place] = {}
        self._rules: dict[str, Sequence[Rule]] = {}
        self._each = tuple(rule for rule in self._mapping.rules if rule.each)

    def translate(self, said: Said, day: date) -> list[Statement]:
        """Tell what a message means; never raises.

        Args:
            said: the message.
            day: on which it was said.
        """
        statements: dict[str, Statement] = {}
        for event, values, part in self._events(said):
            rules = fitting(self._rules_of(event), said.who)
            for rule in _applying(rules, values) or [Rule(event)]:
                named = _filled(rule.part, event, values) if rule.part else part
                statement = statements.setdefault(named, Statement(named))
                if rule.daily:
                    # Of another part on each day, so that each day counts by itself.
                    statement.of_day = Statement(f"{named} {day}", daily=True)
                if rule.say:
                    self._say(rule, event, values, day, statement)
                else:
                    self._look_up(rule, event, values, day, statement)
        daily = [each.of_day for each in statements.values() if each.of_day is not None]
        return [*statements.values(), *daily]

    def metric(self, place: str) -> Metric | None:
        """Give the metric that ``event.property`` is; None where none, or where it is dropped."""
        found = self._place(_slug(place))
        return found.metric if found is not None else None

    def runs(self, messages: Sequence[Said]) -> list[Said]:
        """Give the messages that tell how many of the product's, in one request, are alike."""
        return runs(messages, self._mapping.runs) if self._mapping.runs else []

    def _events(self, said: Said) -> Iterator[tuple[str, Mapping[str, object], str]]:
        """Give a message, or the messages that it is made of."""
        event, part = _slug(said.event), said.part or said.event
        if not any(fnmatchcase(event, rule.name) for rule in self._each):
            yield event, said.values, part[:LONGEST_PART]
            return
        for name, values in list(said.values.items())[:MOST_PROPERTIES]:
            if isinstance(values, dict):
                yield _slug(name), values, name[:LONGEST_PART]

    def _rules_of(self, event: str) -> Sequence[Rule]:
        """Give the rules whose names an event has."""
        found = self._rules.get(event)
        if found is None:
            rules = self._mapping.rules
            found = [rule for rule in rules if not rule.each and fnmatchcase(event, rule.name)]
            if len(self._rules) < MOST_EVENTS:  # strangers know more names than there are
                self._rules[event] = found
        return found

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
        name = names[-1]
        if len(names) > 1:
            name = next((name for name in names if self._knows(name, value)), name)
        # A name that is made of what a sender says is not told: it could be anything.
        self._add(self._metrics.get(name), rule.say[-1], value, day, statement)

    def _knows(self, name: str, value: object) -> bool:
        metric = self._metrics.get(name)
        return metric is not None and any(value in words for words in metric.lists.values())

    def _look_up(
        self,
        rule: Rule,
        event: str,
        values: Mapping[str, object],
        day: date,
        statement: Statement,
    ) -> None:
        event = _filled(rule.named, event, values) if rule.named else event
        gathered: dict[str, list[object]] = {}
        for name, value in list(values.items())[:MOST_PROPERTIES]:
            if any(fnmatchcase(name, pattern) for pattern in rule.ignore):
                statement.ignored += 1
                continue
            place = f"{event}.{_slug(name)}"
            found = self._place(place)
            if found is None:
                if not self._gathers(event, name, value, gathered):
                    self._add(None, place, value, day, statement)
            elif found.metric is None:
                statement.ignored += 1
            else:
                self._add(found.metric, place, value, day, statement, found.form)
        for into, names in gathered.items():
            self._add(self._metrics.get(into), into, names, day, statement)

    def _gathers(
        self, event: str, name: str, value: object, gathered: dict[str, list[object]]
    ) -> bool:
        """Note a property down whose name is what it says, if it says yes; tell whether it is."""
        for gather in self._mapping.gathers:
            if gather.event == event and name.startswith(gather.before):
                names = gathered.setdefault(gather.into, [])
                names += [name.removeprefix(gather.before)] if yes_or_no(value) else []
                return True
        return False

    def _place(self, place: str) -> Place | None:
        """Tell what a property is; None where nobody knows."""
        if place in self._places:
            return self._places[place]
        ignored = any(fnmatchcase(place, pattern) for pattern in self._mapping.ignore)
        metric = self._metrics.get(self._mapping.rename.get(place, place))
        if not ignored and metric is None:
            # It is not remembered: of these strangers know more names than there are.
            return None
        forms = self._mapping.forms.items()
        form = next((form for pattern, form in forms if fnmatchcase(place, pattern)), "")
        self._places[place] = Place(None if ignored else metric, form)
        return self._places[place]

    def _add(  # noqa: PLR0913, PLR0917 all that is known of a property
        self,
        metric: Metric | None,
        name: str,
        value: object,
        day: date,
        statement: Statement,
        form: str = "",
    ) -> None:
        if metric is None:
            statement.asides.append((name[:LONGEST_NAME], Reason.UNKNOWN_METRIC))
            return
        if not metric.measured_on(day):
            statement.asides.append((metric.name, Reason.EXPIRED_METRIC))
            return
        if metric.kind.one_key and not metric.kind.adds_up and metric.name in statement.told:
            return  # under its name and an alias, or in two spellings: one thing holds
        value = self._plain(metric, value)
        counts = foreign_counts(metric, formed(form, value, day) if form else value)
        if isinstance(counts, Reason):
            statement.asides.append((metric.name, counts))
            return
        takes = (statement.of_day if metric.kind.adds_up else None) or statement
        takes.counts += [Count(metric, key, times) for key, times in counts.items()]
        if counts:
            statement.told.add(metric.name)
            self._add_others(metric, value, day, statement)

    def _plain(self, metric: Metric, value: object) -> object:
        """Give what a value stands for by the mapping."""
        if isinstance(value, str):
            value = _stripped(value, self._mapping.strip.get(metric.name, ()))
        words = self._mapping.values.get(metric.name)
        return replaced(value, words) if words else value

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
    errors = [metric for metric in known if metric.kind is Kind.ERROR]
    if len(errors) == 1:
        former.setdefault(ERROR_PLACE, errors[0])
    return former | {metric.name: metric for metric in known}


def _matches(rule: Rule, values: Mapping[str, object]) -> bool:
    return all(values.get(name) == value for name, value in rule.when.items())


def _applying(rules: Sequence[Rule], values: Mapping[str, object]) -> Sequence[Rule]:
    found: list[Rule] = []
    for rule in rules:
        if _matches(rule, values):
            found.append(rule)
            if rule.last:
                break
    return found


def _filled(template: str, event: str, values: Mapping[str, object]) -> str:
    """Fill in the texts of properties, as they may stand in a name; ``{*}`` are their names."""

    def text(place: re.Match[str]) -> str:
        if place[1] == "*":
            return _slug(",".join(sorted(values)))
        return event if place[1] == "event" else _slug(str(values.get(place[1], "")))

    return PLACE.sub(text, template)[:LONGEST_PART]


def _slug(text: str) -> str:
    return _ODD.sub("_", text[:LONGEST_PART].lower())
