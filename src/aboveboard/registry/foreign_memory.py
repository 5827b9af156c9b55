"""Enters: what a foreign client said of a metric. Leaves: what it means; what comes again is known.

Thousands of senders say the same few things: yes, a version, a word of a list. What a small plain
value means is worked out once, and so is what a few words do that were said so and so often. Of
other values nothing is remembered, nor of those whose meaning depends on the day; a table that is
full is begun anew.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.model.verdict import Reason
from aboveboard.registry.foreign_forms import formed
from aboveboard.registry.foreign_rules import replaced
from aboveboard.registry.foreign_values import foreign_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.registry.foreign_places import Place
    from aboveboard.registry.mapping import ProductMapping

MOST_REMEMBERED = 8192
LONGEST_TEXT = 60
LARGEST_NUMBER = 1000
MOST_COUNTS = 4
"""Counts of a value that is remembered."""


class Count(NamedTuple):
    """One count of a metric.

    Attributes:
        metric: the metric.
        key: of it.
        times: the count of the key.
        adds: whether the metric's values add up.
        by_day: whether its counts carry their day.
    """

    metric: Metric
    key: str
    times: int
    adds: bool
    by_day: bool


class Meaning(NamedTuple):
    """What a value means.

    Attributes:
        counts: what it tells of its metric; none if it says nothing.
        others: what it tells of other metrics: their names, and words.
    """

    counts: tuple[Count, ...]
    others: tuple[tuple[str, str], ...] = ()


class Meanings:
    """Tells what values mean.

    Args:
        mapping: of the product.
        known: its metrics.
    """

    def __init__(self, mapping: ProductMapping, known: Mapping[str, Place]) -> None:
        self._mapping = mapping
        self._known = known
        self._found: dict[tuple[str, type, object], Meaning | Reason] = {}
        self._words: dict[str, Sequence[Sequence[str]]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def of(self, place: Place, metric: Metric, value: object, day: date) -> Meaning | Reason:
        """Tell what a value means; never raises.

        Args:
            place: what it was said of.
            metric: of that place.
            value: of any type that JSON has.
            day: on which it was said.
        """
        told = _told(place, value)
        if place.form or told is None:
            return self._work_out(place, metric, value, day)
        key = (metric.name, value.__class__, told)
        found = self._found.get(key)
        if found is None:
            # All numbers of a bucket mean what its lower bound means.
            found = self._work_out(place, metric, told if type(told) is int else value, day)
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = found
        return found

    def knows(self, name: str, value: object) -> bool:
        """Whether one of a metric's closed lists has a word."""
        words = self._words.get(name)
        if words is None:
            place = self._known.get(name)
            if place is None or place.metric is None:
                return False
            words = self._words[name] = tuple(place.metric.lists.values())
        return any(value in each for each in words)

    def _work_out(self, place: Place, metric: Metric, value: object, day: date) -> Meaning | Reason:
        value = self._plain(metric, value)
        said = formed(place.form, value, day) if place.form else value
        counts = foreign_counts(metric, said)
        if isinstance(counts, Reason):
            return counts
        found = [
            Count(metric, key, times, place.adds, place.by_day) for key, times in counts.items()
        ]
        return Meaning(tuple(found), tuple(self._others(metric, value)) if found else ())

    def _plain(self, metric: Metric, value: object) -> object:
        """Give what a value stands for by the mapping."""
        if isinstance(value, str):
            value = _stripped(value, self._mapping.strip.get(metric.name, ()))
        words = self._mapping.values.get(metric.name)
        return replaced(value, words) if words else value

    def _others(self, metric: Metric, value: object) -> list[tuple[str, str]]:
        """Give what a text that tells of a metric tells of others."""
        found: list[tuple[str, str]] = []
        for also in self._mapping.also.get(metric.name, ()) if isinstance(value, str) else ():
            text = str(value).lower()
            word = next((said for part, said in also.words.items() if part in text), also.otherwise)
            other = self._known.get(also.say)
            if word and other is not None and other.metric is not None:
                found.append((other.metric.name, word))
        return found


def _told(place: Place, value: object) -> object:
    """Give what a value is known again by; None for one that is not remembered."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else None
    if isinstance(value, dict):
        return tuple(value.items()) if _is_small(value) else None
    if type(value) is int:
        if place.buckets and value >= 0:
            return place.buckets[bisect_right(place.buckets, value) - 1]
        return value if abs(value) <= LARGEST_NUMBER else None
    return value if isinstance(value, bool) else None


def _is_small(counts: dict[object, object]) -> bool:
    """Whether that is a few words, and how often each was said."""
    return len(counts) <= MOST_COUNTS and all(
        type(word) is str
        and len(word) <= LONGEST_TEXT
        and type(times) is int
        and -LARGEST_NUMBER <= times <= LARGEST_NUMBER
        for word, times in counts.items()
    )


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
