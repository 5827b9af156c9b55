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
from aboveboard.registry.bound_fields import OTHER
from aboveboard.registry.names import ERROR_MARK, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.event import Value
    from aboveboard.model.metric import Metric
    from aboveboard.model.report import EntryValue

MOST_PER_BUCKET = 1_000_000
MOST_UNKNOWN_NAMES = 10_000
MOST_MARKS = 50
"""Different places in the code, or versions, that one report may name for a day."""
LONGEST_RELEASE = 100
_RELEASE = re.compile(
    r"v?([0-9]{1,6}(?:\.[0-9]{1,6})*)(?:\.?(?:a|alpha|b|beta|c|rc|pre|dev|post)[0-9]*)?"
    rf"(?:(?:[-+_~ ]|\.(?=[A-Za-z])).{{0,{LONGEST_RELEASE}}})?",
    re.IGNORECASE,
)
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
    match metric.kind, value:
        case Kind.FLAG, bool():
            return str(value).lower()
        case Kind.CHOICE, str():
            return value if value in metric.choices else Reason.OUT_OF_BOUNDS
        case Kind.VERSION, str():
            return _cut(metric, value)
        case Kind.QUANTITY, int() if not isinstance(value, bool):
            return bucket(metric, value) if value >= 0 else Reason.OUT_OF_BOUNDS
        case _:
            return Reason.WRONG_KIND


def fallback(metric: Metric) -> str | None:
    """Give the key that a value out of bounds is kept under, if the kind has one."""
    return OTHER if metric.kind is Kind.CHOICE else None


def bucket(metric: Metric, amount: int) -> str:
    """Give the key of the bucket that a time or an amount falls into: its lower bound."""
    return str(metric.buckets[max(0, bisect_right(metric.buckets, amount) - 1)])


def label(metric: Metric, said: object) -> str:
    """Give the key of a label of a labelled counter; what is none counts as ``other``.

    Where labels are versions, one is cut to its first parts. Something else that begins with a
    digit, such as the name of a commit, is no version.

    Example:
        >>> from types import SimpleNamespace
        >>> started = SimpleNamespace(labels=(), precision=2)
        >>> [label(started, said) for said in ("1.4.2", "1.4.0-rc.1", "v2.0B3", "3fa9c0b1", "x")]
        ['1.4', '1.4', '2.0', 'other', 'other']
    """
    if not isinstance(said, str):
        return OTHER
    if metric.labels:
        return said if said in metric.labels else OTHER
    found = _RELEASE.fullmatch(said)
    return ".".join(found[1].split(".")[: metric.precision]) if found is not None else OTHER


def combination(metric: Metric, said: Mapping[str, str]) -> str | Reason:
    """Give the key of one combination of an event's extras; what a list lacks becomes ``other``.

    Example:
        >>> from types import SimpleNamespace
        >>> opened = SimpleNamespace(extras={"how": ("menu", "other"), "ok": ("yes", "other")})
        >>> combination(opened, {"ok": "yes", "how": "by magic"})
        'how=other,ok=yes'
    """
    if set(said) != set(metric.extras):
        return Reason.OUT_OF_BOUNDS
    words = {name: said[name] if said[name] in known else OTHER for name, known in _sorted(metric)}
    return ",".join(f"{name}={word}" for name, word in words.items())


def is_key(metric: Metric, key: str) -> bool:
    """Whether a key is one of the metric's values as the registry stands today."""
    return _IS_KEY[metric.kind](metric, key)


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
    match metric.kind:
        case Kind.COUNTER | Kind.SECONDS:
            return _number(metric, value)
        case Kind.FLAG:
            return {str(value).lower(): 1} if isinstance(value, bool) else Reason.WRONG_KIND
        case Kind.CHOICE | Kind.VERSION:
            return _one(metric, value) if isinstance(value, str) else Reason.WRONG_KIND
        case Kind.QUANTITY:
            return _one(metric, str(value)) if _is_number(value) else Reason.WRONG_KIND
        case _:
            return _many(metric, value) if isinstance(value, dict) else Reason.WRONG_KIND


def _number(metric: Metric, value: EntryValue) -> dict[str, int] | Reason:
    if not isinstance(value, int) or isinstance(value, bool):
        return Reason.WRONG_KIND
    return {"": value} if 1 <= value <= metric.largest else Reason.OUT_OF_BOUNDS


def _one(metric: Metric, key: str) -> dict[str, int] | Reason:
    return {key: 1} if is_key(metric, key) else Reason.OUT_OF_BOUNDS


def _many(metric: Metric, value: dict[str, int]) -> dict[str, int] | Reason:
    if not value or not all(is_key(metric, key) for key in value):
        return Reason.OUT_OF_BOUNDS
    if has_open_keys(metric) and len(value) > MOST_MARKS:
        return Reason.OUT_OF_BOUNDS
    within = all(1 <= count <= most_per_key(metric, key) for key, count in value.items())
    return value if within else Reason.OUT_OF_BOUNDS


def has_open_keys(metric: Metric) -> bool:
    """Whether no list holds the keys that a report may name of a metric."""
    return metric.kind is Kind.ERROR or (metric.kind is Kind.LABELLED and not metric.labels)


def most_per_key(metric: Metric, key: str) -> int:
    """Give the largest count that one key of a metric may have in one entry."""
    match metric.kind:
        case Kind.NAMES:
            return MOST_UNKNOWN_NAMES if key == OTHER else 1
        case Kind.TIMING | Kind.DISTRIBUTION:
            return MOST_PER_BUCKET
        case _:
            return metric.largest


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_version(metric: Metric, key: str) -> bool:
    return VERSION.fullmatch(key) is not None and key.count(".") < metric.precision


def _is_label(metric: Metric, key: str) -> bool:
    if metric.labels:
        return key in metric.labels
    return key == OTHER or _is_version(metric, key)


def _is_bucket(metric: Metric, key: str) -> bool:
    return key in {str(bound) for bound in metric.buckets}


def _is_combination(metric: Metric, key: str) -> bool:
    said = [part.partition("=") for part in key.split(",")]
    known = _sorted(metric)
    return [name for name, _, _ in said] == [name for name, _ in known] and all(
        word in words for (_, _, word), (_, words) in zip(said, known, strict=True)
    )


def _sorted(metric: Metric) -> list[tuple[str, tuple[str, ...]]]:
    return sorted(metric.extras.items())


_IS_KEY: dict[Kind, Callable[[Metric, str], bool]] = {
    Kind.COUNTER: lambda _, key: not key,
    Kind.SECONDS: lambda _, key: not key,
    Kind.FLAG: lambda _, key: key in {"true", "false"},
    Kind.CHOICE: lambda metric, key: key in metric.choices,
    Kind.VERSION: _is_version,
    Kind.QUANTITY: _is_bucket,
    Kind.TIMING: _is_bucket,
    Kind.DISTRIBUTION: _is_bucket,
    Kind.NAMES: lambda metric, key: key in metric.names,
    Kind.LABELLED: _is_label,
    Kind.EVENT: _is_combination,
    Kind.ERROR: lambda _, key: ERROR_MARK.fullmatch(key) is not None,
}


def _cut(metric: Metric, value: str) -> str | Reason:
    found = _LEADING_NUMBERS.match(value)
    if found is None:
        return Reason.OUT_OF_BOUNDS
    return ".".join(found[0].split(".")[: metric.precision])
