"""Enters: what is published of a metric. Leaves: its one chart, as a Vega-Lite specification.

The specification is drawn as a static SVG by the server and made interactive by the browser. Its
colours are CSS custom properties, so that one SVG follows light and dark; each has a fallback for
an SVG that is saved from the page. What is hidden is a gap with a mark of its own, never a zero.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.analysis.shapes import CONFIG, bars, stacked, upright
from aboveboard.analysis.words import (
    OTHER,
    day_label,
    first_day,
    percent,
    reports,
    value_label,
)
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedApp, PublishedMetric, PublishedPeriod

Spec: TypeAlias = dict[str, object]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH = 340
MOST_WEEKS = 52
"""More would be too thin to see, and the labels of the axis would no longer be unique."""
MOST_VALUES = 6
"""As many as there are colours that everybody can tell apart; the table names all of them."""
FEW_WEEKS = 3
"""Below it a counter is drawn by day: one or two bars would say nothing."""
LATEST_WEEKS = 4
"""How many weeks a distribution of times is summed over."""


def spec(published: PublishedMetric) -> Spec | None:
    """Draw a metric, or give None where there is nothing that may be shown."""
    weeks = _recent(published.weeks)
    if all(week.n is None for week in weeks):
        return None
    frame: Spec = {
        "$schema": SCHEMA,
        "background": None,
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 8, "top": 6, "right": 14, "bottom": 2},  # other fonts may be wider
        "config": CONFIG,
    }
    return frame | _drawing(published, weeks)


def specs(app: PublishedApp) -> list[str]:
    """Give every chart of an app's page as JSON text, in the page's order."""
    return [as_text(drawn) for metric in app.metrics if (drawn := spec(metric)) is not None]


def as_text(drawn: Spec) -> str:
    """Write a specification so that equal charts are equal texts."""
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _drawing(published: PublishedMetric, weeks: Sequence[PublishedPeriod]) -> Spec:
    match published.metric.kind:
        case Kind.COUNTER:
            return _counts(published.metric, weeks, published.days)
        case Kind.TIMING:
            return _distribution(published.metric, weeks)
        case Kind.FLAG | Kind.CHOICE | Kind.VERSION:
            return _shares(published.metric, weeks)


def _recent(weeks: Sequence[PublishedPeriod]) -> list[PublishedPeriod]:
    if not weeks:
        return []
    start = first_day(weeks[-1].period) - timedelta(weeks=MOST_WEEKS - 1)
    return [week for week in weeks if first_day(week.period) >= start]


def _counts(
    metric: Metric, weeks: Sequence[PublishedPeriod], days: Sequence[PublishedPeriod]
) -> Spec:
    start = first_day(weeks[0].period)
    lately = [day for day in days if first_day(day.period) >= start]
    daily = len(weeks) < FEW_WEEKS and any(day.n is not None for day in lately)
    periods, word = (lately, "day") if daily else (weeks, "week")
    rows: list[Spec] = [
        {"period": _tick(period), "count": period.count, "n": period.n}
        for period in periods
        if period.n is not None
    ]
    return {
        "description": _describe(metric, f"count per {word}", weeks),
        **upright(_axis(periods), _hidden(metric, periods), rows, _calendar(word, periods)),
    }


def _shares(metric: Metric, weeks: Sequence[PublishedPeriod]) -> Spec:
    shown = [week for week in weeks if week.n is not None]
    keys = _largest(metric, shown)
    cells = {week.period: _cells(week, keys) for week in shown}
    names = {key: value_label(metric, key) for key in keys}
    if len(weeks) == 1:
        rows = [
            _bar(names[key], n, shown[0].n or 0, {"n": n})
            for key, n in cells[shown[0].period].items()
        ]
        description = _describe(metric, "share of reports by value", weeks)
        return {"description": description, **bars(rows, _basis(weeks))}
    table: list[Spec] = [
        {"period": _tick(week), "value": names[key], "share": n / (week.n or 1), "n": n}
        | {"of": week.n, "rank": keys.index(key)}
        for week in shown
        for key, n in cells[week.period].items()
    ]
    plain = {names[key] for key in keys if key in {OTHER, "false"}}
    return {
        "description": _describe(metric, "share of reports per week by value", weeks),
        **stacked(
            _axis(weeks),
            _hidden(metric, weeks),
            table,
            _calendar("week", weeks),
            (list(names.values()), plain),
        ),
    }


def _distribution(metric: Metric, weeks: Sequence[PublishedPeriod]) -> Spec:
    shown = [week for week in weeks if week.n is not None][-LATEST_WEEKS:]
    keys = [str(bound) for bound in metric.buckets]
    found = {group.key for week in shown for group in week.groups}
    folded = OTHER in found
    keys += sorted(found - {*keys, OTHER}, key=int) + [OTHER] * folded
    whole = sum(week.count for week in shown)
    rows = []
    for key in keys:
        groups = [group for week in shown for group in week.groups if group.key == key]
        count, n = sum(group.count for group in groups), sum(group.n for group in groups)
        bar = _bar(value_label(metric, key), count, whole, {"n": n, "count": count})
        rows.append(bar if count or not folded else bar | {"text": "none, or hidden"})
    description = _describe(metric, f"share of {whole:,} measurements by their length", shown)
    return {"description": description, **bars(rows, _basis(shown))}


def _bar(label: str, part: int, whole: int, more: Spec) -> Spec:
    return {"value": label, "share": part / (whole or 1), "text": percent(part, whole), **more}


def _largest(metric: Metric, shown: Sequence[PublishedPeriod]) -> list[str]:
    """Give the keys to draw, in their natural order, ``other`` last."""
    sums: dict[str, int] = {}
    for group in (group for week in shown for group in week.groups):
        sums[group.key] = sums.get(group.key, 0) + group.n
    rest = sums.pop(OTHER, None)
    largest = sorted(sums, key=lambda key: -sums[key])[:MOST_VALUES]
    keys = sorted(largest, key=lambda key: _natural(metric, key))
    return keys + [OTHER] * (rest is not None or len(sums) > MOST_VALUES)


def _natural(metric: Metric, key: str) -> tuple[object, ...]:
    if metric.kind is Kind.VERSION:
        return tuple(int(part) for part in key.split("."))
    if key in metric.choices:
        return (metric.choices.index(key), key)
    return (len(metric.choices) + (key != "true"), key)


def _cells(week: PublishedPeriod, keys: Sequence[str]) -> dict[str, int]:
    cells: dict[str, int] = {}
    for group in week.groups:
        key = group.key if group.key in keys else OTHER
        cells[key] = cells.get(key, 0) + group.n
    return {key: cells[key] for key in keys if key in cells}


def _tick(period: PublishedPeriod) -> str:
    return day_label(first_day(period.period))


def _axis(periods: Sequence[PublishedPeriod]) -> list[str]:
    """Name every period between the first and the last one, also those without a report."""
    first, last = (first_day(periods[place].period) for place in (0, -1))
    step = timedelta(weeks=1) if "W" in periods[0].period else timedelta(days=1)
    return [day_label(first + step * number) for number in range((last - first) // step + 1)]


def _hidden(metric: Metric, periods: Sequence[PublishedPeriod]) -> list[Spec]:
    why = f"hidden: fewer than {reports(metric.threshold)}"
    return [{"period": _tick(p), "why": why} for p in periods if p.n is None]


def _calendar(word: str, periods: Sequence[PublishedPeriod]) -> str:
    first, last = (first_day(periods[place].period).year for place in (0, -1))
    years = f"{first}" if first == last else f"{first} – {last}"
    return f"week from Monday, {years}" if word == "week" else f"day, {years}"


def _describe(metric: Metric, what: str, weeks: Sequence[PublishedPeriod]) -> str:
    return f"{metric.title}: {what}, {_basis(weeks)}."


def _basis(weeks: Sequence[PublishedPeriod]) -> str:
    """Say when, and on how many reports it rests: each report belongs to one week."""
    first, last = (day_label(first_day(weeks[p].period), year=True) for p in (0, -1))
    when = f"week from {last}" if len(weeks) == 1 else f"weeks from {first} to {last}"
    return f"{reports(sum(week.n or 0 for week in weeks))}, {when}"
