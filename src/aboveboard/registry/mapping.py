"""Enters: a mapping file. Leaves: how a product's foreign messages become its metrics, checked.

A mapping is data (``docs/mappings.md``): which property of which event is which metric, where that
does not follow from the names. What it does not say follows from them: ``event.property``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboveboard.errors import Problem, RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.registry import Registry

FORMAT = 1
_TOP = {"format", "app", "ignore", "rename", "strip", "values", "also", "event"}
_ALSO = {"of", "say", "words", "otherwise"}
_RULE = {"name", "when", "as", "part", "ignore", "say", "value", "each"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the messages of some events.

    Attributes:
        name: a pattern of their names, with ``*`` and ``?``.
        when: properties that must have these values.
        named: what the event is called when its properties are looked up; ``""`` as it is.
        part: what of a sender's state it replaces; ``""`` for the event.
        ignore: patterns of properties that are not looked up.
        say: the one metric that is said instead of looking up properties; ``""`` for none.
        value: what is said of it; text may hold ``{property}``.
        each: whether each property that is a table is an event of its own.
    """

    name: str
    when: Mapping[str, object] = field(default_factory=dict)
    named: str = ""
    part: str = ""
    ignore: tuple[str, ...] = ()
    say: str = ""
    value: object = 1
    each: bool = False


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
class ProductMapping:
    """How the messages of one product become its metrics.

    Attributes:
        app: the product.
        ignore: patterns of ``event.property`` that are dropped on purpose.
        rename: ``event.property`` to the metric that it is.
        strip: metric to what is cut off the beginning of its texts where a digit follows.
        values: metric to what stands for what.
        also: metric to what its text tells of others.
        rules: for events that are not what they are called.
    """

    app: str
    ignore: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    strip: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    also: Mapping[str, Sequence[Also]] = field(default_factory=dict)
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
        if rule.get("say") and "{" not in rule["say"]:
            named[rule["say"]] = f"{place}.say"
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


def _unknown_key(place: str) -> Problem:
    return Problem("unknown_key", place, "there is no such key.", "Take it out, or correct it.")


def _rule(table: dict[str, Any]) -> Rule:
    return Rule(
        table["name"],
        table.get("when", {}),
        table.get("as", ""),
        table.get("part", ""),
        tuple(table.get("ignore", ())),
        table.get("say", ""),
        table.get("value", 1),
        bool(table.get("each", False)),
    )
