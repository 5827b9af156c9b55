"""Enters: what a foreign client said of a metric. Leaves: counts per key, or why there are none.

A client of somebody else says ``"Yes"``, ``true`` or ``1``, and sends as text what is kept as a
range here. Its value may have been reduced by the client or not; what comes out is within the
metric's bounds in any case, and no text comes out that the registry does not hold.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Reducer
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.bound_fields import OTHER
from aboveboard.registry.names import ERROR_MARK
from aboveboard.registry.reducers import reduce_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.metric import Metric

    Counts = Mapping[str, int]

YES = frozenset({"true", "yes", "on", "1", "enabled"})
NO = frozenset({"false", "no", "off", "0", "disabled"})
MOST_ITEMS = 1000
"""Items of a list that are looked at."""
LONGEST_NUMBER = 20
_NOTHING: Counts = {}


def foreign_counts(metric: Metric, value: object) -> Counts | Reason:
    """Turn a foreign value into counts; never raises.

    Args:
        metric: says what may be kept.
        value: of any type that JSON has.

    Returns:
        Counts per key, none for a value that says nothing; or WRONG_KIND or OUT_OF_BOUNDS.

    Example:
        >>> from types import SimpleNamespace
        >>> flag = SimpleNamespace(kind=Kind.FLAG, reducer=None)
        >>> foreign_counts(flag, "Yes"), foreign_counts(flag, 0)
        ({'true': 1}, {'false': 1})
        >>> foreign_counts(flag, "my secret").value
        'wrong_kind'
    """
    if value is None:
        return _NOTHING
    return _COUNT[metric.kind](metric, value)


def _flag(metric: Metric, value: object) -> Counts | Reason:
    said = yes_or_no(value)
    if said is None and metric.reducer is Reducer.IS_SET:
        found = reduce_setting(metric, value)
        said = found if isinstance(found, bool) else None
    if said is None:
        return _NOTHING if value == "" else Reason.WRONG_KIND
    return {str(said).lower(): 1}


def yes_or_no(value: object) -> bool | None:
    """Give what somebody means by a word; None for any other."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in YES else False if word in NO else None


def _choice(metric: Metric, value: object) -> Counts | Reason:
    word = _word(value)
    if word is None:
        return Reason.WRONG_KIND
    if not word and word not in metric.choices:
        return _NOTHING
    if word in metric.choices:
        return {word: 1}
    return {OTHER: 1} if OTHER in metric.choices else Reason.OUT_OF_BOUNDS


def _version(metric: Metric, value: object) -> Counts | Reason:
    word = None if isinstance(value, bool) else _word(value)
    if word is None:
        return Reason.WRONG_KIND
    if not word:
        return _NOTHING
    found = bounds.reduce(metric, word[:100])
    return found if isinstance(found, Reason) else {found: 1}


def _quantity(metric: Metric, value: object) -> Counts | Reason:
    number = len(value) if isinstance(value, list | dict) else _number(value)
    if number is None:
        return _NOTHING if value == "" else Reason.WRONG_KIND
    if number < 0:
        return Reason.OUT_OF_BOUNDS
    return {bounds.bucket(metric, math.floor(number)): 1}


def _names(metric: Metric, value: object) -> Counts | Reason:
    items = value if isinstance(value, list) else [value]
    if len(items) > MOST_ITEMS:
        return Reason.OUT_OF_BOUNDS
    words = {word for word in map(_word, items) if word}
    known = {word: 1 for word in metric.names if word in words and word != OTHER}
    others = len(words) - len(known)
    return {**known, OTHER: others} if others and OTHER in metric.names else known


def _sum(metric: Metric, value: object) -> Counts | Reason:
    number = _number(value)
    if number is None or number != math.floor(number):
        return Reason.WRONG_KIND
    if number == 0:
        return _NOTHING
    return {"": int(number)} if 1 <= number <= metric.largest else Reason.OUT_OF_BOUNDS


def _labelled(metric: Metric, value: object) -> Counts | Reason:
    said = value if isinstance(value, dict) else _once_each(value)
    found: dict[str, int] = {}
    for label, times in said.items():
        counted = _sum(metric, times)
        if isinstance(counted, Reason) or not isinstance(label, str):
            return counted if isinstance(counted, Reason) else Reason.WRONG_KIND
        key = bounds.label(metric, label)
        if not bounds.is_key(metric, key):
            return Reason.OUT_OF_BOUNDS
        if counted:
            found[key] = found.get(key, 0) + counted[""]
    if bounds.has_open_keys(metric) and len(found) > bounds.MOST_MARKS:
        return Reason.OUT_OF_BOUNDS
    return found


def _once_each(value: object) -> dict[str | None, int]:
    items = value if isinstance(value, list) else [value]
    return {_word(item): 1 for item in items[: MOST_ITEMS + 1]}


def _measured(metric: Metric, value: object) -> Counts | Reason:
    """Count an amount, or how often each of many amounts was measured."""
    said = value.items() if isinstance(value, dict) else [(value, 1)]
    if len(said) > MOST_ITEMS:
        return Reason.OUT_OF_BOUNDS
    found: dict[str, int] = {}
    for told, times in said:
        number, counted = _number(told), _sum(metric, times)
        if number is None or isinstance(counted, Reason):
            return counted if isinstance(counted, Reason) else Reason.WRONG_KIND
        if number < 0:
            return Reason.OUT_OF_BOUNDS
        key = bounds.bucket(metric, math.floor(number))
        if counted:
            found[key] = found.get(key, 0) + counted[""]
    return found


def _event(metric: Metric, value: object) -> Counts | Reason:
    if not isinstance(value, dict):
        return Reason.WRONG_KIND
    words = {str(name): _word(word) or OTHER for name, word in value.items()}
    found = bounds.combination(metric, words)
    return found if isinstance(found, Reason) else {found: 1}


def _error(_metric: Metric, value: object) -> Counts | Reason:
    """Count a fingerprint that the wire made; the text of an error is none."""
    is_mark = isinstance(value, str) and ERROR_MARK.fullmatch(value)
    return {str(value): 1} if is_mark else Reason.WRONG_KIND


def _word(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) else None


def _number(value: object) -> float | None:
    """Give a number, also where it stands in a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        word = value.strip()
        return (
            int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER else None
        )
    if isinstance(value, int):
        return value  # it may have hundreds of digits, more than a float can be asked about
    return value if isinstance(value, float) and math.isfinite(value) else None


_COUNT: Mapping[Kind, Callable[[Metric, object], Counts | Reason]] = {
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.VERSION: _version,
    Kind.QUANTITY: _quantity,
    Kind.NAMES: _names,
    Kind.COUNTER: _sum,
    Kind.SECONDS: _sum,
    Kind.LABELLED: _labelled,
    Kind.TIMING: _measured,
    Kind.DISTRIBUTION: _measured,
    Kind.EVENT: _event,
    Kind.ERROR: _error,
}
