"""Enters: the example that a registry gives of a metric. Leaves: its way from report to tables.

Nobody sent it: it is one made-up report of one day, the same on each machine.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.period import Week
from aboveboard.model.report import Entry, Report
from aboveboard.registry.bounds import counts
from aboveboard.registry.examples import example_value
from aboveboard.wires.native import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.ports.collector import Cell

EXAMPLE_DAY = date(2026, 11, 21)
"""A day of the made-up report; its week is the report's."""

Row: TypeAlias = "Mapping[str, Cell]"


def entry_json(metric: Metric) -> str:
    """Write the example as it stands in a report; ``""`` if the registry gives none.

    Example:
        >>> from types import SimpleNamespace
        >>> from aboveboard.model.metric import Kind
        >>> dark = SimpleNamespace(name="theme.dark", kind=Kind.FLAG, example=True, by_day=False)
        >>> entry_json(dark)
        '{"metric": "theme.dark", "value": true}'
    """
    value = example_value(metric)
    if value is None:
        return ""
    entry = Entry(metric.name, value, EXAMPLE_DAY if metric.by_day else None)
    report = Report("0" * 32, "", Week.of(EXAMPLE_DAY), "", (entry,))
    return json.dumps(json.loads(write(report))["entries"][0], ensure_ascii=False)


def example_rows(app: str, metric: Metric) -> dict[str, list[Row]]:
    """Give the rows that the made-up report would leave, by table.

    Returns:
        An empty list for each table if there is no example, or one that does not fit.
    """
    value = example_value(metric)
    found = {} if value is None else counts(metric, value)
    by_key = found if isinstance(found, dict) else {}
    week, day = str(Week.of(EXAMPLE_DAY)), EXAMPLE_DAY.isoformat()
    spans = [("day", day), ("week", week)] if metric.by_day else [("week", week)]
    whose: dict[str, Cell] = {"app": app, "metric": metric.name}
    facts: list[Row] = [
        {**whose, "period": spans[0][1], "key": key, "count": count, "reports": 1}
        for key, count in by_key.items()
    ]
    totals: list[Row] = [
        {**whose, "span": span, "period": period, "key": key, "count": count, "n": 1, "all_n": 1}
        for span, period in spans
        for key, count in by_key.items()
    ]
    return {"facts": facts, "totals": totals}
