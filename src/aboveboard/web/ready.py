"""Enters: what makes an answer, and a mark of what it is made of. Leaves: the answer, made once.

An answer is made anew when its mark has changed. One that takes long to make is meanwhile answered
as it was, so that nobody waits for it and a busy collector does not make it for each new report.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    Made = TypeVar("Made")
    Mark: TypeAlias = str
    Make: TypeAlias = "Callable[[], Awaitable[Draft]]"

QUICK_SECONDS = 0.1
"""What takes no longer than this is never answered as it was."""
OLDEST_SECONDS = 60.0
"""An older answer is not given any more, however long a new one takes."""
LEAST_PACKED = 500
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer just made.

    Attributes:
        body: its bytes.
        seconds: of computing that it took, without waiting.
    """

    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is ready.

    Attributes:
        body: its bytes.
        packed: the same by gzip; none where that is not worth it.
        mark: what it was made of.
        seconds: of computing that it took.
        made: when, by the clock of the loop.
    """

    body: bytes
    packed: bytes | None
    mark: str
    seconds: float
    made: float


class Ready:
    """Keeps answers by name.

    Args:
        mark: tells by one text whether anything has changed; may wait and raise.
        quick_seconds: what takes no longer is never answered as it was.
    """

    def __init__(self, mark: Callable[[], Mark], quick_seconds: float = QUICK_SECONDS) -> None:
        self._mark = mark
        self._quick = quick_seconds
        self._answers: dict[str, Answer] = {}
        self._making: dict[str, asyncio.Task[Answer]] = {}

    async def get(self, name: str, make: Make) -> Answer:
        """Give an answer, as it is or as it was not long ago.

        Raises:
            AboveboardError: whatever ``mark`` and ``make`` raise, unless an answer is there.
        """
        mark = await asyncio.to_thread(self._mark)
        known = self._answers.get(name)
        if known is not None and known.mark == mark:
            return known
        if known is not None and self._may_be_given(known):
            self._begin(name, mark, make).add_done_callback(_look_at)
            return known
        return await self.renew(name, mark, make)

    async def renew(self, name: str, mark: Mark, make: Make) -> Answer:
        """Give an answer that is at least as new as a mark.

        Raises:
            AboveboardError: whatever ``make`` raises.
        """
        under_way = self._making.get(name)
        if under_way is not None:
            answer = await asyncio.shield(under_way)
            if answer.mark == mark:
                return answer
        return await asyncio.shield(self._begin(name, mark, make))

    def _may_be_given(self, known: Answer) -> bool:
        age = asyncio.get_running_loop().time() - known.made
        return known.seconds > self._quick and age < OLDEST_SECONDS

    def _begin(self, name: str, mark: Mark, make: Make) -> asyncio.Task[Answer]:
        if name not in self._making:
            task = asyncio.get_running_loop().create_task(self._make(name, mark, make))
            self._making[name] = task
        return self._making[name]

    async def _make(self, name: str, mark: Mark, make: Make) -> Answer:
        try:
            draft = await make()
            packed = await asyncio.to_thread(_packed, draft.body)
            made = asyncio.get_running_loop().time()
            self._answers[name] = Answer(draft.body, packed, mark, draft.seconds, made)
            return self._answers[name]
        finally:
            del self._making[name]


def _packed(body: bytes) -> bytes | None:
    return gzip.compress(body, LEVEL, mtime=0) if len(body) >= LEAST_PACKED else None


def _look_at(task: asyncio.Task[Answer]) -> None:
    """Let an error pass: whoever asks next makes the answer, and hears of it."""
    if not task.cancelled():
        task.exception()


async def timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """Do some work in a thread; give what came of it and the seconds that it computed."""

    def do() -> tuple[Made, float]:
        before = time.thread_time()
        return work(), time.thread_time() - before

    return await asyncio.to_thread(do)
