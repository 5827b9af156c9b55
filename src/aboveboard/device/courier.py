"""Enters: the reports that wait. Leaves: each was carried to its destination, or waits on.

Steps 5 and 6 for all destinations: the collector first, then the copies that a person wished for.
Each destination has its own rows in the journal and its own back-off, so a dead one holds up nobody
else. Before each report it is asked anew whether it may still leave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.device import backoff as step_backoff
from aboveboard.device.backoff import FARTHEST, pause
from aboveboard.device.seal import seal
from aboveboard.device.send import Sent, send
from aboveboard.errors import SealError
from aboveboard.model.copy_place import copy_place
from aboveboard.model.renewal import Renewal
from aboveboard.model.report import COLLECTOR, Fate
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.device.copies import CopyParts
    from aboveboard.model.registry import CollectorAddress, Registry
    from aboveboard.model.renewal import Renewed
    from aboveboard.model.report import Delivery
    from aboveboard.model.wishes import Wishes
    from aboveboard.ports.device import Outbox, Sealer, Transport
    from aboveboard.ports.sending import Keeper, WishesStore
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.ports.surroundings import Chance, Clock

DAY_SECONDS = 86_400
NOBODY = "the registry names no collector"


@dataclass(frozen=True, slots=True)
class CourierParts:
    """What a courier needs from outside."""

    store: Keeper
    outbox: Outbox
    wishes: WishesStore
    transport: Transport
    sealer: Sealer
    checker: SignatureChecker
    clock: Clock
    chance: Chance
    copies: CopyParts | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a round.

    Attributes:
        tried: what became of each report that was tried at a destination.
        answered: names of metrics that the collector asks not to measure any longer.
    """

    tried: tuple[Delivery, ...] = ()
    answered: frozenset[str] = frozenset()


class Courier:
    """Carries what waits and is due; hold the lease while it makes a round.

    Args:
        registry: names the collector.
        parts: what is needed from outside.
        may_send: tells whether a report may still leave; asked right before each.
        listed: tells whether the collector's log has the registry in force; asked at most once a
            round, and only if something is due for the registry's own collector.
    """

    def __init__(
        self,
        registry: Registry,
        parts: CourierParts,
        may_send: Callable[[Delivery], bool],
        listed: Callable[[], Renewed],
    ) -> None:
        self._registry = registry
        self._parts = parts
        self._may_send = may_send
        self._listed = listed

    def round(self, stop: Callable[[], bool] = lambda: False, *, hasty: bool = False) -> Round:
        """Carry once what is due.

        Args:
            stop: asked before each report; True ends the round.
            hasty: whether a person wants it now, without waiting times and rests.

        Raises:
            StoreError: what became of a report could not be read or noted down.
        """
        wishes = self._parts.wishes.wishes()
        return _Round(self._registry, self._parts, wishes, self._may_send, self._listed).make(
            stop, hasty=hasty
        )


