"""Step 12. Enters: totals and a registry. Leaves: what anyone may read, no group too small."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.total import Group, PublishedApp, PublishedMetric, PublishedPeriod
from aboveboard.registry.names import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.model.metric import Metric, Registry
    from aboveboard.model.total import Total

OTHER = "other"


def publish(registry: Registry, totals: Iterable[Total], reports: int) -> PublishedApp:
    """Publish an app's totals: one metric after the other, in the registry's order.

    Totals of metrics that the registry does not name (any more) are not published.
    """
    by_period: dict[tuple[str, str, str], list[Total]] = defaultdict(list)
    for total in totals:
        by_period[total.metric, total.span, total.period].append(total)
    metrics = []
    for metric in registry.metrics.values():
        weeks = _periods(metric, "week", by_period)
        metrics.append(PublishedMetric(metric, weeks, _days(metric, by_period)))
    return PublishedApp(registry, reports, tuple(metrics))


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
    period = totals[0].period
    if totals[0].all_n < metric.threshold:
        return PublishedPeriod(period, None, ())
    named = [total for total in totals if _fits(metric, total.key)]
    rest = [total for total in totals if not _fits(metric, total.key)]
    rest += [total for total in named if total.n < metric.threshold]
    shown = sorted((t for t in named if t.n >= metric.threshold), key=lambda total: -total.n)
    while rest and _reports(metric, rest) < metric.threshold and shown:
        rest.append(shown.pop())
    groups = [Group(total.key, total.count, total.n) for total in shown]
    groups.sort(key=lambda group: _natural(metric, group.key))
    if rest:
        folded = any(total.key != OTHER for total in rest)
        count = sum(total.count for total in rest)
        n = _reports(metric, rest) if shown else totals[0].all_n
        groups.append(Group(OTHER, count, n, folded))
    return PublishedPeriod(period, totals[0].all_n, tuple(groups))


def as_json(app: PublishedApp) -> dict[str, object]:
    """Give the numbers of a page as plain data, each with its ``n``.

    ``n`` is null, and the list of groups empty, where fewer reports than the threshold arrived.
    """
    registry = app.registry
    return {
        "app": registry.app,
        "title": registry.title,
        "note": registry.note,
        "registry": registry.fingerprint,
        "reports": app.reports,
        "metrics": [
            {
                "metric": published.metric.name,
                "kind": published.metric.kind.value,
                "title": published.metric.title,
                "question": published.metric.question,
                "threshold": published.metric.threshold,
                "weeks": [_period_json(period) for period in published.weeks],
                "days": [_period_json(period) for period in published.days],
            }
            for published in app.metrics
        ],
    }


def _period_json(period: PublishedPeriod) -> dict[str, object]:
    groups = [
        {"value": group.key, "count": group.count, "n": group.n, "folded": group.folded}
        for group in period.groups
    ]
    count = None if period.n is None else period.count
    return {"period": period.period, "n": period.n, "count": count, "groups": groups}


def _periods(
    metric: Metric, span: str, found: dict[tuple[str, str, str], list[Total]]
) -> tuple[PublishedPeriod, ...]:
    mine = [key for key in found if key[:2] == (metric.name, span)]
    return tuple(fold(found[key], metric) for key in sorted(mine))


def _days(
    metric: Metric, found: dict[tuple[str, str, str], list[Total]]
) -> tuple[PublishedPeriod, ...]:
    """Publish days of counters; a bucket hidden on one day could be worked out from the others.

    So could a whole hidden day, from its week: unless the hidden days of a week rest on enough
    reports together, the smallest of its other days is hidden with them.
    """
    if metric.kind is not Kind.COUNTER:
        return ()
    reports = {
        period: totals[0].all_n
        for (name, span, period), totals in found.items()
        if (name, span) == (metric.name, "day")
    }
    hidden = {period for period, n in reports.items() if n < metric.threshold}
    for week in {Week.of(date.fromisoformat(period)) for period in hidden}:
        mine = {p: n for p, n in reports.items() if week.holds(date.fromisoformat(p))}
        shown = sorted(set(mine) - hidden, key=lambda period: mine[period])
        hidden |= set(shown[:1])
    return tuple(
        PublishedPeriod(day.period, None, ()) if day.period in hidden else day
        for day in _periods(metric, "day", found)
    )


def _reports(metric: Metric, totals: Sequence[Total]) -> int:
    """Tell on how many different reports some groups of one period surely rest.

    A report says one value of a flag, a choice or a version, but may be in many buckets.
    """
    if metric.kind is Kind.TIMING:
        return max(total.n for total in totals)
    return sum(total.n for total in totals)


def _fits(metric: Metric, key: str) -> bool:
    """Whether a key is one of the metric's values as the registry stands today."""
    match metric.kind:
        case Kind.COUNTER:
            return not key
        case Kind.FLAG:
            return key in {"true", "false"}
        case Kind.CHOICE:
            return key in metric.choices and key != OTHER
        case Kind.VERSION:
            return VERSION.fullmatch(key) is not None
        case Kind.TIMING:
            return key in {str(bound) for bound in metric.buckets}


def _natural(metric: Metric, key: str) -> tuple[object, ...]:
    """Sort versions and buckets as numbers and choices as the registry lists them."""
    match metric.kind:
        case Kind.VERSION | Kind.TIMING:
            return tuple(int(part) for part in key.split("."))
        case Kind.CHOICE:
            return (metric.choices.index(key),)
        case Kind.FLAG | Kind.COUNTER:
            return (key != "true",)
