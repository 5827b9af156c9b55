"""Enters: one metric's table. Leaves: a Metric; problems are noted down in the table's list."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeGuard

from aboveboard.model.metric import (
    Approval,
    Kind,
    Metric,
    Plugin,
    Sensitivity,
    Status,
    Translation,
)
from aboveboard.registry.names import CHOICE_NAME, METRIC_NAME, UNIT, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from aboveboard.registry.fields import Fields

OTHER = "other"
MOST_CHOICES = 100
MOST_BUCKETS = 50
SHORTEST_REASON = 10
LONGEST_TIMING_MS = 30 * 24 * 3600 * 1000
BOUNDS = {
    Kind.COUNTER: {"largest"},
    Kind.FLAG: set[str](),
    Kind.CHOICE: {"choices"},
    Kind.VERSION: {"precision"},
    Kind.TIMING: {"buckets"},
}


def read_metric(  # one for each thing that its file says around it
    name: str,
    fields: Fields,
    levels: Mapping[str, str],
    languages: Sequence[str] = (),
    plugin: Plugin | None = None,
) -> Metric:
    """Read one metric.

    Args:
        name: its name, the key of its table.
        fields: its table.
        levels: the levels that the product names.
        languages: the languages that it may be translated into.
        plugin: the plug-in whose file it stands in, or None.

    Returns:
        The metric; meaningless if problems were added to the table's list.
    """
    if not METRIC_NAME.fullmatch(name):
        text = "a metric's name is group.name, lower-case letters, digits and underscores."
        fields.problem("bad_name", "", text, "Choose such a name, at most 60 characters.")
    kind = _kind(fields)
    expires, because = _expires(fields)
    metric = Metric(
        name=name,
        kind=kind,
        title=fields.text("title", longest=60),
        question=fields.text("question"),
        decision=fields.text("decision"),
        owner=fields.text("owner"),
        review=fields.link("review"),
        approved=_approval(fields),
        expires=expires,
        never_expires_because=because,
        level=_level(fields, levels),
        threshold=fields.number("threshold", 1, 1_000_000, 10),
        status=_status(fields),
        sensitivity=_sensitivity(fields),
        unit=_unit(fields),
        correlates_with=fields.words("correlates_with", METRIC_NAME, "names of metrics"),
        accuracy=fields.fraction("accuracy", 0.001, 0.5),
        example=_example(fields),
        since=_version(fields, "since"),
        until=_version(fields, "until"),
        aliases=fields.words("aliases", METRIC_NAME, "names of metrics"),
        translations=_translations(fields, languages),
        plugin=plugin,
        allow=read_allow(fields),
        **_bounds(kind, fields),
    )
    if expires is not None and expires < metric.approved.day:
        text = "it ends before it was approved."
        fields.problem("ends_before_it_begins", "expires", text, "Correct one of the two days.")
    fields.no_more()
    return metric


def read_allow(fields: Fields) -> Mapping[str, str]:
    """Read the checks that are switched off, each with its reason."""
    table = fields.sub("allow", required=False)
    reasons = {code: table.text(code) for code in table.table}
    for code, reason in reasons.items():
        if 0 < len(reason) < SHORTEST_REASON:
            table.problem("empty", code, "this is no reason.", "Say why the check is wrong here.")
    return MappingProxyType(reasons)


def _kind(fields: Fields) -> Kind:
    word = fields.text("kind")
    if word in list(Kind):
        return Kind(word)
    if word:
        text = f"there is no kind {word[:20]!r}."
        fields.problem("unknown_kind", "kind", text, f"Use one of: {', '.join(Kind)}.")
    return Kind.FLAG


def _status(fields: Fields) -> Status:
    word = fields.text("status", default=Status.APPROVED.value)
    if word in list(Status):
        return Status(word)
    fields.problem("unknown_status", "status", "there is none.", f"Use {', '.join(Status)}.")
    return Status.PROPOSED


def _sensitivity(fields: Fields) -> Sensitivity | None:
    if not fields.has("sensitivity"):
        return None
    word = fields.text("sensitivity")
    if word in list(Sensitivity):
        return Sensitivity(word)
    text = "there is no such sensitivity."
    fields.problem("unknown_sensitivity", "sensitivity", text, f"Use {', '.join(Sensitivity)}.")
    return None


def _unit(fields: Fields) -> str:
    unit = fields.text("unit", longest=30) if fields.has("unit") else ""
    if unit and not UNIT.fullmatch(unit):
        text = "a unit is a plain word or two, such as files."
        fields.problem("bad_name", "unit", text, "Write such a word.")
    return unit


def _example(fields: Fields) -> bool | int | str | None:
    fields.seen.add("example")
    value = fields.table.get("example")
    if value is None or isinstance(value, bool | int | str):
        return value
    fields.problem("wrong_type", "example", "it is no value of a report.", "Write one.")
    return None


def _version(fields: Fields, name: str) -> str:
    version = fields.text(name, longest=20) if fields.has(name) else ""
    if version and not VERSION.fullmatch(version):
        text = "it is no version such as 2.1."
        fields.problem("bad_version", name, text, "Write one to three numbers with dots between.")
    return version


def _translations(fields: Fields, languages: Sequence[str]) -> Mapping[str, Translation]:
    tables = fields.sub("translations", required=False)
    found: dict[str, Translation] = {}
    for language in tables.table:
        table = tables.sub(language)
        if language not in languages:
            text = "the product does not name this language."
            tables.problem("unknown_language", language, text, "Add it to product.languages.")
        found[language] = Translation(table.text("title", longest=60), table.text("question"))
        table.no_more()
    return MappingProxyType(found)


def _level(fields: Fields, levels: Mapping[str, str]) -> str:
    level = fields.text("level")
    if level and level not in levels:
        known = ", ".join(levels) or "none yet"
        text = "the product names no such level."
        fields.problem("unknown_level", "level", text, f"Use one of product.levels: {known}.")
    return level


def _expires(fields: Fields) -> tuple[date | None, str]:
    if isinstance(fields.table.get("expires"), dict):
        never = fields.sub("expires")
        because = never.text("never")
        never.no_more()
        return None, because
    return fields.day("expires"), ""


def _approval(fields: Fields) -> Approval:
    approved = fields.sub("approved")
    approval = Approval(approved.day("on"), approved.text("by"), approved.link("where"))
    approved.no_more()
    return approval


def _bounds(kind: Kind, fields: Fields) -> dict[str, Any]:
    for name in sorted(set().union(*BOUNDS.values()) - BOUNDS[kind]):
        if fields.has(name):
            fields.seen.add(name)
            text = f"a {kind.value} has no {name}."
            fields.problem("bound_of_another_kind", name, text, "Remove it or change the kind.")
    return {name: _READERS[name](fields) for name in BOUNDS[kind]}


def _largest(fields: Fields) -> int:
    return fields.number("largest", 1, 10**12, 1_000_000)


def _precision(fields: Fields) -> int:
    return fields.number("precision", 1, 3, 2)


def _choices(fields: Fields) -> tuple[str, ...]:
    items = fields.items("choices")
    words = [word for word in items if isinstance(word, str)]
    bad = [word for word in words if not CHOICE_NAME.fullmatch(word) or word == OTHER]
    if len(words) != len(set(words)) or bad or len(words) != len(items):
        text = f"each must be a short plain word, once, and not {OTHER!r}, which is added for you."
        fields.problem("bad_choices", "choices", text, "Correct the list.")
    if fields.has("choices") and not 1 <= len(items) <= MOST_CHOICES:
        text = f"there must be 1 to {MOST_CHOICES} of them."
        fields.problem("bad_choices", "choices", text, "Shorten or fill the list.")
    return (*words, OTHER)


def _buckets(fields: Fields) -> tuple[int, ...]:
    bounds = fields.items("buckets")
    numbers = [bound for bound in bounds if _is_time(bound)]
    rising = all(low < high for low, high in pairwise(numbers))
    if len(numbers) != len(bounds) or not rising or numbers[:1] != [0]:
        text = "they must be rising whole numbers of milliseconds that begin with 0."
        fields.problem("bad_buckets", "buckets", text, "For example [0, 100, 1000, 10000].")
    if len(numbers) > MOST_BUCKETS:
        text = f"there are more than {MOST_BUCKETS}."
        fields.problem("bad_buckets", "buckets", text, "Use fewer, wider buckets.")
    return tuple(numbers)


def _is_time(bound: object) -> TypeGuard[int]:
    if not isinstance(bound, int) or isinstance(bound, bool):
        return False
    return 0 <= bound <= LONGEST_TIMING_MS


_READERS: dict[str, Callable[[Fields], object]] = {
    "largest": _largest,
    "choices": _choices,
    "precision": _precision,
    "buckets": _buckets,
}
