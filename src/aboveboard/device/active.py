"""Enters: what is kept of each day. Leaves: each first use of a day, week and month, counted once.

A registry that has the labelled metric ``telemetry.active`` learns by it how many installs are
active, without an identity: an install says once that it was there. So that it says it once, the
store remembers on which days it was; that never leaves, is about one choice of the person alone,
and goes with ``off``.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aboveboard.device.drafts import FIRST_DAY
from aboveboard.device.store import still_leaves
from aboveboard.model.consent import Leave
from aboveboard.model.event import Event
from aboveboard.model.metric import ACTIVE, Kind
from aboveboard.model.period import Week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboveboard.model.consent import Choice, Consent
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.ports.device import EventStore

PLACES = {leave: f"active {leave.name.lower()}" for leave in Leave}
"""Under which names a store keeps the days; what may not leave is counted apart."""
MOST_DAYS = 100
"""More than the longest period, and what may be gathered late."""
TRIES = 5
"""So many processes may come first."""
OURS = "telemetry."
"""What we count of ourselves is no use of the program."""
DAY, WEEK, MONTH = "day", "week", "month"


@dataclass(frozen=True, slots=True)
class Seen:
    """On which days an install was active, as far as it was counted.

    Attributes:
        number: the choice of the person that it is about.
        days: the days, oldest first.
    """

    number: int
    days: tuple[date, ...] = ()


NOTHING = Seen(-1)


def firsts(seen: Iterable[date], days: Iterable[date]) -> list[tuple[date, str]]:
    """Tell of what each day is the first one that was used: of itself, its week, its month.

    Args:
        seen: days that were told before.
        days: days on which something was counted; those that were told before are left out.

    Example:
        >>> firsts([date(2026, 11, 30)], [date(2026, 11, 30), date(2026, 12, 1)])
        [(datetime.date(2026, 12, 1), 'day'), (datetime.date(2026, 12, 1), 'month')]
    """
    known = set(seen)
    weeks, months = {Week.of(day) for day in known}, {_month(day) for day in known}
    found: list[tuple[date, str]] = []
    for day in sorted(set(days) - known):
        found.append((day, DAY))
        if Week.of(day) not in weeks:
            weeks.add(Week.of(day))
            found.append((day, WEEK))
        if _month(day) not in months:
            months.add(_month(day))
            found.append((day, MONTH))
    return found


def count(store: EventStore, registry: Registry, consent: Consent, today: date) -> None:
    """Count on which days the install was active, as far as it was not counted before.

    Active is who counted something that may leave as far as this may. The days are noted down and
    the counts added in one step, so that of several processes one counts.

    Raises:
        StoreError: it cannot be kept; the next time it is tried again.
    """
    metric = _metric(registry)
    if metric is None or not consent.records(metric):
        return
    leave = consent.leave(metric)
    days = _used(store, leave, consent, today)

    def more(seen: Seen) -> tuple[Seen, list[Event]] | None:
        if seen.number > consent.number:
            return None  # Somebody chose meanwhile: what is in force here is of yesterday.
        known = seen.days if seen.number == consent.number else ()
        # What was before a full list may have been in it.
        fresh = {day for day in days if len(known) < MOST_DAYS or day > known[0]}
        news = firsts(known, fresh)
        kept = tuple(sorted({*known, *fresh})[-MOST_DAYS:])
        events = [
            Event(metric.name, day, label, 1, leave=leave, choice=consent.number)
            for day, label in news
            if label in metric.labels and metric.measured_on(day)
        ]
        return (Seen(consent.number, kept), events) if news else None

    if days:
        _change(store, PLACES[leave], more)


def follow(store: EventStore, registry: Registry, before: Consent, choice: Choice) -> None:
    """Let what is remembered follow a choice: of what was before a withdrawal nothing is known.

    Who said yes and says yes again, to a newer registry for example, was there once all the same.

    Raises:
        StoreError: it cannot be kept.
    """
    metric = _metric(registry)
    was = before.leave(metric) if metric is not None else Leave.NEVER
    stays = metric is not None and still_leaves(choice, metric.level, was)
    days = read(store.kept(PLACES[was])).days if stays else ()

    def later(leave: Leave, seen: Seen) -> tuple[Seen, list[Event]] | None:
        goes_on = days if leave is Leave.YES else ()
        return (Seen(choice.number, goes_on), []) if goes_on or seen is not NOTHING else None

    for leave, place in PLACES.items():
        _change(store, place, functools.partial(later, leave))


def read(content: bytes | None) -> Seen:
    """Read what was kept; what cannot be read was never there."""
    with contextlib.suppress(ValueError):
        number, *days = (content or b"").decode("ascii").split()
        return Seen(int(number), tuple(map(date.fromisoformat, days)))
    return NOTHING


def write(seen: Seen) -> bytes:
    """Write it to be kept.

    Example:
        >>> write(Seen(1, (date(2026, 11, 30),)))
        b'1 2026-11-30'
    """
    return " ".join([str(seen.number), *(day.isoformat() for day in seen.days)]).encode()


def _metric(registry: Registry) -> Metric | None:
    metric = registry.metrics.get(ACTIVE)
    return metric if metric is not None and metric.kind is Kind.LABELLED else None


def _used(store: EventStore, leave: Leave, consent: Consent, today: date) -> set[date]:
    choice = consent.choice
    since = choice.day if choice is not None and not choice.earlier else FIRST_DAY
    # A day later than tomorrow, or before there was an Aboveboard, is one of a clock that is wrong.
    since, until = max(since, FIRST_DAY), today + timedelta(days=1)
    return {
        event.day
        for event in store.events()
        if event.leave is leave
        and since <= event.day <= until
        and not event.metric.startswith(OURS)
    }


def _change(
    store: EventStore, place: str, change: Callable[[Seen], tuple[Seen, list[Event]] | None]
) -> None:
    for _ in range(TRIES):
        before = store.kept(place)
        found = change(read(before))
        if found is None or store.exchange(place, before, write(found[0]), found[1]):
            return


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
