"""Step 12. Enters: totals and a registry. Leaves: what anyone may read, no group too small."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from aboveboard.analysis import state_days, uniques
from aboveboard.analysis.fold import fold
from aboveboard.analysis.parts import at_least
from aboveboard.analysis.rates import AT_LEAST, AT_MOST, published_rate
from aboveboard.model.metric import ACTIVE
from aboveboard.model.period import Week
from aboveboard.model.total import PublishedApp, PublishedMetric, PublishedPeriod

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedRate, RateShare, Total

_DIGITS = 5
"""Places of a share behind the point."""


def publish(registry: Registry, totals: Iterable[Total], reports: int) -> PublishedApp:
    """Publish an app's totals: one metric after the other, in the registry's order.

    Totals of metrics that the registry does not name (any more) are not published.
    """
    spans: dict[tuple[str, str], dict[str, list[Total]]] = defaultdict(lambda: defaultdict(list))
    for total in totals:
        spans[total.metric, total.span][total.period].append(total)
    metrics = []
    for named in registry.metrics.values():
        if uniques.is_active(named):
            mine = (spans[named.name, span].values() for span in ("week", "day"))
            rows = [total for periods in mine for found in periods for total in found]
            metrics.append(uniques.published(named, rows))
            continue
        metric = _in_reports(named, registry)
        weeks, days = spans[metric.name, "week"], spans[metric.name, "day"]
        by_week = _periods(metric, weeks)
        if state_days.has_days(metric):
            by_day = state_days.published(metric, by_week, days)
        else:
            by_day = _days(metric, weeks, days)
        rate = _rate(metric, registry, spans)
        metrics.append(PublishedMetric(metric, by_week, by_day, rate=rate))
    return PublishedApp(registry, reports, tuple(metrics))


def _rate(
    metric: Metric,
    registry: Registry,
    spans: Mapping[tuple[str, str], Mapping[str, list[Total]]],
) -> PublishedRate | None:
    """Publish the share that a metric is of another, where both are counted alike."""
    whole = registry.metrics.get(metric.rate.of) if metric.rate is not None else None
    if metric.rate is None or whole is None or _form(whole) != _form(metric):
        return None
    both = metric, _in_reports(whole, registry)
    parts, wholes = (spans.get((each.name, "week"), {}) for each in both)
    return published_rate(metric.rate, both, parts, wholes)


def _form(metric: Metric) -> tuple[object, ...]:
    return metric.kind, metric.by_version, frozenset(metric.labels)


def _in_reports(metric: Metric, registry: Registry) -> Metric:
    """Let the threshold mean installs also where each sends several reports of a thing a week.

    What holds for a while is said once a week in any case.
    """
    times = registry.sends.times_a_week if metric.kind.adds_up else 1
    return replace(metric, threshold=metric.threshold * times) if times > 1 else metric


def as_json(app: PublishedApp) -> dict[str, object]:
    """Give the numbers of a page as plain data, each with its ``n``.

    ``n`` is null, and the list of groups empty, where fewer reports than the threshold arrived. A
    group's ``n`` may be a lower bound; ``at_least`` says so.
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
                "unit": published.metric.unit,
                "status": published.metric.status.value,
                "threshold": published.metric.threshold,
                "weeks": [_period_json(published.metric, period) for period in published.weeks],
                "days": [_period_json(published.metric, period) for period in published.days],
            }
            | _active_json(published)
            | _rate_json(published.rate)
            for published in app.metrics
        ],
    }


def _active_json(published: PublishedMetric) -> dict[str, object]:
    """Give the months of the number of active installs, and between what each number lies."""
    if published.metric.name != ACTIVE:
        return {}
    spans = {"day": published.days, "week": published.weeks, "month": published.months}
    likely = {
        period.period: uniques.likely(period.n, span)
        for span, periods in spans.items()
        for period in periods
        if period.n is not None
    }
    months = [_period_json(published.metric, period) for period in published.months]
    return {"months": months, "likely": likely}


def _rate_json(published: PublishedRate | None) -> dict[str, object]:
    """Give a share with its range, its ``n`` and the count that it is of, by week and value."""
    if published is None:
        return {}
    rate = published.rate
    weeks = [
        {"period": week.period, "n": week.n, "shares": [_share_json(each) for each in week.shares]}
        for week in published.weeks
    ]
    said = {"of": rate.of, "title": rate.title, "question": rate.question, "rest": rate.rest}
    return {"rate": said | {"weeks": weeks}}


def _share_json(share: RateShare) -> dict[str, object]:
    low, high = share.likely
    return {
        "value": share.key,
        "share": round(share.share, _DIGITS),
        "at_least": share.bound == AT_LEAST,
        "at_most": share.bound == AT_MOST,
        "likely": [round(low, _DIGITS), round(high, _DIGITS)],
        "of": share.whole,
        "n": share.n,
    }


def _period_json(metric: Metric, period: PublishedPeriod) -> dict[str, object]:
    groups = [
        {"value": group.key, "count": group.count, "n": group.n, "folded": group.folded}
        | {"at_least": at_least(metric, period, group)}
        for group in period.groups
    ]
    count = None if period.n is None else period.count
    return {"period": period.period, "n": period.n, "count": count, "groups": groups}


def _periods(metric: Metric, found: Mapping[str, list[Total]]) -> tuple[PublishedPeriod, ...]:
    return tuple(fold(found[period], metric) for period in sorted(found))


def _days(
    metric: Metric, weeks: Mapping[str, list[Total]], days: Mapping[str, list[Total]]
) -> tuple[PublishedPeriod, ...]:
    """Publish days of single numbers; a key hidden on one day could be worked out from the others.

    So could a whole hidden day, from its week: unless nothing of a week is hidden, the smallest of
    its other days is hidden too. A week whose days are not all of it (its metric began to be kept
    by day in its middle) hides them all, because the rest could be anybody's.
    """
    if not (metric.kind.is_number and metric.by_day):
        return ()
    hidden = {period for period, totals in days.items() if totals[0].all_n < metric.threshold}
    by_week: dict[str, dict[str, list[Total]]] = defaultdict(dict)
    for period, totals in days.items():
        by_week[str(Week.of(date.fromisoformat(period)))][period] = totals
    for week, mine in by_week.items():
        counted = _count(weeks.get(week, []))
        if counted != sum(_count(totals) for totals in mine.values()):
            hidden |= set(mine)
        elif hidden & set(mine):
            shown = sorted(set(mine) - hidden, key=lambda period: mine[period][0].all_n)
            hidden |= set(shown[:1])
    return tuple(
        PublishedPeriod(day.period, None, ()) if day.period in hidden else day
        for day in _periods(metric, days)
    )


def _count(totals: Iterable[Total]) -> int:
    return sum(total.count for total in totals)
