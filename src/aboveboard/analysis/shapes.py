"""Enters: rows that are ready to be drawn. Leaves: the three shapes a chart may have, in Vega-Lite.

Upright bars over time, the same stacked by value, and bars that lie with their numbers beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape: TypeAlias = dict[str, object]

_LIGHT = ("#056f81", "#df7427", "#4a2995", "#4f7aed", "#895a20", "#741f3b")
"""Any two differ enough for every kind of colour vision, and from the surface behind them."""
PALETTE = tuple(f"var(--chart-{place}, {colour})" for place, colour in enumerate(_LIGHT, start=1))
PLAIN = "var(--chart-other, #8a929b)"
INK = "var(--chart-ink, #4b5560)"
LINE = "var(--chart-line, #c9ced3)"
GRID = "var(--chart-grid, #e6e8ea)"
SURFACE = "var(--surface, #ffffff)"
FONT = "system-ui, sans-serif"

HEIGHT = 170
BAR_STEP, BAR = 26, 16
THIN_STEP, THIN_BAR = 17, 10
MANY_BARS = 12
"""More bars than that stand closer together."""
MOST_TICKS = 6
FEW_BARS = 6
"""Fewer bars than that keep their width and stand in the middle."""
LEGEND_WIDTH = 300.0
LEGEND_CHARACTER, LEGEND_SQUARE = 6.7, 28.0
"""How wide a character of a legend is, and a square with its gaps."""

CONFIG: Shape = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 150,
        "symbolType": "square",
        "symbolSize": 110,
        "symbolStrokeWidth": 0,
        "orient": "bottom",
        "offset": 10,
        "columnPadding": 14,
        "rowPadding": 4,
    },
}

Names: TypeAlias = tuple[list[str], set[str]]
"""The values to stack, lowest first, and those of them that take the plain colour."""


def upright(axis: Sequence[str], hidden: list[Shape], rows: list[Shape], calendar: str) -> Shape:
    """Draw counts over time."""
    tooltip = [
        {"field": "period", "title": "From"},
        {"field": "said", "title": "Count"},
        {"field": "n", "title": "Reports", "format": ",d"},
    ]
    y = {"field": "count", "type": "quantitative", "title": None, "stack": None, "axis": _counted()}
    layer: Shape = {
        "data": {"values": rows},
        "mark": {"type": "bar", "color": PALETTE[0], "cornerRadiusEnd": 2},
        "encoding": {"y": y, "tooltip": tooltip},
    }
    return over_time(axis, hidden, layer, calendar)


def stacked(
    axis: Sequence[str], hidden: list[Shape], rows: list[Shape], calendar: str, names: Names
) -> Shape:
    """Draw shares over time; a click on the legend brings one value forward."""
    tooltip = [
        {"field": "value", "title": "Value"},
        {"field": "period", "title": "From"},
        {"field": "share", "title": "Share", "format": ".1%"},
        {"field": "rests", "title": "Reports"},
    ]
    percents = {"format": "%", "values": [0, 0.25, 0.5, 0.75, 1], "domain": False, "ticks": False}
    chosen = {"type": "point", "fields": ["value"]}
    faded = {"condition": {"param": "chosen", "value": 1}, "value": 0.2}
    layer: Shape = {
        "data": {"values": rows},
        "params": [{"name": "chosen", "select": chosen, "bind": "legend"}],
        "mark": {"type": "bar", "stroke": SURFACE, "strokeWidth": 1},
        "encoding": {
            "y": {"field": "share", "type": "quantitative", "title": None, "axis": percents},
            "color": _colours(*names),
            "order": {"field": "rank"},
            "opacity": faded,
            "tooltip": tooltip,
        },
    }
    return over_time(axis, hidden, layer, calendar)


def bars(rows: list[Shape], basis: str) -> Shape:
    """Draw shares as lying bars with their numbers beside them, and below on what they rest."""
    tooltip = [
        {"field": "value", "title": "Value"},
        {"field": "text", "title": "Share"},
        {"field": "rests", "title": "Reports"},
    ]
    if rows and "count" in rows[0]:
        tooltip.insert(2, {"field": "count", "title": "Measurements", "format": ",d"})
    step, thick = (THIN_STEP, THIN_BAR) if len(rows) > MANY_BARS else (BAR_STEP, BAR)
    widest = max((float(str(row["share"])) for row in rows), default=1.0)
    room = {"domain": [0, (widest or 1.0) * 1.25]}
    look = {"title": None, "ticks": False, "domain": False, "labelFontSize": 12, "labelLimit": 130}
    look |= {"labelPadding": 7}
    share = {"field": "share", "type": "quantitative", "stack": None, "scale": room, "axis": None}
    return {
        "height": step * len(rows),
        "title": {"text": basis, "orient": "bottom", "offset": 8, "color": INK, "frame": "bounds"}
        | {"fontSize": 11, "fontWeight": "normal"},
        "data": {"values": rows},
        "encoding": {
            "y": {"field": "value", "type": "nominal", "sort": None, "axis": look},
            "x": share,
            "tooltip": tooltip,
        },
        "layer": [
            {"mark": {"type": "bar", "color": PALETTE[0], "cornerRadiusEnd": 2, "height": thick}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": INK},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }


def over_time(
    axis: Sequence[str], hidden: list[Shape], layer: Shape, calendar: str, floor: float = 0
) -> Shape:
    """Draw a layer over time, and a ring for each period that is hidden.

    Args:
        axis: the periods.
        hidden: those that are hidden, and why.
        layer: what is drawn of the others.
        calendar: what the axis is made of.
        floor: where the axis of numbers begins.
    """
    every = -(-len(axis) // MOST_TICKS)
    ticks = {"values": list(axis[::-1][::every][::-1]), "labelAngle": 0, "ticks": False}
    margin = max(0.1, (FEW_BARS - len(axis)) / 2)
    scale = {"domain": list(axis), "paddingOuter": margin}
    x: Shape = {"field": "period", "type": "ordinal", "scale": scale}
    x |= {"title": calendar, "axis": ticks}
    layers = [layer]
    if hidden:
        layers.append(
            {
                "data": {"values": hidden},
                "mark": {"type": "point", "shape": "circle", "size": 22, "stroke": INK}
                | {"yOffset": -6, "filled": False, "strokeWidth": 1.2},
                "encoding": {
                    "y": {"datum": floor, "type": "quantitative"},
                    "tooltip": [{"field": "period", "title": "From"}, {"field": "why"}],
                },
            }
        )
    return {"height": HEIGHT, "encoding": {"x": x}, "layer": layers}


def _counted() -> Shape:
    return {"tickCount": 4, "tickMinStep": 1, "format": ",d", "domain": False, "ticks": False}


def _colours(names: list[str], plain: set[str]) -> Shape:
    spare = iter(PALETTE)
    fills = [PLAIN if name in plain else next(spare) for name in names]
    widths = [len(name) * LEGEND_CHARACTER + LEGEND_SQUARE for name in names]
    in_line = len(names) if sum(widths) <= LEGEND_WIDTH else int(LEGEND_WIDTH // max(widths))
    return {
        "field": "value",
        "type": "nominal",
        "scale": {"domain": names, "range": fills},
        "legend": {"title": None, "columns": max(1, in_line)},
    }
