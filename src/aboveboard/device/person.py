"""Enters: what the person whose machine it is wants. Leaves: they see it, and it is so.

Whoever asks for something here is told when it cannot be done: these calls raise StoreError, and
ValueError for what makes no sense.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aboveboard.device.explain import explain_all
from aboveboard.device.sender import Sender
from aboveboard.device.status import status
from aboveboard.device.store import take_out
from aboveboard.device.wishes_file import also_place, checked, place
from aboveboard.errors import StoreError
from aboveboard.model.consent import Rule
from aboveboard.model.copy_place import copy_place
from aboveboard.model.report import COLLECTOR, Fate, Struck
from aboveboard.wires.native import compact

if TYPE_CHECKING:
    from aboveboard.device.asking import Asking
    from aboveboard.device.core import Core
    from aboveboard.device.reply import Reply
    from aboveboard.model.report import Delivery
    from aboveboard.model.wishes import Wishes
    from aboveboard.model.withdrawal import Withdrawal

UNREADABLE = "your own choice, because its file cannot be read; choose anew"


class Person:
    """What a person can do about one program's telemetry.

    Args:
        core: what was counted, and on which terms.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._parts = core.parts
        self._sender = Sender(core)

    # Seeing.

    def status(self) -> list[str]:
        """Say what is in force, a line each; never silent about what overrides a choice."""
        core = self._core
        with core.store_open():
            news, consent = core.news(), core.consent
            filing = self._sender.next_filing()
            zone = self._parts.clock.now().tzinfo or UTC
            said = status(
                consent,
                core.registry,
                news,
                destinations=self._places(),
                next_report=datetime.fromtimestamp(filing, zone).date() if filing else None,
                remarks=self._remarks(),
            )
            return [*said, *self._throttled()]

    def explain(self) -> list[str]:
        """Say every rule in its order, what it says here, and which one decided."""
        consent = self._core.consent_now()
        lines = explain_all(consent.choice, replace(self._parts.around, remarks=self._remarks()))
        # Where not even the person's choice can be read, none of the rules decides.
        return [consent.explain(), *lines] if consent.rule is Rule.BROKEN else lines

    def leaves_at(self, delivery: Delivery) -> int | None:
        """Give the moment until which a report waits, in seconds since 1970; None if it is over."""
        moment = self.wishes.leaves_at(delivery.due, delivery.tries)
        return moment if moment > self._parts.clock.seconds() else None

    def next_leaving(self) -> int | None:
        """Give the moment before which nothing leaves, in seconds since 1970; None if unknown."""
        with self._core.store_open():
            self._core.consent_now()
            wishes, filing = self.wishes, self._sender.next_filing()
            waiting = self._parts.outbox.deliveries(Fate.WAITING)
            moments = [wishes.leaves_at(each.due, each.tries) for each in waiting]
            if filing is not None:
                moments.append(wishes.leaves_at(filing, 0))
            return max(min(moments), int(self._parts.clock.seconds())) if moments else None

    def outbox(self) -> list[Delivery]:
        """Give what waits to leave."""
        with self._core.store_open():
            return self._parts.outbox.deliveries(Fate.WAITING)

    def withdrawals(self) -> list[Withdrawal]:
        """Give what was asked back, with its receipts."""
        return self._core.sending_parts.withdrawals.withdrawals()

    # Being asked.

    def question(self) -> Asking:
        """Give the question of this moment, whether or not it is due, for a window of its own."""
        from aboveboard.device.on_request import question_now  # noqa: PLC0415 when they want it

        return question_now(self._core)

    def ask(self) -> Reply | None:
        """Ask at the terminal, because they want it; None where nobody can be asked."""
        from aboveboard.device.on_request import ask_now  # noqa: PLC0415 when they want it

        return ask_now(self._core)

    def answered(self, reply: Reply) -> None:
        """Note down that they answered, once their answer is kept: nobody asks it again."""
        from aboveboard.device.on_request import answered  # noqa: PLC0415 when they want it

        answered(self._core, reply)

    # Refusing.

    def strike(self, report: str, metric: str = "") -> Struck:
        """Take a whole report out of the outbox, or one metric out of it.

        Returns:
            What came of it; false if there was nothing to take out. Of a report that was tried in
            vain a collector may have all of it: ``forget`` has that deleted.
        """
        with self._core.sending, self._core.store_open():
            waiting = self._parts.outbox.deliveries(Fate.WAITING)
            rows = [delivery for delivery in waiting if delivery.report == report]
            if not rows:
                return Struck.NOTHING
            content = json.loads(rows[0].body)
            left = [each for each in content["entries"] if metric and each["metric"] != metric]
            if metric and len(left) == len(content["entries"]):
                return Struck.NOTHING
            body = compact(content | {"entries": left}) if left else None
            if not self._parts.outbox.strike(report, body):
                return Struck.NOTHING
            return Struck.UNHEARD if any(row.tries for row in rows) else Struck.OUT

    # Redirecting.

    @property
    def wishes(self) -> Wishes:
        """What the person wants of delivery."""
        return self._core.sending_parts.wishes.wishes()

    def redirect(self, url: str, key: str = "") -> Wishes:
        """Send reports there instead of to the collector; ``""`` for the collector again.

        Args:
            url: the base address of another collector.
            key: its key, as ``x25519:…``; without one reports travel under TLS alone.
        """
        return self._wish(replace(self.wishes, redirect=place(url, key) if url else None))

    def also(self, url: str, key: str = "") -> Wishes:
        """Send a copy of each report there as well.

        Args:
            url: the base address of a collector; or ``ga4:G-ABC123`` or ``segment:https://…``,
                whose secret stands in the environment (``docs/sending.md``).
            key: a collector's key; without one copies travel under TLS alone.
        """
        there = also_place(url, key)
        others = tuple(each for each in self.wishes.also if each.url != there.url)
        found = self._wish(replace(self.wishes, also=(*others, there)))
        with self._core.store_open():
            self._parts.outbox.copy_to(there.url)
        return found

    def as_sent(self, delivery: Delivery) -> list[bytes]:
        """Give what travels of a report before it is sealed: it, or a copy on another wire."""
        wanted = copy_place(delivery.destination)
        if wanted is None:
            return [delivery.body]
        from aboveboard.wires.copies import requests  # noqa: PLC0415 few people have a copy

        return [request.body for request in requests(delivery.body, wanted, "")]

    def not_also(self, url: str) -> Wishes:
        """Send no copy there any longer."""
        wanted = url.rstrip("/")
        left = tuple(each for each in self.wishes.also if each.url != wanted)
        found = self._wish(replace(self.wishes, also=left))
        with self._core.store_open():
            self._parts.outbox.leave_out(wanted)
        return found

    def wait(self, days: int) -> Wishes:
        """Let nothing leave before it waited so many days."""
        return self._wish(replace(self.wishes, wait_days=days))

    # Taking back.

    def forget(self, report: str = "") -> list[Withdrawal]:
        """Ask collectors to delete one report, or all of them, and keep their receipts.

        What still waits is taken out first. It needs no consent, and goes on after ``off``.

        Returns:
            What became of each request that was made now.
        """
        from aboveboard.device.forget import ask  # noqa: PLC0415 few people take something back

        core, parts = self._core, self._parts
        with core.sending, core.store_open():
            rows = [d for d in parts.outbox.deliveries() if report in {"", d.report}]
            take_out(parts.outbox, [row for row in rows if row.fate is Fate.WAITING])
            day, queue = parts.clock.now().date(), core.sending_parts.withdrawals
            asked = ask(rows, parts.outbox.token, core.registry, day, queue)
            with core.sending_parts.lease.claim() as mine:
                # Whoever sends just now asks for it as soon as they are done.
                done = self._sender.take_back(hasty=True) if mine else asked
            core.keep_off()  # not under the lease
            return done

    # Carrying by hand.

    def export(self) -> bytes:
        """Give a file of what waits for the collector, sealed, to be carried by hand."""
        from aboveboard.device.parcels import export  # noqa: PLC0415 few people carry

        core = self._core
        with core.store_open():
            address = self.wishes.address(COLLECTOR, core.registry.collector)
            waiting = self._parts.outbox.deliveries(Fate.WAITING)
            if address is None:
                message = "the registry names no collector"
                raise ValueError(message)
            return export(core.registry.app, waiting, address, self._core.sending_parts.sealer)

    def settle(self, answers: bytes) -> list[Delivery]:
        """Take note of the answers to what was carried by hand.

        Raises:
            ValueError: it is no file of answers, or one of another program.
        """
        from aboveboard.device.parcel_answers import read_answers, settled  # noqa: PLC0415 as above

        found = read_answers(answers)
        if isinstance(found, str):
            raise ValueError(found)  # noqa: TRY004 it is the content that is wrong
        if found.app != self._core.registry.app:
            message = f"these are the answers to reports of {found.app!r}"
            raise ValueError(message)
        with self._core.sending, self._core.store_open():
            outbox = self._parts.outbox
            done = settled(found, outbox.deliveries(), self._parts.clock.now())
            for delivery in done:
                outbox.settle(delivery)
            return done

    def _wish(self, wishes: Wishes) -> Wishes:
        wanted = checked(wishes)
        self._core.sending_parts.wishes.wish(wanted)
        return wanted

    def _remarks(self) -> tuple[str, ...]:
        """Say what was found and does not count."""
        try:
            self._parts.store.choice()
        except StoreError:
            return (*self._parts.around.remarks, UNREADABLE)
        return self._parts.around.remarks

    def _throttled(self) -> list[str]:
        """Say that the collector asked for fewer reports, if it did."""
        from aboveboard.device import throttle  # noqa: PLC0415 when somebody looks

        known = throttle.read(self._parts.store.kept(throttle.PLACE))
        return [known.explain(self._parts.clock.now().date())] if known is not None else []

    def _places(self) -> list[str] | None:
        wishes, collector = self.wishes, self._core.registry.collector
        found = [wishes.address(each, collector) for each in wishes.destinations]
        return [address.url for address in found if address is not None] or None
