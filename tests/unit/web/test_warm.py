"""Pages are made before somebody asks for them, and only where something changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

from aboveboard.errors import FactsError
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.warm import Warmer

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry

REGISTRY = read(EXAMPLE_REGISTRY)


class OneApp:
    """One app, whose number of reports the test sets, and how often its page was made."""

    def __init__(self) -> None:
        self.reports = 0
        self.broken = 0
        self.made: list[str] = []
        self.made_one = asyncio.Event()

    def apps(self) -> list[tuple[Registry, int]]:
        return [(REGISTRY, self.reports)]

    async def warm(self, app: str) -> None:
        if self.broken:
            self.broken -= 1
            message = "no tables"
            raise FactsError(message)
        self.made.append(app)
        self.made_one.set()


def test_a_page_is_made_when_its_reports_change_and_not_again() -> None:
    async def rounds() -> list[int]:
        app = OneApp()
        warmer = Warmer(app.apps, app.warm)
        made = []
        for reports in (0, 3, 3, 4):
            app.reports = reports
            await warmer.round()
            made.append(len(app.made))
        return made

    assert asyncio.run(rounds()) == [0, 1, 1, 2]


def test_a_page_that_could_not_be_made_is_made_in_a_later_round() -> None:
    async def rounds() -> list[str]:
        app = OneApp()
        app.reports, app.broken = 3, 1
        warmer = Warmer(app.apps, app.warm)
        with pytest.raises(FactsError):
            await warmer.round()
        await warmer.round()
        return app.made

    assert asyncio.run(rounds()) == [REGISTRY.app]


def test_tables_that_cannot_be_read_do_not_end_it() -> None:
    async def run() -> list[str]:
        app = OneApp()
        app.reports, app.broken = 3, 2
        running = asyncio.create_task(Warmer(app.apps, app.warm, pause_seconds=0).run())
        async with asyncio.timeout(PATIENCE):
            await app.made_one.wait()
        running.cancel()
        return app.made

    assert asyncio.run(run()) == [REGISTRY.app]
