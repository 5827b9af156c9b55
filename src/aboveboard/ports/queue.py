"""Enters: what the collector needs of a queue in front of it. Leaves: the port Queue, no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items of one list, taken by one consumer.

    Attributes:
        list: the list that they were taken from.
        items: their bytes, oldest first.
        receipt: what the queue knows the batch by.
    """

    list: str
    items: tuple[bytes, ...]
    receipt: str


class Queue(Protocol):
    """Lists that others push to. Contract: ``tests/contract/test_queue.py``.

    What was taken stays in the queue until it is done, so that no item is lost with a consumer: a
    consumer that is not heard of for a while is dead, and what it had goes back. So an item may be
    given out twice, never less than once. Every method may raise QueueError; what it began is then
    done or not, and calling it again is right.
    """

    async def take(self, most_items: int, most_bytes: int) -> Batch | None:
        """Take the oldest items of one list, the lists in turn; None if all of them are empty.

        Args:
            most_items: how many at most.
            most_bytes: after how many bytes no further item is taken; the first always is.
        """
        ...

    async def done(self, batch: Batch, aside: Iterable[int] = ()) -> bool:
        """Let go of a batch: each of its items is kept elsewhere, or put aside here.

        Args:
            batch: as it was taken.
            aside: positions of the items that go to the list of what nobody could read. That list
                is bounded: the newest stay.

        Returns:
            Whether it was still this consumer's. If not, nothing changes: somebody else has it.
        """
        ...

    async def beat(self) -> int:
        """Tell that this consumer lives, and give back what dead ones left; tell how many items."""
        ...

    async def lengths(self) -> dict[str, int]:
        """Tell how many items wait in each list."""
        ...

    async def close(self) -> None:
        """Give back what is not done, say that this consumer is gone, and let go of the queue."""
        ...
