"""Step 4. Enters: what is due, the registry. Leaves: the one report that is shown and sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.report import Entry, Report
from aboveboard.registry.bounds import most_per_key
from aboveboard.wires.native import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import EntryValue
    from aboveboard.ports import StoredEvent


def due_weeks(events: Iterable[StoredEvent], today: date, *, now: bool) -> list[Week]:
    """Give the weeks that a report is due for: those that ended, with ``now`` this one too."""
    weeks = sorted({Week.of(event.day) for event in events})
    return [week for week in weeks if now or week < Week.of(today)]


def build(
    ids: Sequence[str],
    week: Week,
    events: Sequence[StoredEvent],
    registry: Registry,
    said: frozenset[str] = frozenset(),
) -> list[Report]:
    """Build the report of a week. Preview, journal and wire all come from here.

    It is one report, unless it would be larger than a collector takes; then the metrics are shared
    out, each whole in one of them, so that none is counted on two reports.

    Args:
        ids: the ids that they get, as many as there could be.
        week: its period.
        events: what may be in it; other weeks and what the registry does not know stay out.
        registry: what may be said at all.
        said: metrics whose state was already said for this week, so that each install counts once.

    Returns:
        The reports; none if there is nothing to say.
    """
    by_metric: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        metric = registry.metrics.get(event.metric)
        if metric is not None and week.holds(event.day) and metric.measured_on(event.day):
            by_metric[event.metric].append(event)
    parts: list[list[Entry]] = [[]]
    for name in sorted(by_metric):
        entries = _entries(registry.metrics[name], by_metric[name], said)
        if len(parts[-1]) + len(entries) > MOST_ENTRIES:
            parts.append([])
        parts[-1] += entries
    app, mark = registry.app, registry.fingerprint
    named = zip(ids, parts, strict=False)
    return [Report(name, app, week, mark, tuple(part)) for name, part in named if part]


def most_reports(registry: Registry) -> int:
    """Tell how many reports a week of this registry could take: mostly 1."""
    days = 7
    return 1 + len(registry.metrics) * days // (MOST_ENTRIES - days)


def states(report: Report, registry: Registry) -> list[str]:
    """Give the metrics of a report that hold for the whole week."""
    metrics = registry.metrics
    return [e.metric for e in report.entries if not metrics[e.metric].kind.adds_up]


def _entries(metric: Metric, events: list[StoredEvent], said: frozenset[str]) -> list[Entry]:
    if metric.kind.adds_up:
        return _sums(metric, events)
    if metric.name in said:
        return []
    latest = max(events, key=lambda event: event.day)
    return [Entry(metric.name, _state(metric, latest.key))]


def _sums(metric: Metric, events: list[StoredEvent]) -> list[Entry]:
    days: dict[date | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in sorted(events, key=lambda event: event.day):
        days[event.day if metric.by_day else None][event.key] += event.count
    return [Entry(metric.name, _sum(metric, keys), day) for day, keys in days.items()]


def _sum(metric: Metric, keys: dict[str, int]) -> EntryValue:
    within = {key: min(count, most_per_key(metric, key)) for key, count in keys.items()}
    if metric.kind.is_number:
        return within[""]
    order = int if metric.kind.in_buckets else str
    return {key: within[key] for key in sorted(within, key=order)}


def _state(metric: Metric, key: str) -> EntryValue:
    match metric.kind:
        case Kind.FLAG:
            return key == "true"
        case Kind.QUANTITY:
            return int(key)
        case _:
            return key
