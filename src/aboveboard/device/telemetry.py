"""Enters: the calls of a host program. Leaves: counts on disk, and reports the person agreed to.

The six steps of the device, joined: this is the object that ``aboveboard.open`` gives.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from aboveboard.device import report as step_report
from aboveboard.device import store as step_store
from aboveboard.device.answered import note, without_answered
from aboveboard.device.consent import decide
from aboveboard.device.counting import Counting
from aboveboard.device.guard import Guard
from aboveboard.device.record import Recorder
from aboveboard.device.registrars import registrar
from aboveboard.device.seal import seal
from aboveboard.device.send import Sent, send
from aboveboard.errors import SealError, StoreError
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.model.report import Delivery, Fate
from aboveboard.wires import native

if TYPE_CHECKING:
    from types import TracebackType

    from aboveboard.device.registrar import LogParts
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Report
    from aboveboard.ports import Chance, Clock, EventStore, Sealer, StoredEvent, Transport

APP_VERSION = "app.version"
"""If the registry has a version metric of this name, ``open(version=…)`` is counted under it."""


@dataclass(frozen=True, slots=True)
class DeviceParts:
    """What a telemetry is made of; bootstrap fills it in."""

    store: EventStore
    clock: Clock
    chance: Chance
    transport: Transport
    sealer: Sealer
    logs: LogParts | None = None
    override: str = ""
    do_not_track: str = ""
    strict: bool = False
    broken: bool = False
    """Whether the registry could not be used: then nothing is counted."""


Draft = tuple[Week, "list[Report]", "list[StoredEvent]"]
"""A week that is due, its reports, and the counts that they are made of."""


class Telemetry(Counting):
    """Counts what a registry names, on the terms of the person whose machine it is.

    No call raises, prints or waits for the network, except :meth:`flush` and :meth:`renew`, which
    wait for each answer as long as the transport's timeout. Threads may share one.

    Example:
        >>> import aboveboard.testing
        >>> telemetry = aboveboard.testing.memory_telemetry()
        >>> telemetry.count("command.sql")
        >>> telemetry.set("system.os", "linux")
        >>> with telemetry.time("command.duration"):
        ...     pass
        >>> telemetry.mode.value
        'local'
    """

    def __init__(self, registry: Registry, parts: DeviceParts, version: str = "") -> None:
        self.registry = registry
        self._parts = parts
        self._clock = parts.clock
        self._guard = Guard(strict=parts.strict)
        self._registrar = registrar(registry, parts.store, parts.logs)
        with self._guard:
            self.registry = registry = self._in_force()
        self._recorder = Recorder(registry, parts.clock, strict=parts.strict)
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._next_ids: dict[Week, list[str]] = {}
        self._version = version
        self._consent = Consent(Mode.OFF, Rule.BROKEN)
        with self._guard:
            self._consent = self._decide(parts.store.choice())
        self._record_version()

    # Consent.

    @property
    def mode(self) -> Mode:
        """The mode in force now: off, local or on."""
        return self._consent.mode

    @property
    def consent(self) -> Consent:
        """The mode in force, the rule that decided, and the person's own choice."""
        return self._consent

    def choose(self, mode: Mode | str) -> Consent:
        """Keep what the person chose. What was recorded before is never sent.

        Args:
            mode: ``"off"``, ``"local"`` or ``"on"``.

        Returns:
            The consent in force, which a stronger rule may still decide otherwise.

        Raises:
            ValueError: there is no such mode. A choice is not a count: the program that asks must
                know that its question went wrong.
            StoreError: the choice could not be kept, for the same reason.
        """
        chosen = Mode(mode)
        with self._lock:
            before = self._last_choice()
            day = self._parts.clock.now().date()
            number = before.number + 1 if before is not None else 1
            choice = Choice(chosen, day, self.registry.fingerprint, number)
            consent = self._decide(choice)
            step_store.choose(choice, self._consent, self._parts.store)
            self._next_ids.clear()
            self._consent = consent
        self._record_version()
        return consent

    # Seeing and sending.

    def preview(self, *, local: bool = False) -> list[bytes]:
        """Give the exact JSON of each report that ``flush(now=True)`` would send, oldest first.

        Args:
            local: give instead the full local copy, which also holds what stays here because it
                was recorded without consent.
        """
        with self._guard, self._lock:
            self._keep()
            drafts = self._drafts(now=True, local=local)
            bodies = [native.write(report) for _, reports, _ in drafts for report in reports]
            if local or not self._consent.may_send:
                return bodies
            waiting = self._parts.store.deliveries(Fate.WAITING)
            return [delivery.body for delivery in waiting] + bodies
        return []

    def flush(self, *, now: bool = False) -> list[Delivery]:
        """Bring what was counted to disk and, if the mode is on, send what is due.

        Args:
            now: also send what belongs to the week that has not ended, because the person said so.

        Returns:
            What became of each report that was tried.
        """
        with self._guard, self._sending:
            with self._lock:
                self._keep()
                if not self._consent.may_send:
                    return []
                self._file_reports(now=now)
                waiting = self._parts.store.deliveries(Fate.WAITING)
            return [done for delivery in waiting if (done := self._send(delivery)) is not None]
        return []

    def renew(self) -> Renewed:
        """Look in the collector's transparency log for a newer registry; waits for the network.

        It is asked only while the mode is on. A newer version that measures no more takes force at
        once; one that measures more waits until :meth:`agree` is called.

        Returns:
            What came of it, with what changed in words for people.
        """
        with self._guard, self._sending:
            if not self._consent.may_send:
                return Renewed(Renewal.NOT_ASKED, "Nothing may leave this machine.")
            found = self._registrar.renew()
            if found.state is Renewal.RENEWED:
                self._take_force()
            return found
        return Renewed(Renewal.NOT_REACHED)

    def agree(self) -> Renewed:
        """Let the newer registry take force that asks for more: the person has seen what is new.

        Call it when they said yes to the ``changes`` that :meth:`renew` gave.

        Raises:
            StoreError: the agreement could not be kept: the program that asked must know.
        """
        with self._sending:
            found = self._registrar.agree()
            if found.state is Renewal.RENEWED:
                self._take_force()
                self.choose(self._consent.choice.mode if self._consent.choice else self.mode)
            return found

    def journal(self) -> list[Delivery]:
        """Give every report that was made, its exact bytes, and what became of it."""
        with self._guard, self._lock:
            return self._parts.store.deliveries()
        return []

    def close(self) -> None:
        """Bring what was counted to disk and let go of it. Nothing is sent."""
        with self._guard, self._lock:
            self._keep()
            self._parts.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _in_force(self) -> Registry:
        return without_answered(self._registrar.in_force(), self._parts.store)

    def _take_force(self) -> None:
        """Count and report from now on by the registry that is in force."""
        with self._lock:
            self._keep()
            self.registry = self._in_force()
            self._recorder = Recorder(self.registry, self._parts.clock, strict=self._parts.strict)
            self._next_ids.clear()

    @property
    def _listens(self) -> bool:
        # A strict telemetry checks each call even where nothing is recorded, so that a test finds
        # a misspelt name on a machine on which telemetry is refused, too.
        return self._consent.may_record or self._parts.strict

    def _last_choice(self) -> Choice | None:
        """Keep what was counted on the terms so far, or forget it: the next terms are others."""
        try:
            self._keep()
        except StoreError:
            self._recorder.drain()
        return self._consent.choice

    def _decide(self, choice: Choice | None) -> Consent:
        if self._parts.broken:
            return Consent(Mode.OFF, Rule.BROKEN, choice)
        return decide(choice, self._parts.override, self._parts.do_not_track)

    def _record_version(self) -> None:
        metric = self.registry.metrics.get(APP_VERSION)
        if self._version and metric is not None and metric.kind is Kind.VERSION:
            self.set(APP_VERSION, self._version)

    def _keep(self) -> None:
        """Bring the sums to disk, on the stricter of the terms at the start and those of now.

        Another program may have changed the choice since; it holds for this one from here on.
        """
        store = self._parts.store
        before, now = self._consent, self._decide(store.choice())
        events = self._recorder.drain()
        try:
            if before.may_record:
                step_store.keep(events, before if before == now else now.without_sending(), store)
        except Exception:
            self._recorder.put_back(events)
            raise
        self._consent = now

    def _drafts(self, *, now: bool, local: bool) -> list[Draft]:
        store = self._parts.store
        if not self._consent.may_record or not (local or self._consent.may_send):
            return []
        events = [event for event in store.events() if local or event.sendable]
        drafts = []
        for week in step_report.due_weeks(events, self._parts.clock.now().date(), now=now):
            said = frozenset[str]() if local else store.said(week)
            mine = [event for event in events if week.holds(event.day)]
            reports = step_report.build(self._ids(week), week, mine, self.registry, said)
            drafts.append((week, reports, mine))
        return drafts

    def _ids(self, week: Week) -> list[str]:
        """Give the ids of this week's next reports, the same for a preview and the sending."""
        if week not in self._next_ids:
            chance = self._parts.chance
            most = step_report.most_reports(self.registry)
            self._next_ids[week] = [chance.report_id() for _ in range(most)]
        return self._next_ids[week]

    def _file_reports(self, *, now: bool) -> None:
        store, day = self._parts.store, self._parts.clock.now().date()
        for week, reports, events in self._drafts(now=now, local=False):
            del self._next_ids[week]
            for report in reports:
                mine = {entry.metric for entry in report.entries}
                body = native.write(report)
                waiting = Delivery(report.id, week, Fate.WAITING, "", body, 0, day)
                said = step_report.states(report, self.registry)
                store.take([e for e in events if e.metric in mine], waiting, said)
            told = {entry.metric for report in reports for entry in report.entries}
            store.drop([event for event in events if event.metric not in told])

    def _send(self, delivery: Delivery) -> Delivery | None:
        """Send one report, unless somebody said no since it began to wait."""
        store = self._parts.store
        with self._lock:
            waiting = {waits.report for waits in store.deliveries(Fate.WAITING)}
            if delivery.report not in waiting or not self._decide(store.choice()).may_send:
                return None
        sent, size = self._carry(delivery)
        day = self._parts.clock.now().date()
        done = replace(delivery, fate=sent.fate, answer=sent.words, sealed=size, day=day)
        with self._lock:
            store.settle(done)
        if sent.answered and note(sent.answered, self.registry, store):
            self._take_force()
        return done

    def _carry(self, delivery: Delivery) -> tuple[Sent, int]:
        collector = self.registry.collector
        if collector is None:
            return Sent(Fate.WAITING, "the registry names no collector"), 0
        listed = self._registrar.may_send()
        if listed.state not in {Renewal.CURRENT, Renewal.NO_LOG}:
            return Sent(Fate.WAITING, f"{listed.state.value}: {listed.text}"), 0
        app = self.registry.app
        try:
            parcel = seal(app, delivery.report, delivery.body, collector, self._parts.sealer)
        except SealError as error:
            return Sent(Fate.WAITING, str(error)), 0
        return send(parcel, self._parts.transport), len(parcel.body)
