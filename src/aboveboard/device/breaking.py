"""Enters: exceptions of the host. Leaves: step 1 counts where it broke, and nothing that it said.

The part of :class:`aboveboard.device.telemetry.Telemetry` that is about errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.describing import Describing
from aboveboard.model.consent import Mode
from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    import logging

    from aboveboard.device.core import Core
    from aboveboard.device.error_parts import Hooks

MARK = "_aboveboard_recorded"
"""An exception that has this attribute was counted: one that is logged may end the program, too."""


class Breaking(Describing):
    """The calls about errors. None of them raises or prints."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._hooks: Hooks | None = None

    def record_error(self, error: BaseException, name: str | None = None) -> None:
        """Count that the program broke, and where in its code; nothing that the error says.

        Args:
            error: the exception. The same one is counted once, however often it is handed over.
            name: of the metric; it may be left out where the registry has one of this kind alone.
        """
        with self._guard:
            if self._listens and not getattr(error, MARK, False):
                self._record(error, name)

    def watch_errors(self) -> None:
        """Count exceptions that nobody caught from now on, in every thread.

        Whoever was told of them before is told as before.
        """
        with self._guard:
            parts = self._core.parts.errors
            if parts is not None and self._hooks is None:
                self._hooks = parts.hooks(self.record_error)
                self._hooks.install()

    def unwatch_errors(self) -> None:
        """Leave exceptions that nobody caught alone again."""
        with self._guard:
            if self._hooks is not None:
                self._hooks.uninstall()
                self._hooks = None

    def log_handler(self) -> logging.Handler | None:
        """Give a handler for ``logging`` that counts the exceptions of what is logged, never text.

        None where errors cannot be looked at.
        """
        with self._guard:
            parts = self._core.parts.errors
            return parts.handler(self.record_error) if parts is not None else None
        return None

    def _record(self, error: BaseException, name: str | None) -> None:
        parts, metrics = self._core.parts.errors, self._core.registry.metrics
        mine = [each for each, metric in metrics.items() if metric.kind is Kind.ERROR]
        chosen = name if name is not None else (mine[0] if len(mine) == 1 else "")
        metric = metrics.get(chosen)
        if parts is None or metric is None or metric.kind is not Kind.ERROR:
            self._recorder.broke(chosen, "")
            return
        with self._core.parts.unforked():
            # When something broke; the first two are what noting it down takes.
            from aboveboard.device import error_book, error_lines  # noqa: F401, PLC0415 see above
            from aboveboard.device.broke import describe  # noqa: PLC0415 see above

            code = parts.code()
        # What is noted down now is told later, so the terms must be those of now.
        consent = self._core.consent_now()
        if not consent.records(metric):
            return
        spoken = consent.of_level(metric.message_level) if metric.message_level else Mode.OFF
        broke = describe(error, code, message=spoken is Mode.ON)
        if self._recorder.broke(chosen, broke.fingerprint):
            error.__dict__[MARK] = True
            with self._core.store_open():
                day = self._clock.now().date()
                self._core.errors.note(metric, broke, day, consent)
