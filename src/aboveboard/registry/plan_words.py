"""Enters: a plan for a metric, or how far its answer has come. Leaves: a sentence for people."""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING

from aboveboard.registry.plan import Expected, Plan, Reach, accuracy_of, answered

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric


def words(plan: Plan) -> str:
    """Say what it takes to answer a metric's question."""
    metric, expected = plan.metric, plan.expected
    head = f"{metric.title or metric.name}:"
    best, goal, needed = had(metric, plan.best), wanted(metric), f"{plan.needed or 0:,}"
    match plan.reach:
        case Reach.UNSAID:
            most = (
                f" If all who are expected answer, it is {best}." if plan.best is not None else ""
            )
            return f"{head} nobody said how sure the answer must be.{most}"
        case Reach.UNKNOWN_INSTALLS:
            return (
                f"{head} {goal} takes {needed} reports; nobody said how many installs are "
                "expected, so they may be out of reach."
            )
        case Reach.ONE_WEEK:
            return (
                f"{head} {goal} takes {needed} reports: one week of {rate(plan.rate)} of those "
                "who answer."
            )
        case Reach.MORE_WEEKS:
            return (
                f"{head} {goal} takes {needed} reports: {plan.weeks:,} weeks of all who answer, "
                f"or more if their weeks are alike. One week gives {best}."
            )
        case _:
            most = f"the best is {best}" if plan.best is not None else "that is no answer"
            return (
                f"{head} {needed} of {expected.installs:,} installs would have to answer for "
                f"{goal}; you expect {expected.reports:,}: {most}. More weeks do not "
                "help: they would be the same installs."
            )


def progress(metric: Metric, n: int, expected: Expected | None = None) -> str:
    """Say whether a question is answered by now.

    Args:
        metric: whose question.
        n: how many installs have answered so far.
        expected: who is there to be asked; without it, any number of installs.
    """
    head = f"{metric.title or metric.name}:"
    now = had(metric, accuracy_of(metric, n, expected or Expected(None)))
    if metric.accuracy is None:
        return f"{head} {_reports(n)} {now}; nobody said how sure it must be."
    goal = wanted(metric)
    if answered(metric, n, expected):
        return f"{head} answered. {_reports(n)} {now}, and {goal} was wanted."
    return f"{head} not answered yet. {_reports(n)} {now}, and {goal} is wanted."


def wanted(metric: Metric) -> str:
    """Write how sure an answer must be: in points of a share, or percent of a counter's mean."""
    return "–" if metric.accuracy is None else f"±{100 * metric.accuracy:g} {_unit(metric)}"


def had(metric: Metric, accuracy: float | None) -> str:
    """Write how sure an answer can be, rounded up, so that it never looks better than it is."""
    if accuracy is None:
        return "–"
    if accuracy == inf:
        return "nothing"
    return f"±{ceil(round(1000 * accuracy, 6)) / 10:,.10g} {_unit(metric)}"


def _unit(metric: Metric) -> str:
    return "%" if metric.kind.is_number else "points"


def rate(share: float | None) -> str:
    """Write a sample rate in percent, rounded up, so that it is never too low.

    Example:
        >>> rate(0.0239601), rate(1.0), rate(None)
        ('2.4 %', '100 %', '–')
    """
    return "–" if share is None else f"{ceil(round(1000 * share, 6)) / 10:g} %"


def _reports(n: int) -> str:
    return f"{n:,} report gives" if n == 1 else f"{n:,} reports give"
