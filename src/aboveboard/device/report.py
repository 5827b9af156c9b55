"""Step 4. Enters: what is due, the registry. Leaves: the one report that is shown and sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.report import Entry, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric, Registry
    from aboveboard.model.report import EntryValue
    from aboveboard.ports import StoredEvent


def due_weeks(events: Iterable[StoredEvent], today: date, *, now: bool) -> list[Week]:
    """Give the weeks that a report is due for: those that ended, with ``now`` this one too."""
    weeks = sorted({Week.of(event.day) for event in events})
    return [week for week in weeks if now or week < Week.of(today)]


def build(
    report_id: str,
    week: Week,
    events: Sequence[StoredEvent],
    registry: Registry,
    said: frozenset[str] = frozenset(),
) -> Report | None:
    """Build the report of a week. Preview, journal and wire all come from here.

    Args:
        report_id: the id it gets.
        week: its period.
        events: what may be in it; other weeks and what the registry does not know stay out.
        registry: what may be said at all.
        said: metrics whose state was already said for this week, so that each install counts once.

    Returns:
        The report, or None if there is nothing to say.
    """
    by_metric: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        metric = registry.metrics.get(event.metric)
        if metric is not None and week.holds(event.day) and metric.measured_on(event.day):
            by_metric[event.metric].append(event)
    entries: list[Entry] = []
    for name in sorted(by_metric):
        metric = registry.metrics[name]
        if metric.kind.adds_up:
            entries += _sums(metric, by_metric[name])
        elif name not in said:
            latest = max(by_metric[name], key=lambda event: event.day)
            entries.append(Entry(name, _state(metric, latest.key)))
    if not entries:
        return None
    return Report(report_id, registry.app, week, registry.fingerprint, tuple(entries))


def states(report: Report, registry: Registry) -> list[str]:
    """Give the metrics of a report that hold for the whole week."""
    metrics = registry.metrics
    return [e.metric for e in report.entries if not metrics[e.metric].kind.adds_up]


def _sums(metric: Metric, events: list[StoredEvent]) -> list[Entry]:
    days: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        days[event.day][event.key] += event.count
    return [Entry(metric.name, _sum(metric, days[day]), day) for day in sorted(days)]


def _sum(metric: Metric, keys: dict[str, int]) -> EntryValue:
    if metric.kind is Kind.COUNTER:
        return min(sum(keys.values()), metric.largest)
    return {key: keys[key] for key in sorted(keys, key=int)}


def _state(metric: Metric, key: str) -> EntryValue:
    return key == "true" if metric.kind is Kind.FLAG else key
