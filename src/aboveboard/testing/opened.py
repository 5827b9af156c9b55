"""Enters: a block of a test. Leaves: what is opened inside it lets errors out, or is in memory."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.device import INSTEAD, STRICT
from aboveboard.errors import MisuseError
from aboveboard.model.consent import Mode
from aboveboard.testing.collector import FakeCollector
from aboveboard.testing.memory import MemoryHome, MemoryParts, MemoryTelemetry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboveboard.model.registry import Registry


@contextlib.contextmanager
def strict() -> Iterator[None]:
    """Let errors out of every telemetry that is opened inside: a misspelt name fails its test.

    Example:
        >>> import aboveboard
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> with strict():
        ...     telemetry = aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home="unused")
        >>> telemetry.count("file.opend")
        Traceback (most recent call last):
        ...
        aboveboard.errors.MisuseError: unknown_metric: 'file.opend' is not used as its registry says
    """
    before = STRICT.set(True)
    try:
        yield
    finally:
        STRICT.reset(before)


class Opened:
    """Everything that was opened inside a block of :func:`instead`.

    A program that opens its telemetry twice finds what it counted, and what the person chose, as
    it would on disk.

    Attributes:
        clock: the clock of all of them; it stands still until it is moved.
        collector: where their reports go.
        telemetries: all of them, in the order in which they were opened.
    """

    def __init__(
        self,
        clock: SetClock,
        collector: FakeCollector,
        mode: Mode | None,
        *,
        strict: bool,
    ) -> None:
        self.clock = clock
        self.collector = collector
        self.telemetries: list[MemoryTelemetry] = []
        self._mode = mode
        self._strict = strict
        self._homes: dict[str, MemoryHome] = {}
        self._lock = threading.Lock()

    @property
    def telemetry(self) -> MemoryTelemetry:
        """The telemetry that the app opened last.

        Raises:
            MisuseError: nothing was opened, or more than one app was: then ask :meth:`of`.
        """
        if len(self._homes) > 1:
            message = f"more than one app was opened: take .of(one of {sorted(self._homes)})"
            raise MisuseError(message)
        return self.of(next(iter(self._homes), ""))

    def of(self, app: str) -> MemoryTelemetry:
        """Give the telemetry that one of several apps opened last.

        Raises:
            MisuseError: it opened none.
        """
        for telemetry in reversed(self.telemetries):
            if telemetry.registry.app == app:
                return telemetry
        opened = f"opened were: {sorted(self._homes)}" if self._homes else "nothing was opened"
        message = (
            f"{opened}. Is aboveboard.open called inside the block, and not when a module is "
            "imported?"
        )
        raise MisuseError(message)

    def open(self, registry: Registry, version: str, packages: Sequence[str]) -> MemoryTelemetry:
        """Open one more; this is what ``aboveboard.open`` calls."""
        with self._lock:
            if registry.app not in {known.app for known in self.collector.registries}:
                self.collector.know(registry)
            first = registry.app not in self._homes
            home = self._homes.setdefault(registry.app, MemoryHome())
            parts = MemoryParts(self.clock, self.collector, home, packages, self._strict)
            telemetry = MemoryTelemetry(registry, parts, version)
            if first and self._mode is not None:
                telemetry.choose(self._mode)
            self.telemetries.append(telemetry)
            return telemetry


@contextlib.contextmanager
def instead(
    *,
    mode: Mode | str | None = None,
    clock: SetClock | None = None,
    collector: FakeCollector | None = None,
    strict: bool = True,
) -> Iterator[Opened]:
    """Let every ``aboveboard.open`` inside give a telemetry in memory, in whichever thread.

    The registry is the program's own, read as always; the folder that it names is not touched, and
    no word of the machine's surroundings counts (``DO_NOT_TRACK``, ``ABOVEBOARD``).

    Args:
        mode: what the person has chosen before; None if they have not been asked yet.
        clock: None for one that stands still in November 2026.
        collector: None for one that takes reports of every app that is opened.
        strict: whether misuse, and a registry with problems, raise.

    Example:
        >>> import aboveboard
        >>> from aboveboard.testing import EXAMPLE_REGISTRY, counted
        >>> with instead() as opened:
        ...     with aboveboard.open("editor", registry=EXAMPLE_REGISTRY) as telemetry:
        ...         telemetry.count("file.opened", by=3)
        ...     assert counted(opened, "file.opened") == 3
    """
    clock = clock or SetClock()
    chosen = Mode(mode) if mode is not None else None
    opened = Opened(clock, collector or FakeCollector(clock=clock), chosen, strict=strict)
    before = STRICT.set(strict)
    INSTEAD.append(opened.open)
    try:
        yield opened
    finally:
        INSTEAD.remove(opened.open)
        STRICT.reset(before)
        for telemetry in opened.telemetries:
            telemetry.unwatch_errors()
            telemetry.close()
