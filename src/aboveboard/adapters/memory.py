"""Enters: the same calls as the real adapters. Leaves: the same results, kept in memory alone."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.model.report import Fate
from aboveboard.ports import Answer, LogPosition, LogSlice, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event
    from aboveboard.model.period import Week
    from aboveboard.model.report import Delivery


class SetClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 11, 18, 12, tzinfo=UTC)
        self._elapsed = 0

    def now(self) -> datetime:
        """Give the time it was set to."""
        return self._now

    def monotonic_ms(self) -> int:
        """Give the milliseconds by which it was moved."""
        return self._elapsed

    def move(self, by: timedelta) -> None:
        """Move it forward."""
        self._now += by
        self._elapsed += int(by.total_seconds() * 1000)


class CountingChance:
    """Draws 1, 2, 3 …, for tests that must foresee it."""

    def __init__(self) -> None:
        self._last = 0

    def report_id(self) -> str:
        """Give the next number as 32 hexadecimal digits."""
        self._last += 1
        return f"{self._last:032x}"


class MemoryEventStore:
    """Keeps events as long as the process lives."""

    def __init__(self) -> None:
        self._choice: Choice | None = None
        self._events: dict[tuple[str, date, str, bool], int] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._said: set[tuple[Week, str, str]] = set()
        self._kept: dict[str, bytes] = {}

    def choice(self) -> Choice | None:
        """Give what the person chose."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Keep the choice."""
        self._choice = choice

    def withhold(self) -> None:
        """Mark everything as never to be sent, and drop the reports that wait."""
        kept = self.events()
        self._events.clear()
        for event in kept:
            key = (event.metric, event.day, event.key, False)
            self._events[key] = self._events.get(key, 0) + event.count
        self._drop_waiting()

    def add(self, events: Iterable[Event], *, sendable: bool) -> None:
        """Add counts."""
        for event in events:
            name, day = event.metric.name, event.day
            key = (name, day, event.key, sendable)
            if event.metric.kind.adds_up:
                self._events[key] = self._events.get(key, 0) + event.count
                continue
            for old in [k for k in self._events if k[:2] == (name, day)]:
                del self._events[old]
            self._events[key] = event.count

    def events(self) -> list[StoredEvent]:
        """Give everything that is in no report yet."""
        return [
            StoredEvent(metric, day, key, self._events[metric, day, key, sendable], sendable)
            for metric, day, key, sendable in sorted(self._events)
        ]

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state was said this week."""
        return frozenset(metric for said_week, metric, _ in self._said if said_week == week)

    def take(self, events: Sequence[StoredEvent], delivery: Delivery, said: Iterable[str]) -> bool:
        """Move counts into a report, if they are still there."""
        if any(self._events.get(_place(event), 0) < event.count for event in events):
            return False
        self.drop(events)
        self._deliveries[delivery.report] = delivery
        self._said |= {(delivery.week, metric, delivery.report) for metric in said}
        return True

    def drop(self, events: Sequence[StoredEvent]) -> None:
        """Let go of counts."""
        for event in events:
            place = _place(event)
            left = self._events.get(place, 0) - event.count
            if left > 0:
                self._events[place] = left
            elif left == 0:
                del self._events[place]

    def settle(self, delivery: Delivery) -> None:
        """Note down what became of a report."""
        if delivery.report in self._deliveries or delivery.fate is not Fate.WAITING:
            self._deliveries[delivery.report] = delivery

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal."""
        return [d for d in self._deliveries.values() if fate in {None, d.fate}]

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name."""
        self._kept[name] = content

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        return self._kept.get(name)

    def erase(self) -> None:
        """Delete every count, every report that waits and all that was kept."""
        self._events.clear()
        self._kept.clear()
        self._drop_waiting()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _drop_waiting(self) -> None:
        for report in [d.report for d in self.deliveries(Fate.WAITING)]:
            del self._deliveries[report]
            self._said = {place for place in self._said if place[2] != report}


def _place(event: StoredEvent) -> tuple[str, date, str, bool]:
    return event.metric, event.day, event.key, event.sendable


class MemoryTransport:
    """Hands what is sent to a function, or fails as if there were no network.

    Attributes:
        sent: every ``(url, body, headers)`` that was sent.
    """

    def __init__(self, answer: Callable[[str, bytes, dict[str, str]], Answer] | None) -> None:
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self._answer = answer

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Hand over a body."""
        if self._answer is None:
            message = "no network"
            raise SendError(message)
        self.sent.append((url, body, headers))
        return self._answer(url, body, headers)


class MemoryLog:
    """Keeps records as long as the process lives; a place's offset counts records.

    Attributes:
        records: every record, oldest first.
    """

    def __init__(self) -> None:
        self.records: deque[bytes] = deque()

    def append(self, records: Sequence[bytes]) -> None:
        """Append records."""
        self.records.extend(records)

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place."""
        found: list[bytes] = []
        for record in list(self.records)[start.offset :]:
            if found and sum(map(len, found)) + len(record) > most_bytes:
                break
            found.append(record)
        return LogSlice(found, LogPosition(0, start.offset + len(found)))

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes lie after a place."""
        return sum(map(len, list(self.records)[start.offset :]))

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
