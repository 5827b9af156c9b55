"""Enters: totals that change. Leaves: their charts drawn before somebody asks for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from aboveboard.analysis.charts import specs
from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedApp
    from aboveboard.web.charts import ChartShelf

PAUSE_SECONDS = 30.0


class Numbers(Protocol):
    """What it needs of ``analysis.publisher.Publisher``."""

    def apps(self) -> list[tuple[Registry, int]]:
        """Give every app with its number of reports."""
        ...

    def app(self, name: str) -> PublishedApp | None:
        """Give an app's published numbers."""
        ...


class Warmer:
    """Draws the charts of apps that got new reports, at most every half minute.

    Args:
        publisher: gives the numbers.
        shelf: keeps the charts.
        pause_seconds: how long it rests between two rounds.
    """

    def __init__(
        self, publisher: Numbers, shelf: ChartShelf, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._publisher = publisher
        self._shelf = shelf
        self._pause = pause_seconds
        self._drawn: dict[str, int] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self.round()
            except FactsError:
                continue  # /health tells of the store; the next round finds it well or not

    async def round(self) -> None:
        """Draw the charts of every app whose number of reports changed since the last round."""
        for registry, reports in await asyncio.to_thread(self._publisher.apps):
            if reports == self._drawn.get(registry.app, 0):
                continue
            app = registry.app
            self._drawn[app] = reports
            if published := await asyncio.to_thread(self._publisher.app, app):
                await self._shelf.warm(specs(published))
