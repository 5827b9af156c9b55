"""Enters: how many sites were there, day by day or week by week. Leaves: a chart of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis import spans
from aboveboard.analysis.charts import FRAME
from aboveboard.analysis.shapes import upright
from aboveboard.analysis.words import day_label, first_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.analysis.charts import Spec
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedPeriod


def usage_spec(metric: Metric, periods: Sequence[PublishedPeriod], word: str) -> Spec | None:
    """Draw how many sites there were, or give None where there is nothing that may be shown.

    Args:
        metric: what counts them.
        periods: oldest first.
        word: ``day`` or ``week``.
    """
    shown = [period for period in periods if period.n is not None]
    if not shown:
        return None
    rows: list[Spec] = [
        {"period": spans.tick(period), "count": period.n, "said": f"{period.n:,}", "n": period.n}
        for period in shown
    ]
    first, last = (day_label(first_day(periods[place].period), year=True) for place in (0, -1))
    words = (
        f"Sites per {word}, from {first} to {last}; {shown[-1].n:,} in the latest that is shown."
    )
    calendar = spans.calendar(word, periods)
    axis = spans.axis(periods)
    hidden = spans.hidden(metric, periods)
    return FRAME | {"description": words, **upright(axis, hidden, rows, f"sites per {calendar}")}
