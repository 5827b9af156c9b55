"""Enters: a mapping file. Leaves: how a product's foreign messages become its metrics, checked.

A mapping is data (``docs/mappings.md``): which property of which event is which metric, where that
does not follow from the names. What it does not say follows from them: ``event.property``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.metric import Kind
from aboveboard.registry.foreign_forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.registry import Registry

FORMAT = 1
_TOP = {
    "format",
    "app",
    "ignore",
    "rename",
    "strip",
    "values",
    "also",
    "form",
    "gather",
    "run",
    "event",
}
_ALSO = {"of", "say", "words", "otherwise"}
_RULE = {"name", "when", "as", "part", "ignore", "say", "value", "each", "daily", "last", "who"}
_RUN = {"name", "as", "batch"}
_GATHER = {"event", "property", "into"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the messages of some events.

    Attributes:
        name: a pattern of their names, with ``*`` and ``?``.
        when: properties that must have these values.
        named: what the event is called when its properties are looked up; ``""`` as it is.
        part: what of a sender's state it replaces; ``""`` for the event.
        ignore: patterns of properties that are not looked up.
        say: the metric that is said instead of looking up properties: of several, the first whose
            closed list knows the value, or else the last; empty for none.
        value: what is said of it; text may hold ``{property}``.
        each: whether each property that is a table is an event of its own.
        daily: whether it is the same statement again and again, of which a day counts the newest:
            then what adds up is replaced as well, not added.
        last: whether no rule behind it applies as well.
        who: a pattern of what the wire knows its senders by; ``""`` for all of them.
    """

    name: str
    when: Mapping[str, object] = field(default_factory=dict)
    named: str = ""
    part: str = ""
    ignore: tuple[str, ...] = ()
    say: tuple[str, ...] = ()
    value: object = 1
    each: bool = False
    daily: bool = False
    last: bool = False
    who: str = ""


@dataclass(frozen=True, slots=True)
class Gather:
    """Properties whose names are the names of one metric.

    Attributes:
        event: as it is called when its properties are looked up.
        before: how their names begin; what follows is the name that is said, if the value is yes.
        into: the metric.
    """

    event: str
    before: str
    into: str


