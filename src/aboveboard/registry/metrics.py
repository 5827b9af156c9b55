"""Enters: one metric's table. Leaves: a Metric; problems are noted down in the table's list."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeGuard

from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.registry.names import CHOICE_NAME, METRIC_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from aboveboard.registry.fields import Fields

OTHER = "other"
MOST_CHOICES = 100
MOST_BUCKETS = 50
LONGEST_TIMING_MS = 30 * 24 * 3600 * 1000
BOUNDS = {
    Kind.COUNTER: {"largest"},
    Kind.FLAG: set[str](),
    Kind.CHOICE: {"choices"},
    Kind.VERSION: {"precision"},
    Kind.TIMING: {"buckets"},
}


def read_metric(name: str, fields: Fields, levels: Mapping[str, str]) -> Metric:
    """Read one metric.

    Args:
        name: its name, the key of its table.
        fields: its table.
        levels: the levels that the product names.

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
        **_bounds(kind, fields),
    )
    if expires is not None and expires < metric.approved.day:
        text = "it ends before it was approved."
        fields.problem("ends_before_it_begins", "expires", text, "Correct one of the two days.")
    fields.no_more()
    return metric


def _kind(fields: Fields) -> Kind:
    word = fields.text("kind")
    if word in list(Kind):
        return Kind(word)
    if word:
        text = f"there is no kind {word[:20]!r}."
        fields.problem("unknown_kind", "kind", text, f"Use one of: {', '.join(Kind)}.")
    return Kind.FLAG


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
