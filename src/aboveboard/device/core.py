"""Enters: a registry, parts from outside. Leaves: what counting, deciding and sending share.

What makes reports, and what follows a choice, is imported when that is done: most programs count
and end, and a sender of their own does the rest.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from typing import TYPE_CHECKING

from aboveboard.device import about
from aboveboard.device.answered import without_answered
from aboveboard.device.consent import BY_CHOICE
from aboveboard.device.guard import Guard
from aboveboard.device.in_use import InUse
from aboveboard.device.record import LOOK_AGAIN_SECONDS, Recorder
from aboveboard.device.registrars import registrar
from aboveboard.device.terms import Terms
from aboveboard.errors import SetupError, StoreError
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.metric import ACTIVE
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.device.drafts import Draft, Drafts
    from aboveboard.device.growth import Growth
    from aboveboard.device.parts import DeviceParts, SendingParts
    from aboveboard.device.providers import Providers
    from aboveboard.device.told_errors import ToldErrors
    from aboveboard.model.registry import Registry
    from aboveboard.model.withdrawal import Withdrawal
    from aboveboard.ports.device import EventStore


MOMENT_SECONDS = 0.01
"""How long a program that closes waits for a thread of its own."""


class Core:
    """One program's counts, terms and reports; the calls of a telemetry all end here.

    Attributes:
        registry: the one in force.
        parts: what comes from outside.
        guard: lets nothing out of a public call.
        recorder: counts.
        in_use: what is in use at the moment.
        lock: held while counts are brought home or terms change.
        sending: held while something is sent.
        consent: the terms that were in force when they were looked at last.
    """

    def __init__(self, registry: Registry, parts: DeviceParts) -> None:
        self.parts = parts
        self.registry = registry
        self.guard = Guard(strict=parts.strict)
        self.lock = threading.RLock()
        self.sending = threading.Lock()
        self.in_use = InUse()
        self._providers: Providers | None = None
        self._drafts: Drafts | None = None
        self._errors: ToldErrors | None = None
        self._kept_here: tuple[int, str] | None = None
        self.terms = Terms(parts.store, parts.around, broken=parts.broken, unforked=parts.unforked)
        self.registrar = registrar(registry, parts.store, parts.logs)
        with self.guard:
            self.registry = self._in_force()
        self.consent = self.terms.of(None, self.registry)
        self._looked = 0.0
        self.recorder = Recorder(
            self.registry, parts.clock, parts.store, self.consent_now, strict=parts.strict
        )
        self.recorder.kept = lambda: about.introduce(self.registry, parts)

    @functools.cached_property
    def sending_parts(self) -> SendingParts:
        """What sending needs from outside."""
        with self.parts.unforked():
            return self.parts.sending()

    @property
    def drafts(self) -> Drafts:
        """What makes reports."""
        if self._drafts is None:
            with self.parts.unforked():
                from aboveboard.device.drafts import Drafts  # noqa: PLC0415 see the module

            self._drafts = Drafts(self.parts.store, self.parts.chance)
        return self._drafts

    @property
    def errors(self) -> ToldErrors:
        """What broke, until a report tells it."""
        if self._errors is None:
            with self.parts.unforked():
                from aboveboard.device.told_errors import ToldErrors  # noqa: PLC0415 see the module

            self._errors = ToldErrors(self.parts.store)
        return self._errors

    @property
    def listens(self) -> bool:
        """Whether anything is to be counted now.

        A strict telemetry checks each call even where nothing is recorded, so that a test finds a
        misspelt name on a machine on which telemetry is refused, too.
        """
        if self.consent.may_record or self.parts.strict or self.parts.broken:
            return self.consent.may_record or self.parts.strict
        # Nobody else looks again while nothing is recorded, and a yes may come from elsewhere.
        rests = self._looked <= self.parts.clock.seconds() < self._looked + LOOK_AGAIN_SECONDS
        if self.consent.rule is Rule.BROKEN or not rests:
            self.consent_now()
        return self.consent.may_record

    def consent_now(self) -> Consent:
        """Look at the terms; while the choice cannot be read, nothing is recorded."""
        self._looked = self.parts.clock.seconds()
        try:
            self.consent = self.terms.now(self.registry)
        except StoreError as error:
            self.guard.held_back(error)
            self.consent = Consent(Mode.OFF, Rule.BROKEN)
        return self.consent

    @contextlib.contextmanager
    def store_open(self) -> Iterator[EventStore]:
        """Use the store, and hold no file open afterwards."""
        try:
            yield self.parts.store
        finally:
            self.parts.store.close()

    def news(self) -> Growth:
        """Tell what the registry asks for beyond what the person was shown."""
        with self.parts.unforked():
            from aboveboard.device.growth import NO_GROWTH  # noqa: PLC0415 see the module

        self.consent_now()
        self.keep_unseen_here()
        choice = self.consent.choice
        grown = self.terms.compare(choice, self.registry) if choice is not None else NO_GROWTH
        return replace(grown, waiting=self.registrar.waiting())

    def choose(
        self, mode: Mode, levels: Mapping[str, Mode], wording: str, *, earlier: bool
    ) -> Consent:
        """Keep what a person chose, and make what there is follow it.

        Raises:
            StoreError: it could not be kept.
        """
        with self.parts.unforked():
            from aboveboard.device import store as step_store  # noqa: PLC0415 see the module

        with self.lock, self.store_open() as store:
            self._gather_or_forget()
            before = self.consent_now()
            choice = Choice(
                mode=mode,
                day=self.parts.clock.now().date(),
                registry=self.registry.fingerprint,
                number=before.number + 1,
                levels=dict(levels),
                wording=wording,
                earlier=earlier and self.registry.asks_for_earlier,
            )
            # First, for if it fails nothing was chosen: what broke before leaves by no new choice.
            self.errors.follow(self.registry, self.terms.of(choice, self.registry))
            outbox = self.parts.outbox
            step_store.choose(choice, before, self.registry, store, outbox, self._asked_back)
            self.terms.agree(choice, self.registry)
            self._part_from(before, choice)
            self.recorder.let_go()
            if not self.consent_now().may_record:
                self.recorder.forget()
                about.withdraw(self.parts)
        return self.consent

    def keep_off(self) -> None:
        """Let nothing lie here after ``off`` that was taken back since.

        The choice has erased the rest; what was counted since is another rule's.

        Raises:
            StoreError: it could not be erased.
        """
        with self.parts.unforked():
            from aboveboard.device import store as step_store  # noqa: PLC0415 see the module

        with self.lock:
            choice, outbox = self.consent_now().choice, self.parts.outbox
            if gone := step_store.lie_here(choice, outbox, self._asked_back):
                self.parts.store.let_go(gone)

    def gather(self) -> None:
        """Bring everything that was counted into the store.

        Raises:
            StoreError: it cannot be; what could not be taken is kept for the next time.
        """
        with self.lock:
            self.consent_now()
            self.count_seconds()
            if self.consent.may_record:
                self.recorder.gather()
                self._count_active()
            else:
                self.recorder.forget()

    def count_seconds(self) -> None:
        """Count what was in use since the last time; none of it while nothing may be recorded."""
        now, mark = self.parts.clock.now(), self.parts.clock.monotonic_ms()
        for name, day, seconds in self.in_use.seconds(now, mark):
            if self.listens:
                self.recorder.used(name, seconds, day)

    def make(self, *, now: bool, local: bool) -> list[Draft]:
        """Make the reports that are due, or with ``now`` all that could be; or the local copy."""
        if not self.consent.may_record or not (local or self.consent.may_send):
            return []
        drafts = self.drafts  # imports their module where nobody forks
        from aboveboard.device.drafts import FIRST_DAY  # noqa: PLC0415 see the module

        today = self.parts.clock.now().date()
        if today < FIRST_DAY and not local:
            return []  # the clock is not set: whatever a report said of its period would be wrong
        drafts.redate(today)
        return [
            replace(
                draft,
                reports=self.errors.explain(
                    draft.reports, self.registry, self.consent, local=local
                ),
            )
            for draft in drafts.make(self.registry, today, now=now, local=local)
        ]

    def make_earlier(self) -> list[Draft]:
        """Make the reports that a yes would send, where it is asked for what was counted before."""
        today = self.parts.clock.now().date()
        return self.drafts.make(self.registry, today, now=True, earlier=True)

    def count_overflows(self, drafts: Sequence[Draft]) -> None:
        """Count in how many places more was counted than a metric's largest number."""
        from aboveboard.device.report import overflows  # noqa: PLC0415 see the module

        for draft in drafts:
            self.recorder.overflow(overflows(draft.events, self.registry))

    def tidy(self) -> None:
        """Keep the store within its bounds, and count what had to go."""
        today = self.parts.clock.now().date()
        self.drafts.redate(today)  # imports their module where nobody forks
        from aboveboard.device.drafts import oldest_day  # noqa: PLC0415 see the module

        days = {event.day for event in self.parts.store.events()}
        days |= {delivery.day for delivery in self.parts.outbox.deliveries()}
        oldest = oldest_day(days, today, self.parts.most_days)
        lost = self.parts.store.prune(self.parts.most_bytes, oldest)
        self.recorder.lost("counts", lost.counts)
        self.recorder.lost("reports", lost.reports)
        self.recorder.lost("files", lost.broken)

    def asked(self) -> Providers:
        """Give the plug-ins that can be asked; those that are installed are looked up once."""
        if self._providers is None:
            with self.parts.unforked():
                from aboveboard.device.providers import Providers  # noqa: PLC0415 few have any

            if self.parts.box is None:
                message = "plug-ins cannot be asked here"
                raise SetupError(message)
            self._providers = Providers(self.registry, self.parts.box())
            find = self.parts.find
            for name, provider in find(self.registry.app) if find is not None else ():
                self._providers.add(provider, name)
        self._providers.registry = self.registry
        return self._providers

    def keep_unseen_here(self) -> None:
        """Let nothing leave that the person has not been shown: not even to another collector."""
        choice = self.consent.choice
        if self.consent.rule not in BY_CHOICE or choice is None:
            return
        terms = choice.number, self.registry.fingerprint
        unseen = self.terms.compare(choice, self.registry).unseen
        if unseen and terms != self._kept_here:
            with self.parts.unforked():
                from aboveboard.device import store as step_store  # noqa: PLC0415 see the module

            self.parts.store.withhold(unseen)
            step_store.strike(self.parts.outbox, unseen)
            self._kept_here = terms
            self.recorder.let_go()
            self.consent_now()

    def take_force(self) -> None:
        """Count and report from now on by the registry that is in force."""
        with self.lock:
            self.gather()
            self.registry = self._in_force()
            self.recorder.renew(self.registry)
            self._draw_anew()

    def close(self) -> None:
        """Let go of what was counted, which is on disk already; nobody is waited for.

        Raises:
            StoreError: what no tally could hold could not be kept either, not at once.
        """
        with self.store_open() as store:
            store.hurry()
            self.count_seconds()
            self.recorder.let_go()
            if self.lock.acquire(timeout=MOMENT_SECONDS):  # who has it sees to the rest
                try:
                    self.recorder.rescue()
                finally:
                    self.lock.release()

    def after_fork(self) -> None:
        """Count on in a child process; what was counted before is its parent's."""
        self.lock = threading.RLock()
        self.sending = threading.Lock()
        self.in_use = InUse()
        self._draw_anew()  # two processes must not send different reports under one id
        self.recorder.after_fork()

    def _asked_back(self) -> list[Withdrawal]:
        return self.sending_parts.withdrawals.withdrawals()

    def _part_from(self, before: Consent, choice: Choice) -> None:
        """Let nothing that was drawn before a choice be seen after it, unless it was all shown."""
        with self.parts.unforked():
            from aboveboard.device import active, backoff, timetable  # noqa: PLC0415 see the module

        active.follow(self.parts.store, self.registry, before, choice)
        self.parts.papers.clear()
        if not choice.earlier:
            self._draw_anew()
        if before.choice is not None and before.choice.sends and choice.sends:
            return
        for place in (timetable.PLACE, backoff.PLACE):
            if self.parts.store.kept(place):
                self.parts.store.keep(place, b"")

    def _draw_anew(self) -> None:
        """Let reports that are made from now on have ids of their own."""
        if self._drafts is not None:
            self._drafts.forget()

    def _in_force(self) -> Registry:
        return without_answered(self.registrar.in_force(), self.parts.store)

    def _count_active(self) -> None:
        if ACTIVE in self.registry.metrics:
            with self.parts.unforked():
                from aboveboard.device import active  # noqa: PLC0415 few registries have it

            today = self.parts.clock.now().date()
            active.count(self.parts.store, self.registry, self.consent, today)

    def _gather_or_forget(self) -> None:
        """Keep what was counted on the terms so far, or forget it: the next terms are others."""
        try:
            self.gather()
        except StoreError:
            self.recorder.forget()
