"""The shelf draws each chart once, one batch at a time, and lives with a renderer that fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aboveboard.errors import RenderError
from aboveboard.web.charts import MOST_AT_ONCE, ChartShelf

if TYPE_CHECKING:
    from collections.abc import Sequence


class PlainRenderer:
    """Draws a specification as itself, notes down what it was asked, and may fail at first."""

    def __init__(self, failures: int = 0) -> None:
        self.asked: list[list[str]] = []
        self._failures = failures

    def render(self, specs: Sequence[str]) -> list[str]:
        self.asked.append(list(specs))
        if len(self.asked) <= self._failures:
            message = "no ink"
            raise RenderError(message)
        return [f"<svg>{spec}</svg>" for spec in specs]

    def script(self) -> bytes:
        return b""


class BrokenAfter(PlainRenderer):
    """Draws so many charts, and then none."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def render(self, specs: Sequence[str]) -> list[str]:
        self._left -= len(specs)
        if self._left < 0:
            message = "no ink"
            raise RenderError(message)
        return super().render(specs)


def test_a_chart_is_drawn_once_and_in_its_place() -> None:
    renderer = PlainRenderer()

    async def ask() -> list[str | None]:
        shelf = ChartShelf(renderer)
        await shelf.warm(["b"])
        return await shelf.svgs(["a", "b", "a"])

    assert asyncio.run(ask()) == ["<svg>a</svg>", "<svg>b</svg>", "<svg>a</svg>"]
    assert renderer.asked == [["b"], ["a"]]


def test_who_asks_for_the_same_charts_at_once_waits_for_one_drawing() -> None:
    renderer = PlainRenderer()

    async def ask() -> list[list[str | None]]:
        shelf = ChartShelf(renderer)
        return await asyncio.gather(*(shelf.svgs(["a"]) for _ in range(5)))

    assert asyncio.run(ask()) == [["<svg>a</svg>"]] * 5
    assert renderer.asked == [["a"]]


def test_the_chart_that_nobody_asked_for_the_longest_is_forgotten() -> None:
    renderer = PlainRenderer()

    async def ask() -> None:
        shelf = ChartShelf(renderer, most=2)
        for specs in (["a", "b"], ["a"], ["c"], ["a"], ["b"]):
            await shelf.svgs(specs)

    asyncio.run(ask())

    assert renderer.asked == [["a", "b"], ["c"], ["b"]]


def test_many_charts_are_drawn_a_part_at_a_time_and_a_failure_costs_the_rest_alone() -> None:
    renderer = PlainRenderer()
    specs = [str(number) for number in range(2 * MOST_AT_ONCE + 1)]

    async def ask() -> tuple[list[str | None], list[str | None]]:
        return await ChartShelf(renderer).svgs(specs), await failing()

    async def failing() -> list[str | None]:
        shelf = ChartShelf(BrokenAfter(MOST_AT_ONCE))
        return await shelf.svgs(specs)

    whole, part = asyncio.run(ask())

    assert [len(each) for each in renderer.asked] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]
    assert whole == [f"<svg>{spec}</svg>" for spec in specs]
    assert part == [*whole[:MOST_AT_ONCE], *[None] * (MOST_AT_ONCE + 1)]


def test_after_a_failure_nothing_is_drawn_for_a_while() -> None:
    renderer = PlainRenderer(failures=1)

    async def ask() -> list[list[str | None]]:
        shelf = ChartShelf(renderer)
        return [await shelf.svgs(["a"]) for _ in range(3)]

    assert asyncio.run(ask()) == [[None]] * 3
    assert renderer.asked == [["a"]]


def test_after_that_while_drawing_is_tried_again() -> None:
    async def ask() -> list[list[str | None]]:
        shelf = ChartShelf(PlainRenderer(failures=1), rest_seconds=0)
        return [await shelf.svgs(["a"]) for _ in range(2)]

    assert asyncio.run(ask()) == [[None], ["<svg>a</svg>"]]
