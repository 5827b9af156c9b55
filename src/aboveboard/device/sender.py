"""Enters: that it may be time to send. Leaves: what was due has left, by this process or another.

The timetable says when reports are filed, the courier carries them; one of several processes does
it (a lease). A program that runs on has it done by a thread; one that ends hands it over to a
process of its own, or leaves it to its next run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.device import backoff, throttle, timetable
from aboveboard.device.answered import note
from aboveboard.device.courier import Courier, CourierParts
from aboveboard.device.due import NEXT
from aboveboard.device.forget import TakingParts, take_back
from aboveboard.device.timetable import Moment
from aboveboard.model.report import Fate
from aboveboard.model.withdrawal import Taking
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.device.core import Core
    from aboveboard.device.drafts import Draft
    from aboveboard.model.report import Delivery
    from aboveboard.model.withdrawal import Withdrawal

LATEST = "report.json"
"""The paper that shows the latest reports."""
MOST_WEEKS = 8
"""So many weeks of what is here are in it; a preview shows all of them."""
UNSENT = frozenset({Fate.WAITING, Fate.STRUCK})
SHORTEST_SECONDS = 60
DAY_SECONDS = 86_400


class Sender:
    """Sends what a program counted, when it is time and the person agrees.

    Args:
        core: what was counted, and on which terms.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._parts = core.parts

    def flush(self, stop: Callable[[], bool] = lambda: False, *, now: bool) -> list[Delivery]:
        """Bring what was counted into the store, and send what is due if that may be.

        Args:
            stop: asked between reports; True ends it.
            now: also send what is not due, because the person said so.

        Returns:
            What became of each report that was tried.
        """
        core = self._core
        with core.sending, core.store_open():
            core.gather()
            core.tidy()
            tried: list[Delivery] = []
            if core.consent.may_send or self._owes():
                with self._core.sending_parts.lease.claim() as mine:
                    if mine:
                        tried = self._send(stop, now=now) if core.consent.may_send else []
                        self.take_back(stop, hasty=now)
            core.keep_off()  # not under the lease
            # Asked anew: after a no that came meanwhile, nothing is made here any more.
            with core.lock:
                if core.consent_now().may_record and (self._show_latest() or core.consent.choice):
                    self._remember_next()
            return tried

    def take_back(
        self, stop: Callable[[], bool] = lambda: False, *, hasty: bool
    ) -> list[Withdrawal]:
        """Send the requests to delete reports that wait, whatever else may be sent."""
        parts, needed = self._parts, self._core.sending_parts
        taking = TakingParts(
            needed.withdrawals,
            parts.outbox,
            needed.transport,
            needed.checker,
            parts.clock,
            parts.chance,
        )
        return take_back(taking, stop, hasty=hasty)

    def next_filing(self) -> int | None:
        """Give the moment of the next filing in seconds since 1970, or None if there is none."""
        known = self._timetable()
        if known is None:
            return None
        return int(self._parts.clock.seconds()) + known.next(Moment.of(self._parts.clock))

    def _owes(self) -> bool:
        """Whether a report is to be taken back, whatever the mode."""
        queue = self._core.sending_parts.withdrawals
        return any(each.taking is Taking.ASKED for each in queue.withdrawals())

    def _send(self, stop: Callable[[], bool], *, now: bool) -> list[Delivery]:
        core, parts = self._core, self._parts
        with core.lock:
            # Somebody may have said no since it was looked at, and erased what would be made anew.
            if not core.consent_now().may_send:
                return []
            core.keep_unseen_here()
            self._file(now=now)
        needed = core.sending_parts
        carried = CourierParts(
            parts.store,
            parts.outbox,
            needed.wishes,
            needed.transport,
            needed.sealer,
            needed.checker,
            parts.clock,
            parts.chance,
            needed.copies,
        )
        courier = Courier(core.registry, carried, self._may_send, core.registrar.may_send)
        done = courier.round(stop, hasty=now)
        if done.answered and note(done.answered, core.registry, parts.store):
            core.take_force()
        return list(done.tried)

    def _may_send(self, _: Delivery) -> bool:
        return self._core.consent_now().may_send

    def _file(self, *, now: bool) -> None:
        """Make the reports that are due, if the timetable says so or the person does."""
        core, parts = self._core, self._parts
        sends, moment = core.registry.sends, Moment.of(parts.clock)
        known = self._timetable() or timetable.begin(sends, parts.clock, parts.chance)
        seen = known.seen(moment)
        if not now and not seen.due(moment):
            self._keep(seen)
            return
        # Kept before anything is filed: whoever is killed in between never files twice.
        self._keep(seen if now else seen.after_sending(sends, moment, parts.chance.draw()))
        drafts = core.make(now=now, local=False)
        if now:
            self._put(drafts, lambda: 0)
        elif self._throttled():
            # What a collector asked not to be sent stays on the machine.
            parts.store.keep_here([event for draft in drafts for event in draft.events])
        else:
            self._put(drafts, lambda: timetable.moments(1, sends, moment, parts.chance)[0])

    def _put(self, drafts: list[Draft], due: Callable[[], int]) -> None:
        core = self._core
        today = core.parts.clock.now().date()
        destinations = core.sending_parts.wishes.wishes().destinations
        core.count_overflows(drafts)
        core.drafts.file(core.registry, drafts, today, destinations, due)
        core.errors.forget(report for draft in drafts for report in draft.reports)

    def _throttled(self) -> bool:
        kept = throttle.read(self._parts.store.kept(throttle.PLACE))
        if kept is None:
            return False
        return not kept.sends(self._parts.clock.now().date(), self._parts.chance.draw())

    def _timetable(self) -> timetable.Timetable | None:
        kept = self._parts.store.kept(timetable.PLACE)
        return timetable.read(kept, self._core.registry.sends)

    def _keep(self, table: timetable.Timetable) -> None:
        body = table.write()
        if body != self._parts.store.kept(timetable.PLACE):
            self._parts.store.keep(timetable.PLACE, body)

    def _show_latest(self) -> bool:
        """Let the person read what left last, and what is here, without any program.

        Returns:
            Whether there is anything.
        """
        core = self._core
        rows = self._parts.outbox.deliveries()
        left = [each for each in rows if each.fate not in UNSENT]
        last = max((each.day for each in left), default=None)
        latest = {each.report: each.body for each in left if each.day == last}
        waiting = {each.report: each.body for each in rows if each.fate is Fate.WAITING}
        drafts = core.make(now=True, local=True)[-MOST_WEEKS:]
        here = [native.write(report) for draft in drafts for report in draft.reports]
        if not rows and not here:
            return False
        content = {
            "mode": core.consent.explain(),
            "left last": [json.loads(body) for body in latest.values() if body],
            "waiting to leave": [json.loads(body) for body in waiting.values()],
            "counted here, in no report yet": [json.loads(body) for body in here],
        }
        core.parts.papers.put(LATEST, json.dumps(content, indent=1, ensure_ascii=False).encode())
        return True

    def _leavings(self) -> list[int]:
        """Give the moments at which what waits may leave, where somebody takes it."""
        wishes = self._core.sending_parts.wishes.wishes()
        rests = backoff.read(self._parts.store.kept(backoff.PLACE))
        return [
            max(wishes.leaves_at(each.due, each.tries), rests.until(each.destination))
            for each in self._parts.outbox.deliveries(Fate.WAITING)
            if wishes.address(each.destination, self._core.registry.collector) is not None
        ]

    def _remember_next(self) -> None:
        filing = self.next_filing()
        moments = self._leavings()
        moments += [
            each.due
            for each in self._core.sending_parts.withdrawals.withdrawals()
            if each.taking is Taking.ASKED
        ]
        moments += [filing] if filing is not None else []
        now = int(self._parts.clock.seconds())
        moments.append(now + DAY_SECONDS)  # also where nothing is sent, things are put in order
        later = max(now + SHORTEST_SECONDS, min(moments))
        self._parts.papers.put(NEXT, str(later).encode())
