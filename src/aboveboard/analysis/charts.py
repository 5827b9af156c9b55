"""Enters: what is published of a metric. Leaves: its one chart, as a Vega-Lite specification.

The specification is drawn as a static SVG by the server and made interactive by the browser. Its
colours are CSS custom properties, so that one SVG follows light and dark; each has a fallback for
an SVG that is saved from the page. What is hidden is a gap with a mark of its own, never a zero.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.analysis import spans
from aboveboard.analysis.shapes import CONFIG, upright
from aboveboard.analysis.shares import distribution, names, shares
from aboveboard.analysis.state_days import has_days
from aboveboard.analysis.words import amount, first_day
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedApp, PublishedMetric, PublishedPeriod

Spec: TypeAlias = dict[str, object]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 340
FEW_WEEKS = 3
"""Below it a number is drawn by day: one or two bars would say nothing."""
FEW_DAYS = 3
"""With fewer of them shown, a state is drawn by week all the same."""
_HOUR, _MINUTE = 3600, 60


FRAME: Spec = {
    "$schema": SCHEMA,
    "background": None,
    "width": WIDTH,
    "autosize": {"type": "fit-x", "contains": "padding"},
    "padding": {"left": 8, "top": 6, "right": 14, "bottom": 2},  # other fonts may be wider
    "config": CONFIG,
}
"""What every chart begins with."""


def spec(published: PublishedMetric) -> Spec | None:
    """Draw a metric, or give None where there is nothing that may be shown."""
    weeks = spans.recent(published.weeks)
    if all(week.n is None for week in weeks):
        return None
    return FRAME | _drawing(published, weeks)


def specs(app: PublishedApp) -> list[str]:
    """Give every chart of an app's page as JSON text, in the page's order."""
    return [as_text(drawn) for metric in app.metrics if (drawn := spec(metric)) is not None]


def as_text(drawn: Spec) -> str:
    """Write a specification so that equal charts are equal texts."""
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _drawing(published: PublishedMetric, weeks: Sequence[PublishedPeriod]) -> Spec:
    metric, kind = published.metric, published.metric.kind
    if kind.is_number or kind is Kind.ERROR:
        return _counts(metric, weeks, published.days)
    if kind is Kind.NAMES:
        return names(metric, weeks)
    if kind.adds_up and kind.in_buckets:
        return distribution(metric, weeks)
    return shares(metric, weeks, young_days(published))


def young_days(published: PublishedMetric) -> list[PublishedPeriod]:
    """Give the days by which a state is drawn; none where its weeks tell more, or nobody knows.

    Of a few weeks more can be seen by day.
    """
    weeks = spans.recent(published.weeks)
    if len(weeks) >= FEW_WEEKS or not has_days(published.metric):
        return []
    lately = _lately(weeks, published.days)
    return lately if sum(day.n is not None for day in lately) >= FEW_DAYS else []


def _lately(
    weeks: Sequence[PublishedPeriod], days: Sequence[PublishedPeriod]
) -> list[PublishedPeriod]:
    return [day for day in days if weeks and first_day(day.period) >= first_day(weeks[0].period)]


def _counts(
    metric: Metric, weeks: Sequence[PublishedPeriod], days: Sequence[PublishedPeriod]
) -> Spec:
    lately = _lately(weeks, days)
    daily = len(weeks) < FEW_WEEKS and any(day.n is not None for day in lately)
    periods, word = (lately, "day") if daily else (weeks, "week")
    size, unit = _measure(metric, periods)
    rows: list[Spec] = [
        {"period": spans.tick(period), "count": _scaled(period.count, size)}
        | {"said": amount(metric, period.count), "n": period.n}
        for period in periods
        if period.n is not None
    ]
    when = spans.calendar(word, periods)
    along = f"{unit} per {word}" if unit else f"count per {word}"
    return {
        "description": spans.describe(metric, along, weeks),
        **upright(
            spans.axis(periods),
            spans.hidden(metric, periods),
            rows,
            f"{unit} per {when}" if unit else when,
        ),
    }


def _measure(metric: Metric, periods: Sequence[PublishedPeriod]) -> tuple[int, str]:
    """Give by what counts are divided, and what they then are."""
    if metric.kind is not Kind.SECONDS:
        return 1, metric.unit
    long = max(period.count for period in periods) >= 2 * _HOUR
    return (_HOUR, "hours") if long else (_MINUTE, "minutes")


def _scaled(count: int, size: int) -> float:
    return count if size == 1 else round(count / size, 2)
