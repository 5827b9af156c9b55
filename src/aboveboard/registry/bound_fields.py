"""Enters: one metric's table and its kind. Leaves: the bounds of that kind; problems noted down."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeGuard

from aboveboard.model.metric import Kind
from aboveboard.registry.names import CHOICE_NAME, EXTRA_NAME, KNOWN_NAME

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from aboveboard.registry.fields import Fields

OTHER = "other"
MOST_CHOICES = 100
MOST_NAMES = 2000
MOST_EXTRAS = 4
MOST_COMBINATIONS = 1000
MOST_BUCKETS = 50
LARGEST = 10**12
LONGEST_TIMING_MS = 30 * 24 * 3600 * 1000
SECONDS_OF_A_DAY = 24 * 3600
SECONDS_OF_A_WEEK = 7 * SECONDS_OF_A_DAY
BOUNDS: Mapping[Kind, frozenset[str]] = {
    Kind.COUNTER: frozenset({"largest"}),
    Kind.FLAG: frozenset(),
    Kind.CHOICE: frozenset({"choices"}),
    Kind.VERSION: frozenset({"precision"}),
    Kind.QUANTITY: frozenset({"buckets"}),
    Kind.NAMES: frozenset({"names"}),
    Kind.TIMING: frozenset({"buckets"}),
    Kind.DISTRIBUTION: frozenset({"buckets"}),
    Kind.LABELLED: frozenset({"labels", "largest", "precision"}),
    Kind.EVENT: frozenset({"extras", "largest"}),
    Kind.SECONDS: frozenset({"largest"}),
    Kind.ERROR: frozenset({"largest", "message_level"}),
}
"""Which bounds a kind has; a labelled counter has labels, or the precision of versions."""


def read_bounds(kind: Kind, fields: Fields) -> dict[str, Any]:
    """Read the bounds of a kind, by their keys; those of another kind are problems."""
    mine = bounds_of(kind, by_version=fields.has("precision") and not fields.has("labels"))
    for name in sorted(set().union(*BOUNDS.values()) - mine):
        if fields.has(name):
            fields.seen.add(name)
            what = f"{kind.value} with labels" if name in BOUNDS[kind] else kind.value
            text = f"a {what} has no {name}."
            fields.problem("bound_of_another_kind", name, text, "Remove it or change the kind.")
    return {name: _READERS[name](kind, fields) for name in sorted(mine)}


def bounds_of(kind: Kind, *, by_version: bool) -> frozenset[str]:
    """Give the bounds that a metric has.

    Args:
        kind: of the metric.
        by_version: whether its labels are versions, where it has labels.

    Example:
        >>> sorted(bounds_of(Kind.LABELLED, by_version=True))
        ['largest', 'precision']
    """
    if kind is not Kind.LABELLED:
        return BOUNDS[kind]
    return BOUNDS[kind] - {"labels" if by_version else "precision"}


def _largest(kind: Kind, fields: Fields) -> int:
    if kind is Kind.SECONDS:
        return fields.number("largest", 1, SECONDS_OF_A_WEEK, SECONDS_OF_A_DAY)
    return fields.number("largest", 1, LARGEST, 1_000_000)


def _message_level(_: Kind, fields: Fields) -> str:
    # That the product names such a level is checked with the metric's own.
    return fields.text("message_level") if fields.has("message_level") else ""


def _precision(_: Kind, fields: Fields) -> int:
    return fields.number("precision", 1, 3, 2)


def _choices(_: Kind, fields: Fields) -> tuple[str, ...]:
    return _closed(fields, "choices", CHOICE_NAME, MOST_CHOICES)


def _labels(_: Kind, fields: Fields) -> tuple[str, ...]:
    return _closed(fields, "labels", CHOICE_NAME, MOST_CHOICES)


def _names(_: Kind, fields: Fields) -> tuple[str, ...]:
    return _closed(fields, "names", KNOWN_NAME, MOST_NAMES)


def _closed(fields: Fields, name: str, shape: re.Pattern[str], most: int) -> tuple[str, ...]:
    items = fields.items(name)
    words = [word for word in items if isinstance(word, str)]
    bad = [word for word in words if not shape.fullmatch(word) or word == OTHER]
    if len(words) != len(set(words)) or bad or len(words) != len(items):
        text = f"each must be a short plain word, once, and not {OTHER!r}, which is added for you."
        fields.problem("bad_choices", name, text, "Correct the list.")
    if fields.has(name) and not 1 <= len(items) <= most:
        text = f"there must be 1 to {most} of them."
        fields.problem("bad_choices", name, text, "Shorten or fill the list.")
    return (*words, OTHER)


def _extras(_: Kind, fields: Fields) -> Mapping[str, tuple[str, ...]]:
    tables = fields.sub("extras")
    found = {name: _closed(tables, name, CHOICE_NAME, MOST_CHOICES) for name in tables.table}
    for name in found:
        if not EXTRA_NAME.fullmatch(name):
            text = "it must be lower-case letters, digits and underscores, beginning with a letter."
            tables.problem("bad_name", name, text, "Choose such a name.")
    combinations = prod(len(words) for words in found.values())
    if fields.has("extras") and not 1 <= len(found) <= MOST_EXTRAS:
        text = f"there must be 1 to {MOST_EXTRAS} of them."
        fields.problem("bad_choices", "extras", text, "Shorten or fill the table.")
    elif combinations > MOST_COMBINATIONS:
        text = f"they make {combinations} combinations, and {MOST_COMBINATIONS} is the most."
        fields.problem("too_many_combinations", "extras", text, "Shorten the lists.")
    return MappingProxyType(found)


def _buckets(kind: Kind, fields: Fields) -> tuple[int, ...]:
    most = LONGEST_TIMING_MS if kind is Kind.TIMING else LARGEST
    bounds = fields.items("buckets")
    numbers = [bound for bound in bounds if _is_number(bound, most)]
    rising = all(low < high for low, high in pairwise(numbers))
    if len(numbers) != len(bounds) or not rising or numbers[:1] != [0]:
        what = "whole numbers of milliseconds" if kind is Kind.TIMING else "whole numbers"
        text = f"they must be rising {what} that begin with 0."
        fields.problem("bad_buckets", "buckets", text, "For example [0, 100, 1000, 10000].")
    if len(numbers) > MOST_BUCKETS:
        text = f"there are more than {MOST_BUCKETS}."
        fields.problem("bad_buckets", "buckets", text, "Use fewer, wider buckets.")
    return tuple(numbers)


def _is_number(bound: object, most: int) -> TypeGuard[int]:
    if not isinstance(bound, int) or isinstance(bound, bool):
        return False
    return 0 <= bound <= most


_READERS: Mapping[str, Callable[[Kind, Fields], object]] = {
    "largest": _largest,
    "message_level": _message_level,
    "choices": _choices,
    "precision": _precision,
    "buckets": _buckets,
    "labels": _labels,
    "names": _names,
    "extras": _extras,
}
