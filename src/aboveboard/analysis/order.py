"""Enters: a metric. Leaves: the order in which people expect its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aboveboard.model.metric import Metric

Place: TypeAlias = tuple[int | str, ...]


def natural(metric: Metric) -> Callable[[str], Place]:
    """Sort numbers as numbers, and words as the registry lists them; strange ones come last.

    Example:
        >>> from types import SimpleNamespace
        >>> python = SimpleNamespace(kind=Kind.VERSION)
        >>> sorted(["3.10", "3.9", "4"], key=natural(python))
        ['3.9', '3.10', '4']
    """
    if metric.kind is Kind.VERSION or metric.kind.in_buckets or metric.by_version:
        return lambda key: tuple(int(part) for part in key.split("."))
    if metric.kind is Kind.EVENT:
        lists = [_places(words) for _, words in sorted(metric.extras.items())]
        return lambda key: (*_combined(lists, key), key)
    said = ("true", "false") if metric.kind is Kind.FLAG else _closed_list(metric)
    places = _places(said)
    return lambda key: (places.get(key, len(places)), key)


def _closed_list(metric: Metric) -> Sequence[str]:
    return metric.choices or metric.labels or metric.names


def _places(words: Sequence[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(words)}


def _combined(lists: list[dict[str, int]], key: str) -> list[int]:
    words = (part.partition("=")[2] for part in key.split(","))
    return [places.get(word, len(places)) for places, word in zip(lists, words, strict=False)]
