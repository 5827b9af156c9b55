"""Enters: the calls of a host program. Leaves: counts on disk, and reports the person agreed to.

The six steps of the device, joined: this is the object that ``aboveboard.open`` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from aboveboard.device.breaking import Breaking
from aboveboard.device.core import Core
from aboveboard.device.due import NextDue
from aboveboard.model.consent import Mode
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from aboveboard.device.asking import Asking
    from aboveboard.device.background import Background
    from aboveboard.device.growth import Growth
    from aboveboard.device.parts import DeviceParts
    from aboveboard.device.person import Person
    from aboveboard.device.reply import Reply
    from aboveboard.model.consent import Consent
    from aboveboard.model.registry import Registry
    from aboveboard.model.renewal import Renewed
    from aboveboard.model.report import Delivery

APP_VERSION = "app.version"
"""If the registry has a version metric of this name, ``open(version=…)`` is counted under it."""


class Telemetry(Breaking):
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
        super().__init__(Core(registry, parts))
        self._due = NextDue(parts.papers, parts.clock, parts.since)
        self._background: Background | None = None
        self._ticked = False
        self._handed_over = False
        self._core.recorder.tick = self._tick
        self._version = version
        self._record_version()

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._core.registry

    @property
    def failed(self) -> int:
        """How many errors were held back, so that the program goes on: 0 if all is well."""
        return self._guard.failed

    # Consent.

    @property
    def mode(self) -> Mode:
        """The mode in force now: off, local or on."""
        return self.consent.mode

    @property
    def consent(self) -> Consent:
        """The mode in force, the rule that decided, and the person's own choice."""
        return self._core.consent_now()

    def choose(
        self,
        mode: Mode | str,
        levels: Mapping[str, Mode | str] | None = None,
        *,
        wording: str = "",
        earlier: bool = False,
    ) -> Consent:
        """Keep what the person chose. What was recorded before is never sent.

        Args:
            mode: ``"off"``, ``"local"`` or ``"on"``.
            levels: the levels for which they chose something else.
            wording: the text that they were shown, for the receipt.
            earlier: whether they were shown, and agreed to, what was recorded before; only a
                registry with ``asks_for_earlier`` may ask for that.

        Returns:
            The consent in force, which a stronger rule may still decide otherwise.

        Raises:
            ValueError: there is no such mode or level. A choice is not a count: the program that
                asks must know that its question went wrong.
            StoreError: the choice could not be kept, for the same reason.
        """
        others = {name: Mode(other) for name, other in (levels or {}).items()}
        if unknown := set(others) - set(self.registry.levels):
            message = f"there is no level {min(unknown)!r}"
            raise ValueError(message)
        consent = self._core.choose(Mode(mode), others, wording, earlier=earlier)
        self._record_version()
        return consent

    def news(self) -> Growth:
        """Tell what this version measures that the person has not been shown, in their words."""
        with self._core.store_open():
            return self._core.news()

    def ask_if_due(self, dialog: Callable[[Asking], Reply | None] | None = None) -> Consent:
        """Ask the person, if that is due and polite, and keep their answer.

        Nobody is asked on the first day, where a stronger rule decides, without a terminal or in a
        pipe, and no program asks when another one did lately.

        Args:
            dialog: asks in a window of the program's own; without one a terminal is used.

        Returns:
            The consent in force.
        """
        with self._guard:
            from aboveboard.device.asking import ask_if_due  # noqa: PLC0415 once in a while

            ask_if_due(self._core, dialog, self._answered)
        return self.consent

    @property
    def person(self) -> Person:
        """What the person whose machine it is can see, refuse, redirect and take back."""
        from aboveboard.device.person import Person  # noqa: PLC0415 when they want to

        return Person(self._core)

    # Seeing and sending.

    def preview(self, *, local: bool = False) -> list[bytes]:
        """Give the exact JSON of each report that ``flush(now=True)`` would send, oldest first.

        Args:
            local: give instead the full local copy, which also holds what stays here because it
                was recorded without consent.
        """
        with self._core.parts.unforked():
            from aboveboard.model.report import Fate  # noqa: PLC0415 when somebody looks
            from aboveboard.wires import native  # noqa: PLC0415 see above

        self._tell_now()
        with self._guard, self._core.lock, self._core.store_open():
            self._core.gather()
            self._core.keep_unseen_here()
            drafts = self._core.make(now=True, local=local)
            bodies = [native.write(report) for draft in drafts for report in draft.reports]
            if local or not self._core.consent.may_send:
                return bodies
            waiting = {
                delivery.report: delivery.body
                for delivery in self._core.parts.outbox.deliveries(Fate.WAITING)
            }
            return [*waiting.values(), *bodies]
        return []

    def flush(self, *, now: bool = False) -> list[Delivery]:
        """Bring what was counted to disk and, if the mode is on, send what is due.

        Args:
            now: also send what is not due yet, because the person said so.

        Returns:
            What became of each report that was tried.
        """
        with self._guard:
            return self._send(now=now)
        return []

    def renew(self) -> Renewed:
        """Look in the collector's transparency log for a newer registry; waits for the network.

        It is asked only while the mode is on. A newer version that measures no more takes force at
        once; one that measures more waits until :meth:`agree` is called.

        Returns:
            What came of it, with what changed in words for people.
        """
        with self._core.parts.unforked():
            from aboveboard.model.renewal import Renewal, Renewed  # noqa: PLC0415 with the network

        with self._guard, self._core.sending, self._core.store_open():
            if not self.consent.may_send:
                return Renewed(Renewal.NOT_ASKED, "Nothing may leave this machine.")
            found = self._core.registrar.renew()
            if found.state is Renewal.RENEWED:
                self._core.take_force()
            return found
        return Renewed(Renewal.NOT_REACHED)

    def agree(self, *, wording: str = "") -> Renewed:
        """Let take force what asks for more: the person has seen what is new, and agreed.

        Call it when they said yes to the ``changes`` that :meth:`renew` or :meth:`news` gave.

        Raises:
            StoreError: the agreement could not be kept: the program that asked must know.
        """
        with self._core.parts.unforked():
            from aboveboard.model.renewal import Renewal, Renewed  # noqa: PLC0415 see renew

        with self._core.sending, self._core.store_open():
            grown = self.news().changes
            found = self._core.registrar.agree()
            if found.state is Renewal.RENEWED:
                self._core.take_force()
            choice = self.consent.choice
            if choice is None or (found.state is not Renewal.RENEWED and not grown):
                return found
            levels = self.registry.levels
            kept = {name: mode for name, mode in choice.levels.items() if name in levels}
            self.choose(choice.mode, kept, wording=wording)
            return Renewed(Renewal.RENEWED, "What is new is in force.", grown)

    def journal(self) -> list[Delivery]:
        """Give every report that was made, its exact bytes, and what became of it."""
        with self._guard, self._core.lock, self._core.store_open():
            return self._core.parts.outbox.deliveries()
        return []

    def close(self) -> None:
        """Let go of what was counted, which is on disk already; never waits for the network.

        What is due is sent by a process of its own, or by the next run.
        """
        with self._guard:
            if self._background is not None:
                self._background.end()
            self._core.close()
        with self._guard:
            self._hand_over()

    def after_fork(self) -> None:
        """Count on in a child process; what was counted before is its parent's."""
        self._core.after_fork()
        self._handed_over = False
        if self._background is not None:
            self._background.after_fork()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _record_version(self) -> None:
        metric = self.registry.metrics.get(APP_VERSION)
        if self._version and metric is not None and metric.kind is Kind.VERSION:
            self.set(APP_VERSION, self._version)

    def _send(self, stop: Callable[[], bool] = lambda: False, *, now: bool) -> list[Delivery]:
        with self._core.parts.unforked():
            self._core.parts.ready()
            from aboveboard.device.sender import Sender  # noqa: PLC0415 once a period

        self._tell_now()
        return Sender(self._core).flush(stop, now=now)

    def _answered(self, reply: Reply) -> None:
        if reply.mode is not None:
            self.choose(reply.mode, reply.levels, wording=reply.wording, earlier=reply.earlier)

    def _tell_now(self) -> None:
        """Have plug-ins tell what is so, where they can be asked."""
        if self._core.parts.box is not None:
            self.ask_providers()

    def _tick(self) -> None:
        """Notice in a program that runs on that something is due; called now and then.

        Not at once: a program that ends soon hands over, and is not slowed down by a thread.
        """
        parts, first = self._core.parts, not self._ticked
        self._ticked = True
        if not parts.background or (first and parts.detach is not None):
            return
        if not (self._wants_to_send() if first else self._has_work()):
            return
        if self._background is None:
            with self._core.parts.unforked():
                from aboveboard.device.background import Background  # noqa: PLC0415 once a period

            self._background = Background(lambda stop: self._send(stop, now=False), self._guard)
        self._background.wake()

    def _hand_over(self) -> None:
        """Have a process of its own send what is due when this one ends."""
        detach = self._core.parts.detach
        if detach is not None and not self._handed_over and self._has_work():
            self._handed_over = detach()

    def _wants_to_send(self) -> bool:
        due = self._core.consent.may_send and self._due.is_due(sends=True)
        return due or self._core.parts.owed()

    def _has_work(self) -> bool:
        """Whether there is something to send, or to put in order where nothing is sent."""
        consent = self._core.consent
        due = consent.may_record and self._due.is_due(sends=consent.may_send)
        return due or self._core.parts.owed()
