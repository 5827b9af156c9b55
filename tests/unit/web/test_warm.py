"""Charts are drawn before somebody asks, and only where something changed."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from aboveboard.errors import FactsError
from aboveboard.model.total import PublishedApp, PublishedMetric, PublishedPeriod
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.charts import ChartShelf
from aboveboard.web.warm import Warmer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.registry import Registry

REGISTRY = read(EXAMPLE_REGISTRY)


class OneApp:
    """A publisher of one app, whose number of reports the test sets."""

    def __init__(self) -> None:
        self.reports = 0
        self.broken = False
        self.asked = 0
        self.asked_thrice = threading.Event()

    def apps(self) -> list[tuple[Registry, int]]:
        self.asked += 1
        if self.asked >= 3:
            self.asked_thrice.set()
        if self.broken:
            message = "no tables"
            raise FactsError(message)
        return [(REGISTRY, self.reports)]

    def app(self, name: str) -> PublishedApp | None:
        assert name == REGISTRY.app
        if self.reports > 100:
            return None
        week = PublishedPeriod("2026-W47", self.reports, ())
        metrics = [PublishedMetric(m, (week,), ()) for m in REGISTRY.metrics.values()]
        return PublishedApp(REGISTRY, self.reports, tuple(metrics))


class CountingRenderer:
    """Counts what it is asked to draw."""

    def __init__(self) -> None:
        self.drawn = 0

    def render(self, specs: Sequence[str]) -> list[str]:
        self.drawn += len(specs)
        return ["<svg/>" for _ in specs]

    def script(self) -> bytes:
        return b""


def test_an_app_is_drawn_when_its_reports_change_and_not_again() -> None:
    publisher, renderer = OneApp(), CountingRenderer()

    async def rounds() -> list[int]:
        warmer = Warmer(publisher, ChartShelf(renderer))
        drawn = []
        for reports in (0, 3, 3, 4, 101):
            publisher.reports = reports
            await warmer.round()
            drawn.append(renderer.drawn)
        return drawn

    assert asyncio.run(rounds()) == [0, 1, 1, 2, 2]


def test_tables_that_fail_do_not_end_it() -> None:
    publisher = OneApp()
    publisher.broken = True

    async def run() -> None:
        warmer = asyncio.create_task(Warmer(publisher, ChartShelf(CountingRenderer()), 0).run())
        assert await asyncio.to_thread(publisher.asked_thrice.wait, 30)
        assert not warmer.done()
        warmer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await warmer

    asyncio.run(run())
