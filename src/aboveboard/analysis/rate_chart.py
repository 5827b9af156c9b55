"""Enters: a share, week by week. Leaves: its chart, its latest number and its table.

The axis of a share rarely begins with 0: what matters of 99 in 100 is the hundredth. So shares are
points and lines, never bars. A bound is no share: it has a mark of its own, and no line leads
to it.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from aboveboard.analysis import spans
from aboveboard.analysis.charts import FRAME
from aboveboard.analysis.headline import Headline
from aboveboard.analysis.order import natural
from aboveboard.analysis.rates import likely_words, share_words
from aboveboard.analysis.shapes import INK, PALETTE, SURFACE, Shape, over_time
from aboveboard.analysis.tables import Table, TableWeek, heading
from aboveboard.analysis.words import day_label, first_day, reports, value_label
from aboveboard.model.many import noun
from aboveboard.model.total import PublishedPeriod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.analysis.charts import Spec
    from aboveboard.model.total import PublishedRate, RateShare, RateWeek

ALL = "all"
MOST_LINES = 4
"""As many values as have a line of their own: those that are told of most."""
_STEPS = ((0.02, 0.005), (0.05, 0.01), (0.2, 0.05), (1.0, 0.25))
"""How far shares lie apart at most, and to which step the axis is rounded then."""


def rate_spec(published: PublishedRate) -> Spec | None:
    """Draw a share, or give None where there is nothing that may be shown."""
    weeks = _recent(published)
    shown = [week for week in weeks if week.every is not None]
    if not shown:
        return None
    periods = [PublishedPeriod(week.period, week.n if week.every else None, ()) for week in weeks]
    lines = [ALL, *_lines(published, shown)]
    rows = [
        _row(published, week, share, share.key or ALL)
        for week in shown
        for share in week.shares
        if not share.key or (share.key in lines and not share.bound)
    ]
    axis = spans.axis(periods)
    reach = _reach([end for week in shown for share in week.shares for end in _ends(share, lines)])
    layer = _drawn(rows + _gaps(axis, rows, lines), lines, reach)
    chart = over_time(
        axis,
        spans.hidden(published.whole, periods),
        layer,
        spans.calendar("week", periods),
        reach[0],
    )
    return FRAME | {"description": _description(published, shown), **chart}


def rate_headline(published: PublishedRate) -> Headline:
    """Read the latest week that may be shown."""
    shown = [week for week in published.weeks if week.every is not None]
    if not published.weeks:
        return Headline("", "No report of it has arrived yet.", "")
    if not shown:
        few = f"Hidden: fewer than {reports(published.metric.threshold)} a week."
        return Headline("", few, "Small groups could be somebody.")
    week = shown[-1]
    every = _every(week)
    when = f"week from {day_label(first_day(week.period), year=True)}"
    later = "" if week is published.weeks[-1] else " A later week is hidden."
    return Headline(
        share_words(every),
        f"of {_counted(published, every)}",
        f"from {reports(every.n)}, {when}",
        f"Likely {likely_words(every)}.{later}",
    )


def rate_table(published: PublishedRate) -> Table:
    """Write down the weeks, newest first."""
    columns = (heading(published.metric), "Share", "Likely", "Of", "Reports")
    weeks = [_table_week(published, week) for week in reversed(published.weeks)]
    return Table(("Week from", *columns), tuple(weeks))


def _table_week(published: PublishedRate, week: RateWeek) -> TableWeek:
    label = day_label(first_day(week.period), year=True)
    if not week.shares:
        return TableWeek(label, (), f"hidden: fewer than {reports(published.metric.threshold)}")
    rows = [
        (
            value_label(published.metric, share.key) if share.key else ALL,
            share_words(share),
            likely_words(share),
            f"{share.whole:,}",
            f"{share.n:,}",
        )
        for share in _in_order(published, week.shares)
    ]
    return TableWeek(label, tuple(rows))


def _counted(published: PublishedRate, share: RateShare) -> str:
    return f"{share.whole:,} {noun(share.whole, published.whole.unit or 'times')}"


def _every(week: RateWeek) -> RateShare:
    return next(share for share in week.shares if not share.key)


def _recent(published: PublishedRate) -> list[RateWeek]:
    periods = [PublishedPeriod(week.period, week.n, ()) for week in published.weeks]
    kept = {period.period for period in spans.recent(periods)}
    return [week for week in published.weeks if week.period in kept]


def _in_order(published: PublishedRate, shares: Sequence[RateShare]) -> list[RateShare]:
    place = natural(published.metric)
    by_value = sorted((each for each in shares if each.key), key=lambda each: place(each.key))
    return [*(each for each in shares if not each.key), *by_value]


def _lines(published: PublishedRate, shown: Sequence[RateWeek]) -> list[str]:
    """Give the values that have a line; a single one would lie on the line of all."""
    counts: dict[str, int] = {}
    every = (share for week in shown for share in week.shares)
    for share in (share for share in every if share.key and not share.bound):
        counts[share.key] = counts.get(share.key, 0) + share.whole
    largest = sorted(counts, key=lambda key: -counts[key])[:MOST_LINES]
    return sorted(largest, key=natural(published.metric)) if len(counts) > 1 else []


def _row(published: PublishedRate, week: RateWeek, share: RateShare, name: str) -> Shape:
    low, high = share.likely if name == ALL else (share.share, share.share)
    return {
        "period": day_label(first_day(week.period)),
        "value": name,
        "share": round(share.share, 5),
        "line": None if share.bound else round(share.share, 5),
        "low": round(low, 5),
        "high": round(high, 5),
        "said": share_words(share),
        "likely": likely_words(share),
        "rests": f"{_counted(published, share)}, {reports(share.n)}",
        "bound": bool(share.bound),
    }


def _ends(share: RateShare, lines: Sequence[str]) -> tuple[float, ...]:
    """Give what the axis must hold: the range of all, the shares of what has a line."""
    if not share.key:
        return share.likely
    return (share.share, share.share) if share.key in lines and not share.bound else ()


def _gaps(axis: Sequence[str], rows: Sequence[Shape], lines: Sequence[str]) -> list[Shape]:
    """Break each line where there is no share."""
    there = {(row["period"], row["value"]) for row in rows}
    return [
        {"period": period, "value": name, "line": None}
        for name in lines
        for period in axis
        if (period, name) not in there
    ]


def _reach(ends: Sequence[float]) -> tuple[float, float, float]:
    """Give where the axis begins and ends, and its step."""
    low, high = min(ends), max(ends)
    step = next((step for most, step in _STEPS if high - low <= most), 0.25)
    bottom, top = floor(low / step) * step, ceil(high / step) * step
    if bottom == top:
        bottom, top = (bottom - step, top) if bottom else (bottom, step)
    return round(bottom, 4), round(top, 4), step


def _drawn(rows: list[Shape], lines: list[str], reach: tuple[float, float, float]) -> Shape:
    bottom, top, step = reach
    scale = {"domain": [bottom, top], "zero": False, "nice": False}
    ticks = [round(bottom + step * number, 4) for number in range(round((top - bottom) / step) + 1)]
    axis = {"format": ".1~%", "values": ticks, "domain": False, "ticks": False}
    axis |= {"labelOverlap": False, "tickCount": len(ticks)}
    y: Shape = {"field": "share", "type": "quantitative", "title": None, "scale": scale}
    y |= {"axis": axis}
    fills = [INK, *PALETTE][: len(lines)]
    legend: Shape = {"title": None, "symbolType": "circle", "symbolOpacity": 1}
    colour: Shape = {"field": "value", "type": "nominal"}
    colour |= {"legend": legend if len(lines) > 1 else None}
    colour |= {"scale": {"domain": lines, "range": fills}}
    of_all = {"test": f"datum.value === '{ALL}'"}
    tooltip = [
        {"field": "value", "title": "Value"},
        {"field": "period", "title": "Week from"},
        {"field": "said", "title": "Share"},
        {"field": "likely", "title": "Likely"},
        {"field": "rests", "title": "Of"},
    ]
    spread = {"y": y | {"field": "low"}, "y2": {"field": "high"}, "opacity": {"value": 0.35}}
    line = {"type": "line", "strokeWidth": 2}
    point: Shape = {"type": "point", "filled": True, "opacity": 1, "stroke": SURFACE}
    size = {
        "condition": [{"test": "datum.bound", "value": 90}, of_all | {"value": 55}],
        "value": 40,
    }
    shape = {"condition": {"test": "datum.bound", "value": "triangle-up"}, "value": "circle"}
    return {
        "data": {"values": rows},
        "encoding": {"color": colour},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4}, "encoding": spread},
            {"mark": line, "encoding": {"y": y | {"field": "line"}}},
            {"mark": point, "encoding": {"y": y, "size": size, "shape": shape, "tooltip": tooltip}},
        ],
    }


def _description(published: PublishedRate, shown: Sequence[RateWeek]) -> str:
    """Say in a sentence what the chart shows, for those who do not see it."""
    first, last = (day_label(first_day(shown[place].period), year=True) for place in (0, -1))
    every = _every(shown[-1])
    return (
        f"{published.rate.title}: {share_words(every)} of {_counted(published, every)} in the week "
        f"from {last}, likely {likely_words(every)}; weeks from {first} on."
    )
