"""Enters: totals that change. Leaves: the pages that show them, made before somebody asks."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aboveboard.model.registry import Registry

PAUSE_SECONDS = 30.0


class Warmer:
    """Makes the pages of apps that got new reports, at the start and then every half minute.

    Args:
        apps: gives every app with its number of reports; may wait and raise FactsError.
        warm: makes the page of an app; may raise FactsError.
        pause_seconds: how long it rests between two rounds.
    """

    def __init__(
        self,
        apps: Callable[[], list[tuple[Registry, int]]],
        warm: Callable[[str], Awaitable[None]],
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._apps = apps
        self._warm = warm
        self._pause = pause_seconds
        self._made: dict[str, int] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            # /health tells of the store; the next round finds it well or not.
            with contextlib.suppress(FactsError):
                await self.round()
            await asyncio.sleep(self._pause)

    async def round(self) -> None:
        """Make the page of every app whose number of reports changed since the last round."""
        for registry, reports in await asyncio.to_thread(self._apps):
            if reports != self._made.get(registry.app, 0):
                await self._warm(registry.app)
                self._made[registry.app] = reports
