"""Enters: the same calls as the queue in Redis. Leaves: the same results, kept in memory alone."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboveboard.adapters.queue_bounds import LARGEST_ASIDE, MOST_ASIDE
from aboveboard.errors import QueueError
from aboveboard.ports.queue import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(slots=True)
class MemoryLists:
    """What several consumers share: lists, and who has what.

    Attributes:
        lists: by name, oldest first.
        taken: receipt to the batch, its consumer and the consumer's run.
        alive: who was heard of lately.
        failing: whether nothing is answered.
    """

    lists: dict[str, deque[bytes]] = field(default_factory=dict)
    taken: dict[str, tuple[Batch, str, int]] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    failing: bool = False
    runs: itertools.count[int] = field(default_factory=itertools.count)

    def push(self, name: str, *items: bytes) -> None:
        """Push items, as whoever fills a queue does."""
        self.lists.setdefault(name, deque()).extend(items)

    def pause(self) -> None:
        """Let so much time pass that nobody counts as alive any longer."""
        self.alive.clear()


class MemoryQueue:
    """One consumer of such lists.

    Args:
        shared: the lists.
        names: those that it takes from.
        consumer: what tells it from others; a second one of a name takes the first one's place.
    """

    def __init__(self, shared: MemoryLists, names: Sequence[str], consumer: str) -> None:
        self._shared = shared
        self._names = deque(names)
        self._consumer = consumer
        self._run = next(shared.runs)
        self._numbers = itertools.count()

    async def take(self, most_items: int, most_bytes: int) -> Batch | None:
        """Take the oldest items of one list."""
        self._check()
        for _ in range(len(self._names)):
            name = self._names[0]
            self._names.rotate(-1)
            items = self._some(name, most_items, most_bytes)
            if items:
                receipt = f"{self._consumer}:{self._run}:{next(self._numbers)}"
                batch = Batch(name, items, receipt)
                self._shared.taken[receipt] = (batch, self._consumer, self._run)
                self._shared.alive.add(self._consumer)
                return batch
        return None

    async def done(self, batch: Batch, aside: Iterable[int] = ()) -> bool:
        """Let go of a batch."""
        self._check()
        if self._shared.taken.pop(batch.receipt, None) is None:
            return False
        bad = [batch.items[at] for at in aside]
        small = [item for item in bad if len(item) <= LARGEST_ASIDE]
        errors = self._shared.lists.setdefault(f"errors-{batch.list}", deque())
        errors.extend(small)
        while len(errors) > MOST_ASIDE:
            errors.popleft()
        return True

    async def beat(self) -> int:
        """Tell that this consumer lives, and give back what dead ones left."""
        self._check()
        self._shared.alive.add(self._consumer)
        return sum(self._give_back(each) for each in self._left())

    async def lengths(self) -> dict[str, int]:
        """Tell how many items wait in each list."""
        self._check()
        return {name: len(self._shared.lists.get(name, ())) for name in sorted(self._names)}

    async def close(self) -> None:
        """Give back what is not done."""
        self._check()
        for receipt in [each for each in self._shared.taken if self._mine(each)]:
            self._give_back(receipt)
        self._shared.alive.discard(self._consumer)

    def _check(self) -> None:
        if self._shared.failing:
            message = "it fails on request"
            raise QueueError(message)

    def _some(self, name: str, most_items: int, most_bytes: int) -> tuple[bytes, ...]:
        waiting = self._shared.lists.get(name, deque())
        items: list[bytes] = []
        while waiting and len(items) < most_items and sum(map(len, items)) < most_bytes:
            items.append(waiting.popleft())
        return tuple(items)

    def _mine(self, receipt: str) -> bool:
        return self._shared.taken[receipt][1:] == (self._consumer, self._run)

    def _left(self) -> list[str]:
        found = []
        for receipt, (_, consumer, run) in self._shared.taken.items():
            mine_before = consumer == self._consumer and run != self._run
            if mine_before or consumer not in self._shared.alive:
                found.append(receipt)
        return found

    def _give_back(self, receipt: str) -> int:
        batch, _, _ = self._shared.taken.pop(receipt)
        self._shared.lists[batch.list].extendleft(reversed(batch.items))
        return len(batch.items)
