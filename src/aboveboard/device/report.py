"""Step 4. Enters: what is due, the registry. Leaves: the reports that are shown and sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from aboveboard.model.digest import hex_digest
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.registry import Sends
from aboveboard.model.report import Entry, Report
from aboveboard.registry.bound_fields import OTHER
from aboveboard.registry.bounds import MOST_MARKS, has_open_keys, is_key, most_per_key
from aboveboard.registry.travel import groups
from aboveboard.wires.native import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import EntryValue, Ticket
    from aboveboard.model.stored import StoredEvent


def due(
    events: Iterable[StoredEvent], today: date, sends: Sends, *, now: bool
) -> dict[Week, list[StoredEvent]]:
    """Give what a report is due for, by its week.

    A week is told when it has ended; a product that sends every day tells what is of a day that has
    ended, and with ``now``, or every hour, all there is.
    """
    weeks: dict[Week, list[StoredEvent]] = {}
    for event in events:
        week = Week.of(event.day)
        ended = event.day < today if sends is Sends.DAY else week < Week.of(today)
        if now or ended or sends is Sends.HOUR:
            weeks.setdefault(week, []).append(event)
    return dict(sorted(weeks.items()))


def build(  # noqa: PLR0913 all that a report is made of
    tickets: Callable[[str], Ticket],
    week: Week,
    events: Iterable[StoredEvent],
    registry: Registry,
    said: frozenset[str] = frozenset(),
    *,
    apart: bool = True,
) -> list[Report]:
    """Build the reports of a week. Preview, journal and wire all come from here.

    Metrics that the registry does not let travel together are in different reports, which have
    nothing in common but the app, the week and the registry. A report that would be larger than a
    collector takes is shared out, each metric whole in one of them.

    Args:
        tickets: gives each report its id and token, by the name of its first metric.
        week: its period.
        events: what may be in it; other weeks, and what the registry does not know, stay out.
        registry: what may be said at all.
        said: metrics whose state was already said for this week, so that each install counts once.
        apart: whether it is for sending; a copy that stays is whole.

    Returns:
        The reports, by their first metric; none if there is nothing to say.
    """
    by_metric: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in events:
        metric = registry.metrics.get(event.metric)
        if metric is not None and week.holds(event.day) and _may_say(metric, event):
            by_metric[event.metric].append(event)
    entries = {
        name: _entries(registry.metrics[name], mine, said) for name, mine in by_metric.items()
    }
    shared = groups(registry) if apart else [tuple(sorted(registry.metrics))]
    parts = [part for group in shared for part in _parts(group, entries)]
    return [_report(tickets, week, registry, part) for part in sorted(parts, key=_first)]


def _may_say(metric: Metric, event: StoredEvent) -> bool:
    """Whether the registry of today knows a count: an older one, or a broken file, said others."""
    return metric.measured_on(event.day) and is_key(metric, event.key)


def _parts(group: Sequence[str], entries: Mapping[str, list[Entry]]) -> list[list[Entry]]:
    parts: list[list[Entry]] = []
    for name in group:
        mine = entries.get(name)
        if not mine:
            continue
        if not parts or len(parts[-1]) + len(mine) > MOST_ENTRIES:
            parts.append([])
        parts[-1] += mine
    return parts


def _first(part: Sequence[Entry]) -> str:
    return part[0].metric


def _report(
    tickets: Callable[[str], Ticket], week: Week, registry: Registry, part: Sequence[Entry]
) -> Report:
    ticket = tickets(_first(part))
    mark = hex_digest(bytes.fromhex(ticket.token))
    return Report(ticket.id, registry.app, week, registry.fingerprint, tuple(part), mark)


def overflows(events: Iterable[StoredEvent], registry: Registry) -> int:
    """Tell how many counts are larger than their metric's largest number."""
    metrics = registry.metrics
    return sum(
        event.count > most_per_key(metrics[event.metric], event.key)
        for event in events
        if event.metric in metrics
    )


def states(report: Report, registry: Registry) -> list[str]:
    """Give the metrics of a report that hold for the whole week."""
    metrics = registry.metrics
    return [e.metric for e in report.entries if not metrics[e.metric].kind.adds_up]


def _entries(metric: Metric, events: list[StoredEvent], said: frozenset[str]) -> list[Entry]:
    if metric.kind.adds_up:
        return _sums(metric, events)
    if metric.name in said:
        return []
    newest = max(event.day for event in events)
    latest = [event for event in events if event.day == newest]
    if metric.kind is Kind.NAMES:
        most = {event.key: most_per_key(metric, event.key) for event in latest}
        return [Entry(metric.name, {e.key: min(e.count, most[e.key]) for e in latest})]
    return [Entry(metric.name, _state(metric, latest[-1].key))]


def _sums(metric: Metric, events: list[StoredEvent]) -> list[Entry]:
    days: dict[date | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in sorted(events, key=lambda event: event.day):
        days[event.day if metric.by_day else None][event.key] += event.count
    return [Entry(metric.name, _sum(metric, keys), day) for day, keys in days.items()]


def _sum(metric: Metric, keys: dict[str, int]) -> EntryValue:
    if has_open_keys(metric):
        keys = _most_frequent(metric, keys)
    within = {key: min(count, most_per_key(metric, key)) for key, count in keys.items()}
    if metric.kind.is_number:
        return within[""]
    order = int if metric.kind.in_buckets else str
    return {key: within[key] for key in sorted(within, key=order)}


def _most_frequent(metric: Metric, keys: dict[str, int]) -> dict[str, int]:
    """Leave as many keys as an entry may name; other versions are counted together."""
    often = sorted(keys, key=lambda key: (-keys[key], key))
    if len(often) <= MOST_MARKS or not metric.by_version:
        return {key: keys[key] for key in often[:MOST_MARKS]}
    named = [key for key in often if key != OTHER][: MOST_MARKS - 1]
    told = {key: keys[key] for key in named}
    return told | {OTHER: sum(keys.values()) - sum(told.values())}


def _state(metric: Metric, key: str) -> EntryValue:
    match metric.kind:
        case Kind.FLAG:
            return key == "true"
        case Kind.QUANTITY:
            return int(key)
        case _:
            return key
