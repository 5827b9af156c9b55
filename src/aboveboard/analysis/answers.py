"""Enters: what is published of an app. Leaves: the questions that are answered, so that they end.

Only a metric whose registry says ``until_answered`` ends by itself; ``registry/plan.py`` says what
"as surely as it must be" means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.plan import Expected, answered

if TYPE_CHECKING:
    from aboveboard.model.total import PublishedApp, PublishedMetric


def ended(published: PublishedApp) -> frozenset[str]:
    """Give the metrics that need not be measured any longer."""
    expected = Expected(published.registry.installs)
    return frozenset(
        each.metric.name
        for each in published.metrics
        if each.metric.until_answered and is_answered(each, expected)
    )


def is_answered(published: PublishedMetric, expected: Expected) -> bool:
    """Whether the reports so far make its answer as sure as it must be.

    Of the reports of an install, one says the metric for a week. Counts of several weeks are asked
    of more than there are installs; a share is asked of each once, so its best week decides.
    """
    weeks = [week.n or 0 for week in published.weeks]
    n = sum(weeks) if published.metric.kind.is_number else max(weeks, default=0)
    return answered(published.metric, n, expected)
