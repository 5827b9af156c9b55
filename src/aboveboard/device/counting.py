"""Enters: what a host program wants counted. Leaves: step 1 has it, or nothing happens at all.

The counting half of :class:`aboveboard.device.telemetry.Telemetry`.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.device.guard import Guard
    from aboveboard.device.record import Recorder
    from aboveboard.model.event import Value
    from aboveboard.ports import Clock


class Counting(ABC):
    """The calls that count. None of them raises, prints or waits."""

    _guard: Guard
    _recorder: Recorder
    _clock: Clock

    @property
    @abstractmethod
    def _listens(self) -> bool:
        """Whether anything is to be counted now."""

    def count(self, name: str, by: int = 1, *, label: str | None = None) -> None:
        """Add ``by`` (at least 1, at most the metric's ``largest``) to a counter.

        Args:
            name: of the metric.
            by: how many.
            label: which of a labelled counter's labels; one that its list lacks counts as
                ``other``.
        """
        with self._guard:
            if self._listens:
                self._recorder.count(name, by, label)

    def event(self, name: str, /, **said: str) -> None:
        """Count an event once, by what it says of itself: ``event("file.saved", how="menu")``.

        Each of the metric's extras must be said; a word that its list lacks counts as ``other``.
        """
        with self._guard:
            if self._listens:
                self._recorder.event(name, said)

    def set(self, name: str, value: Value) -> None:
        """Set a flag (a bool), a choice (a word), a version (``"3.11.7"``) or a quantity (an int).

        A word outside the list is kept as ``other``; a version is cut to the metric's precision; of
        a number only the bucket is kept that it falls into.
        """
        with self._guard:
            if self._listens:
                self._recorder.set(name, value)

    @contextlib.contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Measure how long a block takes, also if it fails; kept as a bucket, never exactly."""
        started = self._clock.monotonic_ms()
        try:
            yield
        finally:
            self.took(name, self._clock.monotonic_ms() - started)

    def took(self, name: str, milliseconds: int) -> None:
        """Add one time that was measured elsewhere, in milliseconds."""
        with self._guard:
            if self._listens:
                self._recorder.took(name, milliseconds)

    def observe(self, name: str, amount: int) -> None:
        """Add one amount (0 or more) to a distribution; kept as a bucket, never exactly."""
        with self._guard:
            if self._listens:
                self._recorder.observe(name, amount)

    def used(self, name: str, seconds: int) -> None:
        """Add whole seconds (1 or more) during which something was in use today."""
        with self._guard:
            if self._listens:
                self._recorder.used(name, seconds)

    @property
    def misuse(self) -> dict[str, int]:
        """How often a call named no metric or a value out of bounds, by reason."""
        return self._recorder.misuse()