@dataclass(frozen=True, slots=True)
class Also:
    """What a text tells of a second metric: a word in it.

    Attributes:
        say: that metric.
        words: what may stand in the text, in any case, to what is said; the first that does counts.
        otherwise: what is said where none does; ``""`` for nothing.
    """

    say: str
    words: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Messages of one event in a row, whose number is a message of its own.

    Attributes:
        name: of the event, as the client says it.
        named: what the message with their number is called; its property is ``count``.
        batch: how many messages the client puts into a request before it begins another; 0 for any
            number.
    """

    name: str
    named: str
    batch: int = 0


@dataclass(frozen=True, slots=True)
class ProductMapping:
    """How the messages of one product become its metrics.

    Attributes:
        app: the product.
        ignore: patterns of ``event.property`` that are dropped on purpose.
        rename: ``event.property`` to the metric that it is.
        strip: metric to what is cut off the beginning of its texts where a digit follows.
        values: metric to what stands for what, each as a text.
        also: metric to what its text tells of others.
        forms: pattern of ``event.property`` to how its value is written.
        gathers: properties that no other line tells anything of, whose names are gathered.
        runs: events whose number in a row is told.
        rules: for events that are not what they are called.
    """

    app: str
    ignore: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    strip: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    also: Mapping[str, Sequence[Also]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    gathers: tuple[Gather, ...] = ()
    runs: tuple[Run, ...] = ()
    rules: tuple[Rule, ...] = ()


def read_mapping(content: bytes, registry: Registry, source: str = "mapping") -> ProductMapping:
    """Read a mapping and compare it with its product's registry.

    Args:
        content: of the file.
        registry: of the product that it names.
        source: what it is called, for people.

    Raises:
        RegistryError: with every problem of the file.
    """
    try:
        table = tomllib.loads(content.decode())
    except ValueError as error:
        problem = Problem("not_toml", source, f"it cannot be read: {error}.", "Mend the line.")
        raise RegistryError(source, [problem]) from error
    if problems := _problems(table, registry):
        raise RegistryError(source, problems)
    return ProductMapping(
        table["app"],
        tuple(table.get("ignore", ())),
        table.get("rename", {}),
        table.get("strip", {}),
        table.get("values", {}),
        _also(table.get("also", ())),
        table.get("form", {}),
        tuple(_gather(each) for each in table.get("gather", ())),
        tuple(Run(each["name"], each["as"], each.get("batch", 0)) for each in table.get("run", ())),
        tuple(_rule(each) for each in table.get("event", ())),
    )


def _problems(table: dict[str, Any], registry: Registry) -> list[Problem]:
    found = [_unknown_key(key) for key in sorted(table.keys() - _TOP)]
    wanted = {"format": FORMAT, "app": registry.app}
    found += [
        Problem("wrong_value", key, f"it must be {value!r}.", "Write that.")
        for key, value in wanted.items()
        if table.get(key) != value
    ]
    named = {metric: f"rename.{place}" for place, metric in table.get("rename", {}).items()}
    for key in ("values", "strip"):
        named |= {metric: f"{key}.{metric}" for metric in table.get(key, {})}
    for number, also in enumerate(table.get("also", ()), 1):
        place = f"also[{number}]"
        found += [_unknown_key(f"{place}.{key}") for key in sorted(also.keys() - _ALSO)]
        named |= {str(also.get(key, "")): f"{place}.{key}" for key in ("of", "say")}
    for number, rule in enumerate(table.get("event", ()), 1):
        place = f"event[{number}]"
        found += [_unknown_key(f"{place}.{key}") for key in sorted(rule.keys() - _RULE)]
        if not isinstance(rule.get("name"), str):
            found.append(Problem("missing", f"{place}.name", "it must be given.", "Name events."))
        named |= {name: f"{place}.say" for name in _says(rule) if "{" not in name}
    found += _wrong_gathers(table, registry)
    found += _wrong_runs(table)
    found += [
        Problem("wrong_value", f"form.{place}", f"there is no form {form!r}.", "Name one of them.")
        for place, form in table.get("form", {}).items()
        if form not in FORMS
    ]
    return found + [
        Problem("unknown_metric", place, f"no metric is called {name}.", "Correct the name.")
        for name, place in sorted(named.items())
        if name not in registry.metrics
    ]


def _also(tables: Sequence[dict[str, Any]]) -> dict[str, list[Also]]:
    found: dict[str, list[Also]] = {}
    for table in tables:
        words = {word.lower(): said for word, said in table.get("words", {}).items()}
        also = Also(table["say"], words, table.get("otherwise", ""))
        found.setdefault(table["of"], []).append(also)
    return found


def _wrong_gathers(table: dict[str, Any], registry: Registry) -> list[Problem]:
    found: list[Problem] = []
    for number, gather in enumerate(table.get("gather", ()), 1):
        place = f"gather[{number}]"
        found += [_unknown_key(f"{place}.{key}") for key in sorted(gather.keys() - _GATHER)]
        metric = registry.metrics.get(gather.get("into", ""))
        if metric is None or metric.kind is not Kind.NAMES:
            says = "it must be a metric whose kind is names."
            found.append(Problem("wrong_value", f"{place}.into", says, "Correct the name."))
        property_ = str(gather.get("property", ""))
        if not gather.get("event") or property_.find("*") != len(property_) - 1:
            says = "it must name an event, and a property that ends with *."
            found.append(Problem("wrong_value", place, says, "Write both."))
    return found


def _wrong_runs(table: dict[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    for number, run in enumerate(table.get("run", ()), 1):
        place = f"run[{number}]"
        found += [_unknown_key(f"{place}.{key}") for key in sorted(run.keys() - _RUN)]
        if not (isinstance(run.get("name"), str) and isinstance(run.get("as"), str)):
            says = "it must name an event, and what the number of them is called."
            found.append(Problem("missing", place, says, "Write both."))
        if not isinstance(run.get("batch", 0), int):
            found.append(
                Problem("wrong_value", f"{place}.batch", "it must be a number.", "Mend it.")
            )
    return found


def _gather(table: dict[str, Any]) -> Gather:
    return Gather(table["event"], table["property"].removesuffix("*"), table["into"])


def _says(rule: dict[str, Any]) -> tuple[str, ...]:
    said = rule.get("say", ())
    return (said,) if isinstance(said, str) else tuple(said)


def _unknown_key(place: str) -> Problem:
    return Problem("unknown_key", place, "there is no such key.", "Take it out, or correct it.")


def _rule(table: dict[str, Any]) -> Rule:
    return Rule(
        table["name"],
        table.get("when", {}),
        table.get("as", ""),
        table.get("part", ""),
        tuple(table.get("ignore", ())),
        _says(table),
        table.get("value", 1),
        bool(table.get("each", False)),
        bool(table.get("daily", False)),
        bool(table.get("last", False)),
        table.get("who", ""),
    )
