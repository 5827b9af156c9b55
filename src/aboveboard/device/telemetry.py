"""Enters: the calls of a host program. Leaves: counts on disk, and reports the person agreed to.

The six steps of the device, joined: this is the object that ``aboveboard.open`` gives.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from aboveboard.device import report as step_report
from aboveboard.device import store as step_store
from aboveboard.device.consent import decide
from aboveboard.device.guard import Guard
from aboveboard.device.record import Recorder
from aboveboard.device.seal import seal
from aboveboard.device.send import send
from aboveboard.errors import SealError
from aboveboard.model.consent import Choice, Consent, Mode
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.report import Delivery, Fate
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from aboveboard.model.event import Value
    from aboveboard.model.metric import Registry
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
    override: str = ""
    do_not_track: str = ""
    strict: bool = False


class Telemetry:
    """Counts what a registry names, on the terms of the person whose machine it is.

    No call raises, prints or waits for the network, except :meth:`flush`, which waits for as long
    as the transport's timeout. Threads may share one.

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
        self._guard = Guard(strict=parts.strict)
        self._recorder = Recorder(registry, parts.clock, strict=parts.strict)
        self._lock = threading.RLock()
        self._next_ids: dict[Week, str] = {}
        self._version = version
        self._consent = Consent(Mode.OFF, decide(None).rule)
        with self._guard:
            self._consent = self._decide(parts.store.choice())
        self._record_version()

    # Counting.

    def count(self, name: str, by: int = 1) -> None:
        """Add ``by`` (at least 1, at most the metric's ``largest``) to a counter."""
        with self._guard:
            if self._consent.may_record:
                self._recorder.count(name, by)

    def set(self, name: str, value: Value) -> None:
        """Set a flag (a bool), a choice (a word of its list) or a version (``"3.11.7"``).

        A word outside the list is kept as ``other``; a version is cut to the metric's precision.
        """
        with self._guard:
            if self._consent.may_record:
                self._recorder.set(name, value)

    @contextlib.contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Measure how long a block takes, also if it fails; kept as a bucket, never exactly."""
        started = self._parts.clock.monotonic_ms()
        try:
            yield
        finally:
            self.took(name, self._parts.clock.monotonic_ms() - started)

    def took(self, name: str, milliseconds: int) -> None:
        """Add one time that was measured elsewhere, in milliseconds."""
        with self._guard:
            if self._consent.may_record:
                self._recorder.took(name, milliseconds)

    @property
    def misuse(self) -> dict[str, int]:
        """How often a call named no metric or a value out of bounds, by reason."""
        return {reason.value: times for reason, times in self._recorder.misuse.items()}

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
            self._keep()
            day = self._parts.clock.now().date()
            choice = Choice(chosen, day, self.registry.fingerprint)
            consent = self._decide(choice)
            step_store.choose(choice, self._consent, consent, self._parts.store)
            self._next_ids.clear()
            self._consent = consent
        self._record_version()
        return consent

    # Seeing and sending.

    def preview(self, *, local: bool = False) -> list[bytes]:
        """Give the exact JSON of each report that would be sent now, one per week.

        Args:
            local: give instead the full local copy, which also holds what stays here because it
                was recorded without consent.
        """
        with self._guard, self._lock:
            self._keep()
            drafts = self._drafts(now=True, local=local)
            return [native.write(report) for report, _ in drafts]
        return []

    def flush(self, *, now: bool = False) -> list[Delivery]:
        """Bring what was counted to disk and, if the mode is on, send what is due.

        Args:
            now: also send what belongs to the week that has not ended, because the person said so.

        Returns:
            What became of each report that was tried.
        """
        with self._guard, self._lock:
            self._keep()
            if not self._consent.may_send:
                return []
            self._file_reports(now=now)
            return self._send_waiting()
        return []

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

    def _decide(self, choice: Choice | None) -> Consent:
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
        if before.may_record:
            step_store.keep(events, before if before == now else now.without_sending(), store)
        self._consent = now

    def _drafts(self, *, now: bool, local: bool) -> list[tuple[Report, list[StoredEvent]]]:
        store = self._parts.store
        if not self._consent.may_record or not (local or self._consent.may_send):
            return []
        events = [event for event in store.events() if local or event.sendable]
        drafts = []
        for week in step_report.due_weeks(events, self._parts.clock.now().date(), now=now):
            if week not in self._next_ids:
                self._next_ids[week] = self._parts.chance.report_id()
            said = frozenset[str]() if local else store.said(week)
            report = step_report.build(self._next_ids[week], week, events, self.registry, said)
            if report is not None:
                drafts.append((report, [e for e in events if week.holds(e.day)]))
        return drafts

    def _file_reports(self, *, now: bool) -> None:
        day = self._parts.clock.now().date()
        for report, events in self._drafts(now=now, local=False):
            body = native.write(report)
            waiting = Delivery(report.id, report.week, Fate.WAITING, "", body, 0, day)
            said = step_report.states(report, self.registry)
            self._parts.store.take(events, waiting, said)
            del self._next_ids[report.week]

    def _send_waiting(self) -> list[Delivery]:
        return [self._send(delivery) for delivery in self._parts.store.deliveries(Fate.WAITING)]

    def _send(self, delivery: Delivery) -> Delivery:
        collector = self.registry.collector
        day = self._parts.clock.now().date()
        size = 0
        if collector is None:
            fate, answer = Fate.WAITING, "the registry names no collector"
        else:
            try:
                app = self.registry.app
                parcel = seal(app, delivery.report, delivery.body, collector, self._parts.sealer)
                size = len(parcel.body)
                fate, answer = send(parcel, self._parts.transport)
            except SealError as error:
                fate, answer = Fate.WAITING, str(error)
        self._parts.store.settle(delivery.report, fate, answer, size, day)
        return Delivery(delivery.report, delivery.week, fate, answer, delivery.body, size, day)
