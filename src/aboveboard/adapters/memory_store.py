"""Enters: the ports EventStore and Outbox. Leaves: the same, as long as the process lives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.device.tally import LooseTally, standing
from aboveboard.model.consent import Leave
from aboveboard.model.report import COLLECTOR, Delivery, Fate, still_held
from aboveboard.model.stored import Lost, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event
    from aboveboard.model.period import Week
    from aboveboard.model.report import Answered, Outgoing

Place = tuple[str, "date", str, Leave]
BYTES_OF_AN_EVENT = 100
"""About as many as a file would need."""


class MemoryOutbox:
    """Keeps reports as long as the process lives."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Delivery] = {}
        self.tokens: dict[str, str] = {}
        self.said: set[tuple[Week, str, str]] = set()
        self.made: dict[str, date] = {}

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first."""
        return [delivery for delivery in self.rows.values() if fate in {None, delivery.fate}]

    def settle(self, delivery: Delivery, token: str = "") -> None:
        """Note down what became of a report."""
        place = (delivery.report, delivery.destination)
        waits = delivery.fate is Fate.WAITING
        if waits and (place not in self.rows or self.rows[place].fate is not Fate.WAITING):
            if delivery.tries:
                self._keep_as_unheard(delivery, token)
            return
        body = self._body(delivery) if waits else delivery.body
        self.rows[place] = replace(delivery, body=body)
        self.made.setdefault(delivery.report, delivery.day)
        self.tokens.setdefault(delivery.report, token)
        self._say(delivery.report, body)

    def copy_to(self, destination: str) -> None:
        """Have what waits for the collector go to another destination, too."""
        for waits in self.deliveries(Fate.WAITING):
            if waits.destination == COLLECTOR:
                copy = replace(
                    waits, destination=destination, answer="", url="", at="", tries=0, sealed=0
                )
                self.rows.setdefault((waits.report, destination), copy)

    def leave_out(self, destination: str) -> None:
        """Let nothing wait for a destination any longer."""
        self.drop_waiting(destination)

    def strike(self, report: str, body: bytes | None = None) -> bool:
        """Take a report out that waits everywhere, or replace its content."""
        mine = [delivery for delivery in self.deliveries() if delivery.report == report]
        if not mine or any(delivery.fate is not Fate.WAITING for delivery in mine):
            return False
        if body is None:
            for waits in mine:
                place = (report, waits.destination)
                self.rows[place] = replace(waits, fate=Fate.STRUCK, answer="")
            self.said = {said for said in self.said if said[2] != report}
        self._say(report, body or b"")
        return True

    def token(self, report: str) -> str:
        """Give the token that takes a report back."""
        return self.tokens.get(report, "")

    def put(self, report: Outgoing, said: Iterable[str], destinations: Sequence[str]) -> None:
        """Put a report into the outbox."""
        self.tokens[report.report] = report.token
        self.made[report.report] = report.day
        for destination in destinations:
            self.rows[report.report, destination] = Delivery(
                report=report.report,
                week=report.week,
                fate=Fate.WAITING,
                answer="",
                body=report.body,
                sealed=0,
                day=report.day,
                destination=destination,
                due=report.due,
            )
        self.said |= {(report.week, metric, report.report) for metric in said}

    def drop_waiting(self, destination: str = "") -> None:
        """Let nothing wait any longer, anywhere or for one destination."""
        for waits in self.deliveries(Fate.WAITING):
            if destination not in {"", waits.destination}:
                continue
            if waits.tries:
                self.rows[waits.report, waits.destination] = replace(waits, fate=Fate.STRUCK)
            else:
                self.remove(waits)
        left = {row.report for row in self.deliveries() if row.fate is not Fate.STRUCK}
        self.said = {said for said in self.said if said[2] in left}
        for report in {row.report for row in self.deliveries()} - left:
            self._say(report, b"")

    def drop_what_nobody_holds(self, answered: Answered) -> None:
        """Let go of every report that is at none of its destinations."""
        held = still_held(self.deliveries(), answered)
        for delivery in self.deliveries():
            if delivery.report not in held:
                self.remove(delivery)

    def remove(self, delivery: Delivery) -> None:
        """Let go of what became of a report at one destination."""
        del self.rows[delivery.report, delivery.destination]
        if not any(report == delivery.report for report, _ in self.rows):
            self.tokens.pop(delivery.report, None)
            self.made.pop(delivery.report)
            self.said = {said for said in self.said if said[2] != delivery.report}

    def _keep_as_unheard(self, delivery: Delivery, token: str) -> None:
        """Keep what takes a report back that was withdrawn or struck while it travelled."""
        place = (delivery.report, delivery.destination)
        known = self.rows.get(place)
        if known is None and token:
            others = [row for row in self.deliveries() if row.report == delivery.report]
            body = others[0].body if others else b""
            self.rows[place] = replace(delivery, fate=Fate.STRUCK, body=body)
            self.made.setdefault(delivery.report, delivery.day)
            self.tokens.setdefault(delivery.report, token)
        elif known is not None and known.fate is Fate.STRUCK:
            tries = max(known.tries, delivery.tries)
            self.rows[place] = replace(
                known,
                tries=tries,
                answer=delivery.answer,
                url=delivery.url,
                at=delivery.at,
                day=delivery.day,
            )

    def _body(self, delivery: Delivery) -> bytes:
        return self.rows[delivery.report, delivery.destination].body

    def _say(self, report: str, body: bytes) -> None:
        """Keep one content of a report, wherever it goes."""
        for place, delivery in self.rows.items():
            if delivery.report == report:
                self.rows[place] = replace(delivery, body=body)


class MemoryEventStore:
    """Keeps events as long as the process lives.

    Attributes:
        outbox: where its reports go.
    """

    def __init__(self) -> None:
        self.outbox = MemoryOutbox()
        self._choice: Choice | None = None
        self._events: dict[Place, int] = {}
        self._states: set[str] = set()
        self._kept: dict[str, bytes] = {}
        self._tallies: list[LooseTally] = []

    def choice(self) -> Choice | None:
        """Give what the person chose."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Keep the choice."""
        self._choice = choice

    def withhold(self, metrics: frozenset[str] | None = None) -> None:
        """Mark what is kept as never to be sent."""
        self._mark(Leave.NEVER, metrics, frozenset(Leave))
        if metrics is None:
            self.outbox.drop_waiting()

    def release(self) -> None:
        """Let go what was recorded before anybody chose."""
        self._mark(Leave.YES, None, frozenset({Leave.IF_ASKED}))

    def tally(self) -> LooseTally:
        """Open a tally."""
        made = LooseTally()
        self._tallies.append(made)
        return made

    def gather(self) -> None:
        """Bring what every tally holds into the store."""
        for tally in self._tallies:
            self.add(tally.drain())
        self._tallies = [tally for tally in self._tallies if not tally.closed]

    def add(self, events: Iterable[Event]) -> None:
        """Add counts."""
        replaced: set[tuple[str, date]] = set()
        for event in events:
            leave = standing(event, self._choice)
            if leave is None:
                continue
            same = (event.metric, event.day)
            if not event.adds_up and same not in replaced:
                replaced.add(same)
                self._states.add(event.metric)
                self._events = {k: n for k, n in self._events.items() if k[:2] != same}
            place = (*same, event.key, leave)
            if event.count:
                self._events[place] = self._events.get(place, 0) + event.count

    def events(self) -> list[StoredEvent]:
        """Give everything that is in no report yet."""
        return [
            StoredEvent(metric, day, key, self._events[metric, day, key, leave], leave)
            for metric, day, key, leave in sorted(self._events)
        ]

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state was said this week."""
        return frozenset(metric for said, metric, _ in self.outbox.said if said == week)

    def take(
        self,
        events: Sequence[StoredEvent],
        report: Outgoing,
        said: Iterable[str],
        destinations: Sequence[str],
    ) -> bool:
        """Move counts into a report, if they are still there."""
        states = list(said)
        twice = not self.said(report.week).isdisjoint(states)
        if twice or any(self._events.get(_place(event), 0) < event.count for event in events):
            return False
        self.drop(events)
        self.outbox.put(report, states, destinations)
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

    def keep_here(self, events: Sequence[StoredEvent]) -> None:
        """Let counts stay on the machine for good."""
        there = [each for each in events if self._events.get(_place(each), 0) >= each.count]
        self.drop(there)
        for event in there:
            place = (event.metric, event.day, event.key, Leave.NEVER)
            self._events[place] = self._events.get(place, 0) + event.count

    def redate(self, days: Mapping[date, date]) -> None:
        """Move what was counted on some days to others."""
        for wrong in sorted(days, reverse=True):
            there = {k[0] for k in self._events if k[1] == days[wrong]} & self._states
            for place in [place for place in self._events if place[1] == wrong]:
                metric, _, key, leave = place
                count = self._events.pop(place)
                if metric not in there:
                    right = (metric, days[wrong], key, leave)
                    self._events[right] = self._events.get(right, 0) + count

    def prune(self, most_bytes: int, oldest: date) -> Lost:
        """Let go of what is too old, and of the oldest days while there is too much."""
        self.gather()
        lost = self._forget_until(oldest - timedelta(days=1), set(Fate))
        for fates in (set(Fate) - {Fate.WAITING}, set(Fate)):
            while self._size() > most_bytes and (days := self._days(fates)):
                first = min(days)
                last = first + min(timedelta(days=6), type(first).max - first)
                more = self._forget_until(last, fates)
                lost = Lost(lost.counts + more.counts, lost.reports + more.reports)
        return lost

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name."""
        self._kept[name] = content

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        return self._kept.get(name)

    def exchange(
        self, name: str, before: bytes | None, content: bytes, events: Iterable[Event] = ()
    ) -> bool:
        """Keep some bytes and add counts, if what was kept is still as before."""
        if self._kept.get(name) != before:
            return False
        self._kept[name] = content
        self.add(events)
        return True

    def erase(
        self, metrics: frozenset[str] | None = None, answered: Answered = frozenset()
    ) -> None:
        """Delete counts, reports that wait or that nobody holds, and what was kept."""
        if metrics is not None:
            self._events = {k: n for k, n in self._events.items() if k[0] not in metrics}
            return
        for tally in self._tallies:
            tally.drain()
        self._events.clear()
        self._kept.clear()
        self.outbox.drop_waiting()
        self.outbox.drop_what_nobody_holds(answered)

    def let_go(self, reports: Collection[str]) -> None:
        """Delete some reports."""
        for delivery in self.outbox.deliveries():
            if delivery.report in reports:
                self.outbox.remove(delivery)

    def hurry(self) -> None:
        """Do nothing: there is nobody to wait for."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _mark(self, leave: Leave, metrics: frozenset[str] | None, those: frozenset[Leave]) -> None:
        marked: dict[Place, int] = {}
        for (metric, day, key, old), count in self._events.items():
            meant = old in those and (metrics is None or metric in metrics)
            place = (metric, day, key, leave if meant else old)
            marked[place] = marked.get(place, 0) + count
        self._events = marked

    def _size(self) -> int:
        bodies = sum(len(delivery.body) for delivery in self.outbox.deliveries())
        return bodies + BYTES_OF_AN_EVENT * len(self._events)

    def _of(self, fates: set[Fate]) -> list[Delivery]:
        return [d for d in self.outbox.deliveries() if d.fate in fates]

    def _days(self, fates: set[Fate]) -> set[date]:
        made = {self.outbox.made[delivery.report] for delivery in self._of(fates)}
        return {day for _, day, _, _ in self._events} | made

    def _forget_until(self, day: date, fates: set[Fate]) -> Lost:
        old = [place for place in self._events if place[1] <= day]
        for place in old:
            del self._events[place]
        reports = [d for d in self._of(fates) if self.outbox.made[d.report] <= day]
        for delivery in reports:
            self.outbox.remove(delivery)
        return Lost(len(old), len(reports))


def _place(event: StoredEvent) -> Place:
    return event.metric, event.day, event.key, event.leave


class MemoryPapers:
    """Keeps texts as long as the process lives."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """Keep a text."""
        self._texts[name] = content

    def get(self, name: str) -> bytes | None:
        """Give a text, or None."""
        return self._texts.get(name)

    def clear(self) -> None:
        """Remove every text."""
        self._texts.clear()
