"""Enters: totals that change. Leaves: their charts drawn before somebody asks for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aboveboard.analysis.charts import specs
from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from aboveboard.analysis.publisher import Publisher
    from aboveboard.web.charts import ChartShelf

PAUSE_SECONDS = 30.0


class Warmer:
    """Draws the charts of apps that got new reports, at most every half minute.

    Args:
        publisher: gives the numbers.
        shelf: keeps the charts.
        pause_seconds: how long it rests between two rounds.
    """

    def __init__(
        self, publisher: Publisher, shelf: ChartShelf, pause_seconds: float = PAUSE_SECONDS
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
            published = await asyncio.to_thread(self._publisher.app, registry.app)
            if published is not None:
                await self._shelf.warm(specs(published))
            self._drawn[registry.app] = reports
