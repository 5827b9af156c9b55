"""Enters: a value for a metric. Leaves: the counts it stands for, or why it is out of bounds.

The device reduces what a program hands over; the collector checks what a stranger sent. Both ask
the same metric, here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.model.verdict import Reason
from aboveboard.registry.metrics import OTHER
from aboveboard.registry.names import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.model.event import Value
    from aboveboard.model.metric import Metric
    from aboveboard.model.report import EntryValue

MOST_PER_BUCKET = 1_000_000
_LEADING_NUMBERS = re.compile(r"[0-9]{1,6}(?![0-9])(\.[0-9]{1,6}(?![0-9]))*")


def reduce(metric: Metric, value: Value) -> str | Reason:
    """Reduce what a program set to the key that is kept; free text cannot pass.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.metric import Approval, Metric
        >>> agreed = Approval(date(2026, 1, 1), "", "")
        >>> python = Metric("system.python", Kind.VERSION, "", "", "", "", "", agreed, None, "env")
        >>> reduce(python, "3.11.7+debian")
        '3.11'
        >>> reduce(python, "my secret").value
        'out_of_bounds'
    """
    match metric.kind:
        case Kind.FLAG:
            return str(value).lower() if isinstance(value, bool) else Reason.WRONG_KIND
        case Kind.CHOICE:
            if not isinstance(value, str):
                return Reason.WRONG_KIND
            return value if value in metric.choices else Reason.OUT_OF_BOUNDS
        case Kind.VERSION:
            return _cut(metric, value) if isinstance(value, str) else Reason.WRONG_KIND
        case Kind.COUNTER | Kind.TIMING:
            return Reason.WRONG_KIND


def fallback(metric: Metric) -> str | None:
    """Give the key that a value out of bounds is kept under, if the kind has one."""
    return OTHER if metric.kind is Kind.CHOICE else None


def bucket(metric: Metric, milliseconds: int) -> str:
    """Give the key of the bucket that a time falls into: its lower bound."""
    return str(metric.buckets[max(0, bisect_right(metric.buckets, milliseconds) - 1)])


def counts(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    """Turn the value of a report's entry into counts per key.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.metric import Approval, Metric
        >>> agreed = Approval(date(2026, 1, 1), "", "")
        >>> runs = Metric("command.sql", Kind.COUNTER, "", "", "", "", "", agreed, None, "usage")
        >>> counts(runs, 3), counts(runs, "three").value
        ({'': 3}, 'wrong_kind')
    """
    return _COUNTS[metric.kind](metric, value)


def _counter(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    if not isinstance(value, int) or isinstance(value, bool):
        return Reason.WRONG_KIND
    return {"": value} if 1 <= value <= metric.largest else Reason.OUT_OF_BOUNDS


def _flag(_: Metric, value: EntryValue) -> dict[str, int] | Reason:
    return {str(value).lower(): 1} if isinstance(value, bool) else Reason.WRONG_KIND


def _choice(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    if not isinstance(value, str):
        return Reason.WRONG_KIND
    return {value: 1} if value in metric.choices else Reason.OUT_OF_BOUNDS


def _version(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    if not isinstance(value, str):
        return Reason.WRONG_KIND
    whole = VERSION.fullmatch(value) and value.count(".") < metric.precision
    return {value: 1} if whole else Reason.OUT_OF_BOUNDS


def _timing(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    if not isinstance(value, dict):
        return Reason.WRONG_KIND
    known = {str(bound) for bound in metric.buckets}
    fits = value and known.issuperset(value)
    if not fits or not all(1 <= count <= MOST_PER_BUCKET for count in value.values()):
        return Reason.OUT_OF_BOUNDS
    return value


_COUNTS: dict[Kind, Callable[[Metric, EntryValue], dict[str, int] | Reason]] = {
    Kind.COUNTER: _counter,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.VERSION: _version,
    Kind.TIMING: _timing,
}


def _cut(metric: Metric, value: str) -> str | Reason:
    found = _LEADING_NUMBERS.match(value)
    if found is None:
        return Reason.OUT_OF_BOUNDS
    return ".".join(found[0].split(".")[: metric.precision])
