"""Enters: what is published of an app. Leaves: the numbers of each closed week, in one spelling.

A week is closed some days after its end: until then reports of it still arrive. The bytes are the
same as long as the numbers are, so that whoever kept them sees every later change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from aboveboard.model.period import GRACE, Week

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.total import PublishedApp, PublishedPeriod


def closed_weeks(published: PublishedApp, today: date) -> list[tuple[Week, bytes]]:
    """Give the numbers of each week that is closed, oldest first, as canonical JSON.

    A metric of which too few reports arrived in a week is not named there.
    """
    weeks: dict[Week, list[dict[str, object]]] = defaultdict(list)
    for metric in published.metrics:
        for period in metric.weeks:
            week = Week.parse(period.period)
            if period.n is not None and week.last + GRACE < today:
                weeks[week].append({"metric": metric.metric.name, **_numbers(period)})
    app = published.registry.app
    return [(week, _canonical(app, week, weeks[week])) for week in sorted(weeks)]


def _numbers(period: PublishedPeriod) -> dict[str, object]:
    groups = [
        {"value": group.key, "count": group.count, "n": group.n, "folded": group.folded}
        for group in period.groups
    ]
    return {"n": period.n, "groups": groups}


def _canonical(app: str, week: Week, metrics: list[dict[str, object]]) -> bytes:
    content = {"app": app, "period": str(week), "metrics": metrics}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