class _Round:
    """One round; what it learns on the way is its own."""

    def __init__(
        self,
        registry: Registry,
        parts: CourierParts,
        wishes: Wishes,
        may_send: Callable[[Delivery], bool],
        listed: Callable[[], Renewed],
    ) -> None:
        self._registry = registry
        self._parts = parts
        self._wishes = wishes
        self._may_send = may_send
        self._listed = listed
        self._backoff = step_backoff.read(parts.store.kept(step_backoff.PLACE))
        self._answered: frozenset[str] = frozenset()

    def make(self, stop: Callable[[], bool], *, hasty: bool) -> Round:
        self._backoff = self._backoff.only(self._wishes.destinations)
        tried: list[Delivery] = []
        for destination in self._wishes.destinations:
            if hasty or not self._rests(destination):
                tried += self._serve(destination, self._due(destination, hasty=hasty), stop)
        return Round(tuple(tried), self._answered)

    def _serve(
        self, destination: str, due: list[Delivery], stop: Callable[[], bool]
    ) -> list[Delivery]:
        tried: list[Delivery] = []
        allowed = next(filter(self._may, due), None)
        if allowed is None:
            return tried
        address = self._wishes.address(destination, self._registry.collector)
        hindrance = NOBODY if address is None else self._hindrance(allowed)
        for delivery in due:
            fresh = None if stop() else self._fresh(delivery)
            if fresh is None:
                continue
            if address is None or hindrance:
                tried.append(self._put_off(fresh, hindrance))
            else:
                tried.append(self._try(fresh, address))
            if self._rests(destination):
                break
        return tried

    def _rests(self, destination: str) -> bool:
        return self._backoff.rests(destination, self._now())

    def _now(self) -> int:
        return int(self._parts.clock.seconds())

    def _due(self, destination: str, *, hasty: bool) -> list[Delivery]:
        now = self._now()
        waiting = [
            self._mended(delivery, now)
            for delivery in self._parts.outbox.deliveries(Fate.WAITING)
            if delivery.destination == destination
        ]
        # By their moments, which were drawn: not in the order in which they were built.
        return sorted(
            (each for each in waiting if hasty or self._leaves_at(each) <= now),
            key=lambda each: (self._leaves_at(each), each.report),
        )

    def _leaves_at(self, delivery: Delivery) -> int:
        return self._wishes.leaves_at(delivery.due, delivery.tries)

    def _mended(self, delivery: Delivery, now: int) -> Delivery:
        """Let nothing leave too early or too late because the clock was wrong when it was filed.

        A report does not leave before its period has begun: no collector would take it. Then each
        has a moment of its own again.
        """
        ahead = (delivery.week.first - self._parts.clock.now().date()).days * DAY_SECONDS
        begins = now + ahead if ahead > DAY_SECONDS else now
        early = delivery.due < begins - DAY_SECONDS and begins > now
        if not early and delivery.due - begins <= FARTHEST:
            return delivery
        drawn = int(self._parts.chance.draw() * DAY_SECONDS) if begins > now else 0
        mended = replace(delivery, due=begins + drawn)
        self._parts.outbox.settle(mended)
        return mended

    def _fresh(self, delivery: Delivery) -> Delivery | None:
        """Read a report again: since the round began somebody may have struck it, or said no."""
        place = delivery.report, delivery.destination
        for waiting in self._parts.outbox.deliveries(Fate.WAITING):
            if (waiting.report, waiting.destination) == place:
                return waiting if self._may(waiting) else None
        return None

    def _may(self, delivery: Delivery) -> bool:
        return self._may_send(delivery) and self._parts.wishes.wishes() == self._wishes

    def _is_own(self, destination: str) -> bool:
        """Whether that is the registry's own collector, and not one that the person named."""
        return destination == COLLECTOR and self._wishes.redirect is None

    def _hindrance(self, delivery: Delivery) -> str:
        """Say why nothing may go to a destination now; ``""`` if it may."""
        if not self._is_own(delivery.destination):
            return ""
        found = self._listed()
        if found.state in {Renewal.CURRENT, Renewal.NO_LOG}:
            return ""
        self._miss(delivery)
        return f"{found.state.value}: {found.text}"

    def _try(self, delivery: Delivery, address: CollectorAddress) -> Delivery:
        # Read before it travels: whoever withdraws it meanwhile can still take it back.
        token = self._parts.outbox.token(delivery.report)
        try:
            sent, url, size = self._carry(delivery, address)
        except SealError as error:
            return self._put_off(delivery, str(error))
        done = self._settled(delivery, sent, url, size)
        self._parts.outbox.settle(done, token)
        if sent.troubled:
            self._miss(delivery, sent.retry_after)
        else:
            self._learn(delivery, self._backoff.reached(delivery.destination))
        if self._is_own(delivery.destination):
            self._answered |= sent.answered
            self._hear(delivery, sent.throttle)
        return done

    def _carry(self, delivery: Delivery, address: CollectorAddress) -> tuple[Sent, str, int]:
        """Send to the first of a destination's addresses that answers."""
        app, report = self._registry.app, delivery.report
        place = copy_place(delivery.destination)
        if place is not None:
            from aboveboard.device.copies import carry  # noqa: PLC0415 few people have a copy

            return carry(delivery.body, place, self._parts.copies)
        parcel = seal(app, report, delivery.body, address, self._parts.sealer)
        sent = send(parcel, self._parts.transport)
        for url in address.urls[1:]:
            if sent.reached:
                break
            parcel = replace(parcel, url=url + native.path(app, report))
            sent = send(parcel, self._parts.transport)
        return sent, parcel.url, len(parcel.body)

    def _settled(self, delivery: Delivery, sent: Sent, url: str, size: int) -> Delivery:
        now, tries = self._parts.clock.now(), delivery.tries + 1
        waits = sent.fate is Fate.WAITING
        later = pause(tries, self._parts.chance.draw(), sent.retry_after) if waits else 0
        return replace(
            delivery,
            fate=sent.fate,
            answer=sent.words,
            sealed=size,
            day=now.date(),
            url=url,
            at=now.isoformat(timespec="seconds"),
            tries=tries,
            due=self._now() + later if waits else delivery.due,
        )

    def _put_off(self, delivery: Delivery, why: str) -> Delivery:
        """Note down why a report was not even tried."""
        done = replace(delivery, answer=why)
        if done != delivery:
            self._parts.outbox.settle(done)
        return done

    def _miss(self, delivery: Delivery, asked: int | None = None) -> None:
        draw, now = self._parts.chance.draw(), self._now()
        self._learn(delivery, self._backoff.missed(delivery.destination, now, draw, asked))

    def _learn(self, delivery: Delivery, backoff: step_backoff.Backoff) -> None:
        if backoff == self._backoff:
            return
        self._backoff = backoff
        self._keep(delivery, step_backoff.PLACE, backoff.write())

    def _keep(self, delivery: Delivery, name: str, content: bytes) -> None:
        # Who switched off meanwhile has had everything erased, and nothing comes back.
        if self._may(delivery):
            self._parts.store.keep(name, content)

    def _hear(self, delivery: Delivery, note: str) -> None:
        """Take note of a collector that wants fewer reports; what it did not sign is nothing."""
        if not note:
            return
        from aboveboard.device import throttle  # noqa: PLC0415 few collectors ask for it

        known = throttle.read(self._parts.store.kept(throttle.PLACE))
        if known is not None and known.note == note:
            return
        today = self._parts.clock.now().date()
        try:
            heard = throttle.hear(note, self._registry, today, self._parts.checker)
        except SealError:
            return
        if heard is not None:
            self._keep(delivery, throttle.PLACE, heard.write())
