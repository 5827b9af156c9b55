"""Step 12. Enters: totals and a registry. Leaves: what anyone may read, no group too small."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.model.total import Group, PublishedApp, PublishedMetric, PublishedPeriod

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
        weeks, days = (_periods(metric, span, by_period) for span in ("week", "day"))
        metrics.append(PublishedMetric(metric, weeks, days))
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
        >>> os = Metric("system.os", Kind.CHOICE, "", "", "", "", "", agreed, None, "environment")
        >>> rows = [("linux", 40), ("macos", 12), ("beos", 2)]
        >>> totals = [Total("system.os", "week", "2026-W47", k, n, n, 54) for k, n in rows]
        >>> [(group.key, group.n) for group in fold(totals, os).groups]
        [('linux', 40), ('other', 14)]
    """
    period = totals[0].period
    if totals[0].all_n < metric.threshold:
        return PublishedPeriod(period, None, ())
    named = [total for total in totals if total.key != OTHER]
    rest = [total for total in totals if total.key == OTHER]
    rest += [total for total in named if total.n < metric.threshold]
    shown = sorted((t for t in named if t.n >= metric.threshold), key=lambda total: -total.n)
    folded = any(total.key != OTHER for total in rest)
    while rest and sum(total.n for total in rest) < metric.threshold and shown:
        rest.append(shown.pop())
        folded = True
    groups = [Group(total.key, total.count, total.n) for total in shown]
    groups.sort(key=lambda group: _natural(metric, group.key))
    if rest:
        count, n = sum(t.count for t in rest), min(sum(t.n for t in rest), totals[0].all_n)
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


def _natural(metric: Metric, key: str) -> tuple[object, ...]:
    """Sort versions and buckets as numbers and choices as the registry lists them."""
    match metric.kind:
        case Kind.VERSION | Kind.TIMING:
            return tuple(int(part) for part in key.split("."))
        case Kind.CHOICE if key in metric.choices:
            return (metric.choices.index(key),)
        case _:
            return (key != "true", key)
