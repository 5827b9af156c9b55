"""Enters: published numbers. Leaves: closed weeks stand in the log, answered questions end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from aboveboard.analysis.answers import ended
from aboveboard.analysis.closing import closed_weeks
from aboveboard.collector.announce import announce_numbers
from aboveboard.errors import FactsError, LogError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedApp
    from aboveboard.ports.surroundings import Clock
    from aboveboard.transparency.log import TransparencyLog

PAUSES = (3600.0, 10.0)
"""Seconds from one look to the next, and to the next after one that failed."""


class Numbers(Protocol):
    """What it needs of ``analysis.publisher.Publisher``."""

    def apps(self) -> list[tuple[Registry, int]]:
        """Give every app with its number of reports."""
        ...

    def app(self, name: str) -> PublishedApp | None:
        """Give an app's published numbers."""
        ...


class Notary:
    """Looks once an hour which weeks are closed, and which questions are answered.

    Attributes:
        well: whether the last look could be kept.

    Args:
        publisher: gives the numbers.
        log: keeps them.
        clock: tells the day.
        answered: app to the metrics that ended because their question is answered; brought up to
            date here.
        pauses: seconds that it rests after a look, and after one that failed.
    """

    def __init__(
        self,
        publisher: Numbers,
        log: TransparencyLog,
        clock: Clock,
        answered: MutableMapping[str, frozenset[str]],
        pauses: tuple[float, float] = PAUSES,
    ) -> None:
        self.well = True
        self._publisher = publisher
        self._log = log
        self._clock = clock
        self._answered = answered
        self._pause, self._pause_after_failure = pauses

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
                self.well = True
            except (FactsError, LogError):
                self.well = False  # /health tells of it; the next look may find all well again
            await asyncio.sleep(self._pause if self.well else self._pause_after_failure)

    def look(self) -> int:
        """Enter what is closed. Waits for the store and the disk: not for an event loop.

        Returns:
            How many entries are new.

        Raises:
            FactsError: the numbers cannot be read.
            LogError: they cannot be kept.
        """
        today, new = self._clock.now().date(), 0
        for registry, reports in self._publisher.apps():
            published = self._publisher.app(registry.app) if reports else None
            if published is not None:
                self._answered[registry.app] = ended(published)
                new += announce_numbers(
                    self._log, registry.app, closed_weeks(published, today), today
                )
        return new
