from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.analysis.publish import publish
from aboveboard.errors import FactsError
from aboveboard.model.registry import Registry
from aboveboard.model.total import PublishedApp, Total
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.transparency.log import TransparencyLog
from aboveboard.web.notary import Notary

REGISTRY = read(EXAMPLE_REGISTRY)
CLOCK = SetClock(datetime(2026, 12, 24, tzinfo=UTC))


class Numbers:
    """Numbers of one app, or none at all."""

    def __init__(self, *, reports: int = 12, broken: bool = False) -> None:
        self.reports = reports
        self.broken = broken
        self.asked = 0

    def apps(self) -> list[tuple[Registry, int]]:
        self.asked += 1
        if self.broken:
            message = "the store rests"
            raise FactsError(message)
        return [(REGISTRY, self.reports)]

    def app(self, name: str) -> PublishedApp | None:
        if name != REGISTRY.app or self.asked > 5:
            return None
        week = Total("file.opened", "week", "2026-W45", "", 40, 12, 12)
        return publish(REGISTRY, [week], self.reports)


@pytest.fixture
def log() -> TransparencyLog:
    return TransparencyLog(MemoryLedger(), Ed25519Signer(bytes(32)), "collector.example/log")


def test_a_closed_week_is_entered_once(log: TransparencyLog) -> None:
    notary = Notary(Numbers(), log, CLOCK, {})
    assert (notary.look(), notary.look(), log.size()) == (1, 0, 1)


def test_a_question_that_is_answered_ends_its_metric(log: TransparencyLog) -> None:
    ended: dict[str, frozenset[str]] = {}
    notary = Notary(Numbers(), log, CLOCK, ended)
    notary.look()
    assert ended == {"editor": frozenset()}


def test_an_app_without_reports_has_nothing_to_enter(log: TransparencyLog) -> None:
    assert Notary(Numbers(reports=0), log, CLOCK, {}).look() == 0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 another thread makes it so
            await asyncio.sleep(0.001)


def test_after_a_look_that_failed_it_looks_again_soon_and_then_rests(log: TransparencyLog) -> None:
    async def looks_when_well(numbers: Numbers) -> int:
        notary = Notary(numbers, log, CLOCK, {}, pauses=(3600, 0.001))
        task = asyncio.create_task(notary.run())
        await until(lambda: numbers.asked >= 2)
        numbers.broken = False
        await until(lambda: notary.well)
        asked = numbers.asked
        await asyncio.sleep(0.05)
        task.cancel()
        return numbers.asked - asked

    assert asyncio.run(looks_when_well(Numbers(broken=True))) == 0


def test_it_goes_on_after_a_look_that_failed_and_tells_of_it(log: TransparencyLog) -> None:
    async def some_rounds(numbers: Numbers) -> Notary:
        notary = Notary(numbers, log, CLOCK, {}, pauses=(0.001, 0.001))
        task = asyncio.create_task(notary.run())
        await until(lambda: numbers.asked >= 3)
        numbers.broken = not numbers.broken
        asked = numbers.asked
        await until(lambda: numbers.asked >= asked + 2)
        task.cancel()
        return notary

    assert asyncio.run(some_rounds(Numbers(broken=True))).well
    assert not asyncio.run(some_rounds(Numbers())).well
