"""An answer is made once for each change; a slow one is meanwhile answered as it was."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

from aboveboard.errors import FactsError
from aboveboard.web import ready as module
from aboveboard.web.ready import LEAST_PACKED, Draft, Ready

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

QUICK, SLOW = 0.0, 5.0


class Numbers:
    """Something that changes, and what is written of it."""

    def __init__(self, seconds: float = QUICK) -> None:
        self.mark = "1"
        self.seconds = seconds
        self.made = 0
        self.broken = False
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    def marked(self) -> str:
        return self.mark

    async def make(self) -> Draft:
        self.made += 1
        self.begun.set()
        mark = self.mark
        await self.may_go_on.wait()
        if self.broken:
            message = "no tables"
            raise FactsError(message)
        return Draft(f"numbers {mark}".encode(), self.seconds)


def running(act: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(act(), PATIENCE))


def test_as_long_as_nothing_changes_an_answer_is_made_once() -> None:
    async def act() -> None:
        numbers = Numbers()
        ready = Ready(numbers.marked)
        bodies = {(await ready.get("page", numbers.make)).body for _ in range(5)}
        assert (bodies, numbers.made) == ({b"numbers 1"}, 1)

    running(act)


def test_a_quick_answer_is_always_of_the_latest_numbers() -> None:
    async def act() -> None:
        numbers = Numbers(QUICK)
        ready = Ready(numbers.marked)
        for mark in "1234":
            numbers.mark = mark
            assert (await ready.get("page", numbers.make)).body == f"numbers {mark}".encode()

    running(act)


def test_a_slow_answer_is_given_as_it_was_while_the_next_one_is_made() -> None:
    async def act() -> None:
        numbers = Numbers(SLOW)
        ready = Ready(numbers.marked)
        await ready.get("page", numbers.make)
        numbers.mark = "2"
        numbers.may_go_on.clear()
        for _ in range(3):
            assert (await ready.get("page", numbers.make)).body == b"numbers 1"
        assert numbers.made == 2
        numbers.may_go_on.set()
        assert (await ready.renew("page", "2", numbers.make)).body == b"numbers 2"
        assert numbers.made == 2

    running(act)


def test_an_answer_that_is_too_old_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST_SECONDS", 0.0)

    async def act() -> None:
        numbers = Numbers(SLOW)
        ready = Ready(numbers.marked)
        await ready.get("page", numbers.make)
        numbers.mark = "2"
        assert (await ready.get("page", numbers.make)).body == b"numbers 2"

    running(act)


def test_many_who_ask_at_once_wait_for_one_making() -> None:
    async def act() -> None:
        numbers = Numbers()
        ready = Ready(numbers.marked)
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ready.get("page", numbers.make)) for _ in range(8)]
        assert {each.result().body for each in asked} == {b"numbers 1"}
        assert numbers.made == 1

    running(act)


def test_whoever_asks_for_newer_numbers_than_are_being_written_gets_them() -> None:
    async def act() -> None:
        numbers = Numbers()
        ready = Ready(numbers.marked)
        numbers.may_go_on.clear()
        first = asyncio.create_task(ready.get("page", numbers.make))
        await numbers.begun.wait()
        numbers.mark = "2"
        second = asyncio.create_task(ready.get("page", numbers.make))
        await asyncio.sleep(0.01)
        numbers.may_go_on.set()
        assert (await first).body == b"numbers 1"
        assert (await second).body == b"numbers 2"

    running(act)


def test_an_answer_that_cannot_be_made_is_an_error_and_made_when_it_can_be() -> None:
    async def act() -> None:
        numbers = Numbers(SLOW)
        numbers.broken = True
        ready = Ready(numbers.marked)
        with pytest.raises(FactsError):
            await ready.get("page", numbers.make)
        numbers.broken = False
        assert (await ready.get("page", numbers.make)).body == b"numbers 1"
        numbers.mark, numbers.broken = "2", True
        assert (await ready.get("page", numbers.make)).body == b"numbers 1"
        await asyncio.sleep(0.01)
        numbers.broken = False
        assert (await ready.renew("page", "2", numbers.make)).body == b"numbers 2"

    running(act)


def test_a_long_answer_is_packed_once() -> None:
    async def act() -> None:
        async def long() -> Draft:
            return Draft(b"x" * LEAST_PACKED, QUICK)

        async def short() -> Draft:
            return Draft(b"x", QUICK)

        ready = Ready(lambda: "1")
        packed = (await ready.get("long", long)).packed
        assert packed is not None
        assert gzip.decompress(packed) == b"x" * LEAST_PACKED
        assert (await ready.get("short", short)).packed is None

    running(act)


def test_the_making_goes_on_when_whoever_asked_goes_away() -> None:
    async def act() -> None:
        numbers = Numbers()
        ready = Ready(numbers.marked)
        numbers.may_go_on.clear()
        gone = asyncio.create_task(ready.get("page", numbers.make))
        await numbers.begun.wait()
        gone.cancel()
        numbers.may_go_on.set()
        assert (await ready.get("page", numbers.make)).body == b"numbers 1"
        assert numbers.made == 1

    running(act)
