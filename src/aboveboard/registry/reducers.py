"""Enters: a setting of the host and its metric. Leaves: the value to set, or why there is none.

Nothing but yes or no, a bucket's bound, a word or name of the metric's own list and the first
numbers of a version comes out; no text of a setting does. What each reducer makes of odd and of
missing values is told in ``docs/reducers.md``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Reducer
from aboveboard.model.setting import MISSING
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.bound_fields import LARGEST, OTHER
from aboveboard.registry.plain import (
    MOST_ITEMS,
    is_a,
    items_of,
    length_of,
    number_of,
    same,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.setting import Reduced

LONGEST_VERSION = 100
"""So many characters of a text are looked at for the first parts of a version."""


def reduce_setting(metric: Metric, value: object, default: object = MISSING) -> Reduced | Reason:
    """Reduce a setting to what its metric says of it; never raises.

    Args:
        metric: says the reducer and its bounds.
        value: the setting, of any type; MISSING or None where it is not set, and then the default
            is what holds.
        default: what the product ships with; MISSING where nobody knows, None where it ships with
            nothing.

    Returns:
        What the metric may be set to; or NO_SETTING, NO_DEFAULT, WRONG_KIND or OUT_OF_BOUNDS.

    Example:
        >>> from types import SimpleNamespace
        >>> server = SimpleNamespace(kind=Kind.FLAG, reducer=Reducer.IS_SET)
        >>> reduce_setting(server, "mail.example"), reduce_setting(server, "")
        (True, False)
        >>> changed = SimpleNamespace(kind=Kind.FLAG, reducer=Reducer.IS_DEFAULT)
        >>> reduce_setting(changed, 30, default=20), reduce_setting(changed, 30).value
        (False, 'no_default')
    """
    if metric.reducer is None:
        return Reason.WRONG_KIND
    try:
        if metric.reducer is Reducer.IS_DEFAULT:
            return _is_default(value, default)
        return _REDUCE[metric.reducer](metric, _in_force(value, default))
    except Exception:  # noqa: BLE001 whatever a host's object does, the host goes on
        return Reason.WRONG_KIND


def unreduced(value: object) -> Reduced | None:
    """Give a value for a metric without a reducer in plain types, or None for what is no value.

    Its text is as it was: whoever sets the metric checks it against the metric's bounds.

    Example:
        >>> unreduced("linux"), unreduced(("Serif", "Sans")), unreduced(0.5)
        ('linux', ['Serif', 'Sans'], None)
    """
    if is_a(value, bool):
        return value
    if is_a(value, int):
        return int.__int__(value)
    text, items = text_of(value), items_of(value)
    if text is not None or items is None or (length_of(value) or 0) > MOST_ITEMS:
        return text
    names = [text_of(item) for item in items]
    return None if None in names else [name for name in names if name is not None]


def _in_force(value: object, default: object) -> object:
    """Give the setting that holds: the default where nothing is set."""
    unset = value is None or value is MISSING
    return default if unset and default is not MISSING else value


def _is_default(value: object, default: object) -> bool | Reason:
    if default is MISSING:
        return Reason.NO_DEFAULT
    return same(_in_force(value, default), default)


def _flag(_: Metric, value: object) -> bool | Reason:
    return value if is_a(value, bool) else _why(value)


def _is_set(_: Metric, value: object) -> bool:
    if value is None or value is MISSING:
        return False
    text, length = text_of(value), length_of(value)
    if is_a(value, bytes):
        length = bytes.__len__(value)
    if text is not None:
        return bool(text.strip())
    return length != 0


def _count_of(metric: Metric, value: object) -> int | Reason:
    length = 0 if value is None else length_of(value)
    return _why(value) if length is None else int(bounds.bucket(metric, length))


def _bucket(metric: Metric, value: object) -> int | Reason:
    number = number_of(value)
    if number is None:
        return _why(value)
    if number < 0 or (is_a(number, float) and not math.isfinite(number)):
        return Reason.OUT_OF_BOUNDS
    return int(bounds.bucket(metric, math.floor(number)))


def _one_of(metric: Metric, value: object) -> Reduced | Reason:
    if metric.kind is Kind.NAMES:
        return _names(metric, value)
    word = _word(value)
    if word is None:
        return _why(value)
    return word if word in metric.choices else OTHER


def _names(metric: Metric, value: object) -> list[str] | Reason:
    """Give the known names of a list, in the registry's order; each other item is ``other``."""
    items = iter(()) if value is None else items_of(value)
    if items is None:
        return _why(value)
    if (length_of(value) or 0) > MOST_ITEMS:
        return Reason.OUT_OF_BOUNDS
    said = [text_of(item) for item in items]
    different = set(said) - {None}
    known = [name for name in metric.names if name in different and name != OTHER]
    return known + [OTHER] * (len(different) - len(known) + said.count(None))


def _version(metric: Metric, value: object) -> str | Reason:
    word = None if is_a(value, bool) else _word(value)
    if word is None:
        return _why(value)
    return bounds.reduce(metric, word[:LONGEST_VERSION])


def _word(value: object) -> str | None:
    """Give a text as it is, yes and no and whole numbers in their usual spelling."""
    if is_a(value, bool):
        return str(value).lower()
    number = number_of(value)
    if is_a(number, int):
        return str(number) if abs(number) <= LARGEST else OTHER
    return text_of(value)


def _why(value: object) -> Reason:
    unset = value is None or value is MISSING
    return Reason.NO_SETTING if unset else Reason.WRONG_KIND


_REDUCE: Mapping[Reducer, Callable[[Metric, object], Reduced | Reason]] = {
    Reducer.FLAG: _flag,
    Reducer.IS_SET: _is_set,
    Reducer.COUNT_OF: _count_of,
    Reducer.BUCKET: _bucket,
    Reducer.ONE_OF: _one_of,
    Reducer.VERSION: _version,
}
