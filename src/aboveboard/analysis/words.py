"""Enters: keys, periods and counts as machines write them. Leaves: the words that people read."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING

from aboveboard.model.many import many
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OTHER = "other"
SMALL = "small groups"
"""What ``other`` is called where only hidden groups can be in it."""
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))
_MANY_HOURS = 10
"""From here on, minutes do not matter."""
_MARK_DIGITS = 12
"""As much of an error's fingerprint as people need to tell it from others."""
_SURE = 1.96
"""How many standard errors hold 95 % of what chance alone would give."""


def first_day(period: str) -> date:
    """Give the day on which a period begins.

    Example:
        >>> first_day("2026-W47"), first_day("2026-11-21")
        (datetime.date(2026, 11, 16), datetime.date(2026, 11, 21))
    """
    return Week.parse(period).first if "W" in period else date.fromisoformat(period)


def day_label(day: date, *, year: bool = False) -> str:
    """Write a day without asking for anybody's locale.

    Example:
        >>> day_label(date(2026, 11, 6)), day_label(date(2026, 11, 6), year=True)
        ('6 Nov', '6 Nov 2026')
    """
    label = f"{day.day} {MONTHS[day.month - 1]}"
    return f"{label} {day.year}" if year else label


def reports(n: int) -> str:
    """Say on how many reports a number rests.

    Example:
        >>> reports(1), reports(1280)
        ('1 report', '1,280 reports')
    """
    return many(n, "report")


def percent(part: int, whole: int) -> str:
    """Write a share in whole percent, without making a little nothing or nearly all of it all.

    Example:
        >>> percent(1, 3), percent(1, 1000), percent(999, 1000), percent(0, 0)
        ('33 %', '<1 %', '>99 %', '–')
    """
    if whole == 0:
        return "–"
    rounded = round(100 * part / whole)
    if rounded == 0 and part:
        return "<1 %"
    if rounded == 100 and part < whole:  # noqa: PLR2004 the whole, in percent
        return ">99 %"
    return f"{rounded} %"


def likely(part: int, whole: int) -> tuple[int, int]:
    """Give the range, in percent, in which a share lies if those who report are like all others.

    It is Wilson's 95 % interval, which stays within 0 and 100 for small numbers too.

    Example:
        >>> likely(78, 128), likely(10, 10)
        ((52, 69), (72, 100))
    """
    low, high = interval(part / whole, whole)
    return round(100 * low), round(100 * high)


def interval(share: float, n: int) -> tuple[float, float]:
    """Give the range in which a share lies that was seen among ``n``; Wilson's, as above.

    Example:
        >>> [round(end, 3) for end in interval(0.987, 1310)]
        [0.979, 0.992]
    """
    z = _SURE**2 / n
    middle = (share + z / 2) / (1 + z)
    reach = _SURE * sqrt(share * (1 - share) / n + z / (4 * n)) / (1 + z)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def value_label(metric: Metric, key: str) -> str:
    """Name a value of a metric for people.

    Example:
        >>> from types import SimpleNamespace
        >>> value_label(SimpleNamespace(kind=Kind.EVENT), "how=menu,ok=yes")
        'menu, yes'
        >>> value_label(SimpleNamespace(kind=Kind.ERROR), "3fa9c0b1d2e45f60718293a4b5c6d7e8")
        '3fa9c0b1d2e4'
    """
    kind = metric.kind
    if kind is Kind.FLAG:
        return {"true": "yes", "false": "no"}.get(key, key)
    if kind.in_buckets or kind in {Kind.EVENT, Kind.ERROR}:
        return SMALL if key == OTHER else _coded(metric, key)
    return key


def _coded(metric: Metric, key: str) -> str:
    """Name a value whose key is not what people would write."""
    match metric.kind:
        case Kind.EVENT:
            return ", ".join(part.partition("=")[2] for part in key.split(","))
        case Kind.ERROR:
            return key[:_MARK_DIGITS]
        case Kind.TIMING:
            return bucket_label(metric.buckets, int(key))
        case _:
            return range_label(metric.buckets, int(key))


def amount(metric: Metric, count: int) -> str:
    """Write the sum of a single number, in people's units.

    Example:
        >>> from types import SimpleNamespace
        >>> amount(SimpleNamespace(kind=Kind.COUNTER), 1234)
        '1,234'
    """
    return duration(count) if metric.kind is Kind.SECONDS else f"{count:,}"


def duration(seconds: int) -> str:
    """Write a time in use, as finely as its length deserves.

    Example:
        >>> [duration(seconds) for seconds in (40, 754, 7200, 7380, 4_442_400)]
        ['40 s', '12 min', '2 hours', '2 h 3 min', '1,234 hours']
    """
    hours, rest = divmod(seconds, 3600)
    minutes = rest // 60
    if hours >= _MANY_HOURS:
        return f"{round(seconds / 3600):,} hours"
    if hours and minutes:
        return f"{hours} h {minutes} min"
    if hours:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{minutes} min" if minutes else f"{rest} s"


def range_label(buckets: tuple[int, ...], lower: int) -> str:
    """Name a bucket of whole numbers by its two ends.

    Example:
        >>> [range_label((0, 1, 10, 50), lower) for lower in (0, 1, 10, 50)]
        ['0', '1 to 9', '10 to 49', '50 or more']
    """
    above = bisect_right(buckets, lower)
    if above == len(buckets):
        return f"{lower:,} or more" if lower else "any"
    last = buckets[above] - 1
    return f"{lower:,}" if last == lower else f"{lower:,} to {last:,}"


def bucket_label(buckets: tuple[int, ...], lower: int) -> str:
    """Name a bucket of milliseconds by its two ends.

    Example:
        >>> [bucket_label((0, 100, 1000, 3000), lower) for lower in (0, 100, 1000, 3000)]
        ['< 100 ms', '100 ms – 1 s', '1 – 3 s', '≥ 3 s']
    """
    above = bisect_right(buckets, lower)
    low, unit = _time(lower)
    if above == len(buckets):
        return f"≥ {low} {unit}" if lower else "any"
    high, high_unit = _time(buckets[above])
    if lower == 0:
        return f"< {high} {high_unit}"
    return f"{low} – {high} {unit}" if unit == high_unit else f"{low} {unit} – {high} {high_unit}"


def _time(milliseconds: int) -> tuple[str, str]:
    size, unit = next((u for u in _UNITS if milliseconds >= u[0]), _UNITS[-1])
    return f"{milliseconds / size:.3g}", unit
