"""Enters: chart specifications. Leaves: their SVGs, drawn once, one batch at a time."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

from aboveboard.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.ports.collector import Renderer

LOG = logging.getLogger(__name__)
MOST_CHARTS = 500
"""About 15 kB each; the chart that nobody asked for the longest is forgotten first."""
MOST_AT_ONCE = 100
"""So that a page of many charts has some of them even where drawing all takes too long."""
REST_SECONDS = 60.0
"""How long nothing is drawn after a failure: each attempt would cost a whole process."""


class ChartShelf:
    """Keeps drawn charts by their content.

    Args:
        renderer: draws what is not on the shelf yet, in a thread.
        most: how many charts are kept.
        rest_seconds: how long it draws nothing after a failure.
    """

    def __init__(
        self, renderer: Renderer, most: int = MOST_CHARTS, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._renderer = renderer
        self._most = most
        self._rest = rest_seconds
        self._drawn: OrderedDict[bytes, str] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._not_before = 0.0

    async def svgs(self, specs: Sequence[str]) -> list[str | None]:
        """Give the SVG of each specification (JSON text), or None where it cannot be drawn."""
        keys = [hashlib.sha256(spec.encode()).digest() for spec in specs]
        wanted = dict(zip(keys, specs, strict=True))
        found = self._find(wanted)
        if len(found) < len(wanted):
            async with self._one_at_a_time:
                found |= self._find(wanted)
                missing = {key: spec for key, spec in wanted.items() if key not in found}
                found |= await self._draw(missing)
        return [found.get(key) for key in keys]

    async def warm(self, specs: Sequence[str]) -> None:
        """Draw what is not drawn yet, so that nobody has to wait for it."""
        await self.svgs(specs)

    def _find(self, wanted: dict[bytes, str]) -> dict[bytes, str]:
        found = {key: self._drawn[key] for key in wanted if key in self._drawn}
        for key in found:
            self._drawn.move_to_end(key)
        return found

    async def _draw(self, missing: dict[bytes, str]) -> dict[bytes, str]:
        clock = asyncio.get_running_loop().time
        drawn: dict[bytes, str] = {}
        keys = [] if clock() < self._not_before else list(missing)
        for start in range(0, len(keys), MOST_AT_ONCE):
            part = keys[start : start + MOST_AT_ONCE]
            try:
                svgs = await asyncio.to_thread(
                    self._renderer.render, [missing[key] for key in part]
                )
            except RenderError as error:
                LOG.warning("charts are not drawn for %.0f seconds: %s", self._rest, error)
                self._not_before = clock() + self._rest
                break
            drawn |= zip(part, svgs, strict=True)
        self._drawn.update(drawn)
        while len(self._drawn) > self._most:
            self._drawn.popitem(last=False)
        return drawn
