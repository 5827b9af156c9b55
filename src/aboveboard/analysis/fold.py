"""Enters: the totals of one metric and period. Leaves: its groups, and none that may be somebody.

What is kept from being worked out, for a threshold of ``t`` reports:

- A value that fewer than ``t`` reports said. It is put together with others as ``other``, until
  that rests on ``t`` different reports. Where every report says one value alone, these add up;
  where a report may say many, they rest for sure on no more than the largest of them does.
- How much a small value has in such a rest. Of the reports of a rest whose values overlap only a
  lower bound is given, in steps of ``t``: the exact number of its largest value would tell the
  others apart from it wherever each report counts once.
- Whom a name is missing from. To list names says of each name yes or no. So of a name that all but
  a few reports have, only ``all_n - t + 1`` is given, as "at least".

Of values that add up, the reports that did not say one stay countable (``all_n`` less ``n``): they
say nothing of it. So do, within bounds, those that said two values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis.order import natural
from aboveboard.model.metric import Kind
from aboveboard.model.total import Group, PublishedPeriod
from aboveboard.registry.bounds import is_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Total

OTHER = "other"


def fold(totals: Sequence[Total], metric: Metric) -> PublishedPeriod:
    """Fold the groups of one metric and period that are smaller than its threshold.

    They are put together as ``other``. While ``other`` itself would stay below the threshold, the
    smallest group that is left joins it, because a single small rest could be worked out from the
    sum. If the whole period is below the threshold, nothing of it is published.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.metric import Approval, Kind, Metric
        >>> from aboveboard.model.total import Total
        >>> agreed = Approval(date(2026, 1, 1), "", "")
        >>> words = ("linux", "macos", "beos", "other")
        >>> os = Metric("system.os", Kind.CHOICE, "", "", "", "", "", agreed, None, "", "", words)
        >>> rows = [("linux", 40), ("macos", 12), ("beos", 2)]
        >>> totals = [Total("system.os", "week", "2026-W47", k, n, n, 54) for k, n in rows]
        >>> [(group.key, group.n) for group in fold(totals, os).groups]
        [('linux', 40), ('other', 14)]
    """
    if totals[0].all_n < metric.threshold:
        return PublishedPeriod(totals[0].period, None, ())
    shown = [total for total in totals if _stands_alone(metric, total)]
    rest = [total for total in totals if not _stands_alone(metric, total)]
    shown.sort(key=lambda total: -total.n)
    apart = _are_apart(totals)
    while rest and _surely(rest, apart=apart) < metric.threshold and shown:
        rest.append(shown.pop())
    return _put_together(metric, shown, rest, apart=apart)


def fold_all_but(totals: Sequence[Total], metric: Metric, keys: Collection[str]) -> PublishedPeriod:
    """Fold all groups of a period but those of some keys; whether they are too small is known."""
    shown = [total for total in totals if total.key in keys]
    rest = [total for total in totals if total.key not in keys]
    return _put_together(metric, shown, rest, apart=_are_apart(totals))


def surely(totals: Sequence[Total], keys: Collection[str]) -> int:
    """Tell on how many different reports the groups surely rest that are not of some keys."""
    rest = [total for total in totals if total.key not in keys]
    return _surely(rest, apart=_are_apart(totals)) if rest else 0


def most_said(metric: Metric, everyone: int) -> int:
    """Give the largest number of reports that is told of a name: few others could be somebody."""
    return max(metric.threshold, everyone - metric.threshold + 1)


def _are_apart(totals: Sequence[Total]) -> bool:
    """Whether each report is in one group alone."""
    return sum(total.n for total in totals) == totals[0].all_n


def _put_together(
    metric: Metric, shown: Sequence[Total], rest: Sequence[Total], *, apart: bool
) -> PublishedPeriod:
    one = (*shown, *rest)[0]
    if not shown:
        return PublishedPeriod(one.period, one.all_n, (_everything(metric, rest),))
    order = natural(metric)
    groups = [_group(metric, total) for total in sorted(shown, key=lambda t: order(t.key))]
    if rest:
        groups.append(_rest(metric, rest, apart=apart))
    return PublishedPeriod(one.period, one.all_n, tuple(groups))


def _stands_alone(metric: Metric, total: Total) -> bool:
    known = is_key(metric, total.key) and total.key != OTHER
    return known and total.n >= metric.threshold


def _surely(totals: Sequence[Total], *, apart: bool) -> int:
    """Tell on how many different reports some groups surely rest."""
    return sum(total.n for total in totals) if apart else max(total.n for total in totals)


def _group(metric: Metric, total: Total) -> Group:
    if metric.kind is not Kind.NAMES:
        return Group(total.key, total.count, total.n)
    n = min(total.n, most_said(metric, total.all_n))
    return Group(total.key, n, n)


def _rest(metric: Metric, rest: Sequence[Total], *, apart: bool) -> Group:
    """Put a rest together that stands beside other groups."""
    folded = _is_folded(rest)
    n = _surely(rest, apart=apart)
    if metric.kind is Kind.NAMES:
        n = min(n, most_said(metric, rest[0].all_n))
    if folded and not apart:
        n -= n % metric.threshold
    return Group(OTHER, _count(metric, rest, n), n, folded)


def _everything(metric: Metric, rest: Sequence[Total]) -> Group:
    """Put everything together: it rests on every report."""
    n = rest[0].all_n
    return Group(OTHER, _count(metric, rest, n), n, _is_folded(rest))


def _count(metric: Metric, rest: Sequence[Total], n: int) -> int:
    """Sum up a rest; but names count once a report, and their sum would tell small ones."""
    if metric.kind is Kind.NAMES and _is_folded(rest):
        return n
    return sum(total.count for total in rest)


def _is_folded(rest: Sequence[Total]) -> bool:
    return any(total.key != OTHER for total in rest)
