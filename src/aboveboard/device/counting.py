"""Enters: what a host program wants counted. Leaves: step 1 has it, or nothing happens at all.

The counting half of :class:`aboveboard.device.telemetry.Telemetry`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboveboard.device.core import Core
    from aboveboard.model.event import Value


class Counting:
    """The calls that count. None of them raises, prints or waits."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._clock = core.parts.clock
        self._guard = core.guard
        self._recorder = core.recorder
        self._hot = core.recorder.hot

    @property
    def _listens(self) -> bool:
        return self._core.listens

    def count(self, name: str, by: int = 1, *, label: str | None = None) -> None:
        """Add ``by`` (at least 1, at most the metric's ``largest``) to a counter.

        Args:
            name: of the metric.
            by: how many.
            label: which of a labelled counter's labels; one that its list lacks counts as
                ``other``.
        """
        hot = self._hot
        try:
            call = name if label is None else (name, label)
            slots, index, largest = hot.cells[hot.thread()][call]
            if type(by) is int and 0 < by <= largest and hot.since <= hot.now() < hot.until:
                slots[index] += by
                return
        except Exception:  # noqa: BLE001, S110 whatever it is, the long way says it
            pass
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

    def names(self, name: str, found: Iterable[str]) -> None:
        """Tell which names are there; those that the list lacks are counted, never named."""
        with self._guard:
            if self._listens:
                self._recorder.names(name, found)

    @contextmanager
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

    @contextmanager
    def use(self, name: str) -> Iterator[None]:
        """Count the seconds of a block as seconds in use, each on the day that it belongs to."""
        number = 0
        with self._guard:
            number = self._core.in_use.begin(name, self._clock.now(), self._clock.monotonic_ms())
        try:
            yield
        finally:
            with self._guard:
                self._core.in_use.end(number, self._clock.monotonic_ms())
                self._core.count_seconds()

    def used(self, name: str, seconds: int) -> None:
        """Add whole seconds (1 or more) during which something was in use today."""
        with self._guard:
            if self._listens:
                self._recorder.used(name, seconds)

    @property
    def misuse(self) -> dict[str, int]:
        """How often a call named no metric or a value out of bounds, by reason."""
        return self._recorder.misuse()
