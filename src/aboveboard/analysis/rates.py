"""Enters: totals of a metric, and of the one that it is a part of. Leaves: the share, by week.

The share follows from counts that are published of the two metrics, and hides what they hide:

- a week, or a label, of which the whole is hidden has no share;
- where fewer reports than the threshold said the part, only a bound is given, the same one whether
  nothing or nearly enough was counted: as if the part were one less than the threshold. Where so
  few reports count more than that, there is no share.

How sure it is, is told as if each report had told of one thing: those of one report may well be of
one machine, and go wrong together. So the range is rather too wide than too narrow.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from aboveboard.analysis.fold import OTHER, fold
from aboveboard.analysis.words import interval
from aboveboard.model.total import PublishedRate, RateShare, RateWeek

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.metric import Metric, Rate
    from aboveboard.model.total import Group, PublishedPeriod, Total

AT_LEAST, AT_MOST = "≥ ", "≤ "
_TENTHS = 1000
"""Tenths of a percent in a whole."""


def published_rate(
    rate: Rate,
    metrics: tuple[Metric, Metric],
    parts: Mapping[str, list[Total]],
    wholes: Mapping[str, list[Total]],
) -> PublishedRate:
    """Publish which share of one metric another one is, or leaves, week by week.

    Args:
        rate: what the registry says of it.
        metrics: the one that is a part, and the whole.
        parts: week to totals of the part.
        wholes: the same of the whole.
    """
    part, whole = metrics
    weeks = [
        _week(rate, part, fold(wholes[period], whole), parts.get(period, []))
        for period in sorted(wholes)
    ]
    return PublishedRate(rate, part, whole, tuple(weeks))


def share_words(share: RateShare) -> str:
    """Write a share in tenths of a percent; a bound is rounded away from what it bounds.

    Example:
        >>> shares = [(0.98712, ""), (0.9999, ""), (0.98799, AT_LEAST), (0.00121, AT_MOST)]
        >>> [share_words(RateShare("", value, bound, (0, 1), 9, 9)) for value, bound in shares]
        ['98.7 %', '>99.9 %', '≥ 98.7 %', '≤ 0.2 %']
        >>> [share_words(RateShare("", value, "", (0, 1), 9, 9)) for value in (1, 0, 0.0001)]
        ['100 %', '0 %', '<0.1 %']
    """
    if share.bound:
        tenths = (floor if share.bound == AT_LEAST else ceil)(share.share * _TENTHS)
        return f"{share.bound}{tenths / 10:.1f} %"
    if share.share in {0, 1}:
        return f"{share.share:.0%}".replace("%", " %")
    tenths = round(share.share * _TENTHS)
    if tenths in {0, _TENTHS}:
        return "<0.1 %" if tenths == 0 else ">99.9 %"
    return f"{tenths / 10:.1f} %"


def likely_words(share: RateShare) -> str:
    """Write where a share lies, if those who report are like all others.

    Example:
        >>> likely_words(RateShare("", 0.98, AT_LEAST, (0.9612, 1.0), 9, 9))
        '96.1 to 100.0 %'
    """
    low, high = (100 * end for end in share.likely)
    return f"{low:.1f} to {high:.1f} %"


def _week(rate: Rate, metric: Metric, whole: PublishedPeriod, totals: Sequence[Total]) -> RateWeek:
    if whole.n is None:
        return RateWeek(whole.period, None, ())
    part = fold(totals, metric) if totals else None
    counts = {total.key: total.count for total in totals}
    shown = {group.key: group.count for group in _alone(part)}
    found = [_counted(metric, None if part is None else part.n, sum(counts.values()))]
    wholes = [("", whole.count, whole.n)]
    for group in _alone(whole):
        if group.key:
            found.append(shown.get(group.key, _few(metric, counts.get(group.key, 0))))
            wholes.append((group.key, group.count, group.n))
    shares = [
        _share(rate, metric, some, about)
        for some, about in zip(found, wholes, strict=True)
        if some is not None
    ]
    return RateWeek(whole.period, whole.n, tuple(shares))


def _alone(period: PublishedPeriod | None) -> list[Group]:
    """Give the groups of a week that are shown by themselves."""
    return [] if period is None else [group for group in period.groups if group.key != OTHER]


def _counted(metric: Metric, n: int | None, count: int) -> int | None:
    """Give a count that is shown; what is hidden is -1 if it is few, None if nothing is told."""
    return count if n is not None else _few(metric, count)


def _few(metric: Metric, count: int) -> int | None:
    return _FEW if count < metric.threshold else None


_FEW = -1


def _share(rate: Rate, metric: Metric, some: int, about: tuple[str, int, int]) -> RateShare:
    key, whole, n = about
    few = some == _FEW
    part = min(metric.threshold - 1 if few else some, whole)
    share = (whole - part) / whole if rate.rest else part / whole
    low, high = interval(share, n)
    if not few or metric.threshold == 1:
        return RateShare(key, share, "", (low, high), whole, n)
    if rate.rest:
        return RateShare(key, share, AT_LEAST, (low, 1.0), whole, n)
    return RateShare(key, share, AT_MOST, (0.0, high), whole, n)
