"""Enters: what the store keeps. Leaves: reports to be shown, and the same ones in the outbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from aboveboard.device import report as step_report
from aboveboard.model.consent import Leave
from aboveboard.model.report import Outgoing, Ticket
from aboveboard.values import dataclass
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboveboard.model.period import Week
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Report
    from aboveboard.model.stored import StoredEvent
    from aboveboard.ports.device import EventStore
    from aboveboard.ports.surroundings import Chance

FIRST_DAY = date(2026, 1, 1)
"""There was no Aboveboard before: a clock that tells an earlier day is not set."""


def oldest_day(days: Iterable[date], today: date, most_days: int) -> date:
    """Give the oldest day that is kept.

    The latest day before today on which anything was kept is not too old: a clock that jumps years
    ahead must not take everything with it before somebody sets it right.

    Example:
        >>> oldest_day([date(2026, 11, 1), date(2026, 11, 18)], date(2099, 1, 1), 400).isoformat()
        '2026-11-18'
    """
    oldest = today - timedelta(days=most_days)
    return min(oldest, max((day for day in days if day < today), default=oldest))


LOCAL = "local "
"""A copy that stays has an id of its own: what it says is not what leaves under another."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A week that is due: its reports, and the counts that they are made of."""

    week: Week
    reports: list[Report]
    events: list[StoredEvent]


class Drafts:
    """Makes reports; those that are shown are those that are sent, to the byte.

    Args:
        store: what was counted.
        chance: draws ids and tokens.
    """

    def __init__(self, store: EventStore, chance: Chance) -> None:
        self._store = store
        self._chance = chance
        self._tickets: dict[tuple[Week, str], Ticket] = {}

    def make(
        self,
        registry: Registry,
        today: date,
        *,
        now: bool,
        local: bool = False,
        earlier: bool = False,
    ) -> list[Draft]:
        """Make the reports that are due.

        Args:
            registry: what may be said.
            today: the day.
            now: also what is not due yet.
            local: also what stays on this machine, in a whole copy that stays, too.
            earlier: also what would leave if the person were asked for it and said yes.
        """
        leaving = {Leave.YES, Leave.IF_ASKED} if earlier else {Leave.YES}
        events = [event for event in self._store.events() if local or event.leave in leaving]
        weeks = step_report.due(events, today, registry.sends, now=now)
        drafts = []
        for week, mine in weeks.items():
            said = frozenset[str]() if local else self._store.said(week)
            tickets = self._tickets_of(week, LOCAL if local else "")
            reports = step_report.build(tickets, week, mine, registry, said, apart=not local)
            drafts.append(Draft(week, reports, mine))
        return drafts

    def file(
        self,
        registry: Registry,
        drafts: Sequence[Draft],
        today: date,
        destinations: Sequence[str],
        due: Callable[[], int],
    ) -> None:
        """Put reports into the outbox, and take what they say out of the store.

        Args:
            registry: by which they were made.
            drafts: the reports.
            today: the day.
            destinations: where each goes.
            due: draws the moment at which the next of them may leave.
        """
        for draft in drafts:
            for report in draft.reports:
                mine = {entry.metric for entry in report.entries}
                ticket = self._tickets.pop((draft.week, report.entries[0].metric))
                body = native.write(report)
                filed = Outgoing(report.id, draft.week, body, ticket.token, due(), today)
                said = step_report.states(report, registry)
                taken = [event for event in draft.events if event.metric in mine]
                self._store.take(taken, filed, said, destinations)
            told = {entry.metric for report in draft.reports for entry in report.entries}
            self._store.drop([event for event in draft.events if event.metric not in told])

    def forget(self) -> None:
        """Draw new ids and tokens from now on."""
        self._tickets.clear()

    def redate(self, today: date) -> None:
        """Move what was counted while the clock was wrong to today.

        A day that is yet to come, or one before there was an Aboveboard, is one on which the clock
        was not set; that it is set now, the day itself must tell.
        """
        if today < FIRST_DAY:
            return
        tomorrow = today + timedelta(days=1)
        days = {event.day for event in self._store.events()}
        wrong = {day: today for day in days if day < FIRST_DAY or day > tomorrow}
        if wrong:
            self._store.redate(wrong)

    def _tickets_of(self, week: Week, kind: str) -> Callable[[str], Ticket]:
        def ticket(name: str) -> Ticket:
            first = kind + name
            if (week, first) not in self._tickets:
                drawn = Ticket(self._chance.report_id(), self._chance.token())
                self._tickets[week, first] = drawn
            return self._tickets[week, first]

        return ticket
