"""Enters: a queue that others fill. Leaves: its reports in the log, each of them counted once.

An item leaves the queue after its record is on disk. Whoever is killed before that finds it again,
and its report's id keeps it from being counted twice. What cannot be read is put aside, so that
nothing stands in the way of what follows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.collector.decoders import Messages
from aboveboard.errors import QueueError
from aboveboard.model.verdict import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from aboveboard.collector.decoders import Decoder
    from aboveboard.collector.receive import Request
    from aboveboard.model.verdict import Kept
    from aboveboard.ports.queue import Batch, Queue

logger = logging.getLogger("aboveboard")
KEPT = "kept"
REPEATED = "repeated"
EMPTY = "empty"
"""An item that can be read, with no report in it."""
WELL = frozenset({KEPT, REPEATED, EMPTY})
LATER = {429, 503}
"""Statuses that put a report off instead of refusing it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is taken at once, and how long is waited for what.

    Attributes:
        most_items: items of a batch; they share a sync of the log.
        most_bytes: bytes after which a batch takes no further item.
        lanes: batches at a time, so that one is taken while another is on its way to the disk.
        idle: seconds between two looks at lists that are empty.
        beat: seconds between two signs of life; far less than after what the queue takes a
            consumer for dead.
        first_wait: seconds to wait after a failure of the log or the queue; then twice as long,
            and so on.
        longest_wait: seconds that it never waits longer than.
        grace: seconds that an end waits for batches on their way.
    """

    most_items: int = 256
    most_bytes: int = 4 * 1024 * 1024
    lanes: int = 2
    idle: float = 0.2
    beat: float = 5.0
    first_wait: float = 0.1
    longest_wait: float = 10.0
    grace: float = 5.0


class Drain:
    """Takes from a queue and hands over to an acceptor, until it is stopped.

    Args:
        queue: what to take from.
        decoders: list to what reads its items.
        accept: takes a request and answers when its record is on disk.
        pace: how much at once, and how long to wait.
        keep: takes the messages of a foreign wire, and tells why they are not on disk, or nothing.

    Attributes:
        well: whether the queue answered the last time that it was asked.
        outcomes: how many items ended how: ``kept``, ``repeated``, ``empty``, or the code for
            which they were put aside.
        put_off: how often an item had to wait for the log.
        given_back: how many items of dead consumers went back to their lists.
        waiting: list to how many items wait in it, as of the last sign of life.
    """

    def __init__(
        self,
        queue: Queue,
        decoders: Mapping[str, Decoder],
        accept: Callable[[Request], Awaitable[Kept | Refused]],
        pace: Pace | None = None,
        keep: Callable[[Messages], Awaitable[Refused | None]] | None = None,
    ) -> None:
        self.well = True
        self.outcomes: Counter[str] = Counter()
        self.put_off = 0
        self.given_back = 0
        self.waiting: dict[str, int] = {}
        self._queue = queue
        self._decoders = decoders
        self._accept = accept
        self._keep = keep
        self._pace = pace or Pace()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Drain until :meth:`stop` is called or the task is cancelled."""
        pulse = asyncio.create_task(self._pulse())
        lanes = [asyncio.create_task(self._lane()) for _ in range(self._pace.lanes)]
        try:
            await self._stopping.wait()
            await asyncio.wait(lanes, timeout=self._pace.grace)
        finally:
            tasks = [pulse, *lanes]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._let_go()

    def stop(self) -> None:
        """Take nothing more; what is on its way may arrive, the rest goes back."""
        self._stopping.set()

    async def _pulse(self) -> None:
        wait = _Wait(self._pace)
        while True:
            try:
                self.given_back += await self._queue.beat()
                self.waiting = await self._queue.lengths()
            except QueueError as error:
                self._failed(error)
                await asyncio.sleep(min(wait.longer(), self._pace.beat))
            else:
                self.well = True
                wait.reset()
                await asyncio.sleep(self._pace.beat)

    async def _lane(self) -> None:
        wait = _Wait(self._pace)
        while not self._stopping.is_set():
            try:
                batch = await self._queue.take(self._pace.most_items, self._pace.most_bytes)
            except QueueError as error:
                self._failed(error)
                await self._pause(wait.longer())
                continue
            self.well = True
            wait.reset()
            if batch is None:
                await self._pause(self._pace.idle)
            else:
                await self._bring_in(batch)

    async def _bring_in(self, batch: Batch) -> None:
        decode, wait = self._decoders[batch.list], _Wait(self._pace)
        ended: dict[int, str] = {}
        left = list(range(len(batch.items)))
        while True:
            found = await asyncio.gather(*(self._one(decode, batch.items[at]) for at in left))
            ended |= {at: how for at, how in zip(left, found, strict=True) if how is not None}
            left = [at for at in left if at not in ended]
            if not left:
                await self._finish(batch, ended)
                return
            self.put_off += len(left)
            await self._pause(wait.longer())
            if self._stopping.is_set():
                return  # It goes back whole; what is on disk already will be known again.

    async def _one(self, decode: Decoder, item: bytes) -> str | None:
        """Bring one item in; tell how it ended, or None if it must wait."""
        try:
            requests = decode(item)
            if isinstance(requests, Refused):
                return requests.reason.value
            if isinstance(requests, Messages):
                return await self._messages(requests)
            return _ended([await self._accept(request) for request in requests])
        except Exception as error:  # noqa: BLE001 no item may stand in the way of the next one
            # Its text could hold some of the item.
            logger.warning("an item could not be read: %s", type(error).__name__)
            return Reason.UNREADABLE_ITEM.value

    async def _messages(self, messages: Messages) -> str | None:
        """Bring in what a foreign wire says; whether it was there before, the tables know."""
        if self._keep is None:
            return Reason.UNREADABLE_ITEM.value
        refused = await self._keep(messages)
        if refused is None:
            return KEPT if messages.understood.said else EMPTY
        return None if refused.reason.status in LATER else refused.reason.value

    async def _finish(self, batch: Batch, ended: Mapping[int, str]) -> None:
        aside = [at for at, how in sorted(ended.items()) if how not in WELL]
        wait = _Wait(self._pace)
        while True:
            try:
                if await self._queue.done(batch, aside):
                    self.outcomes.update(ended.values())
            except QueueError as error:
                self._failed(error)
                await self._pause(wait.longer())
                if self._stopping.is_set():
                    return
            else:
                self.well = True
                return

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _failed(self, error: QueueError) -> None:
        if self.well:
            logger.warning("the queue does not answer: %s", error)
        self.well = False

    async def _let_go(self) -> None:
        try:
            await self._queue.close()
        except QueueError as error:
            self._failed(error)


class _Wait:
    """How long to wait after one failure more."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._next = pace.first_wait

    def longer(self) -> float:
        now, self._next = self._next, min(self._next * 2, self._pace.longest_wait)
        return now

    def reset(self) -> None:
        self._next = self._pace.first_wait


def _ended(answers: Sequence[Kept | Refused]) -> str | None:
    refused = [answer.reason for answer in answers if isinstance(answer, Refused)]
    if any(reason.status in LATER for reason in refused):
        return None
    if refused:
        return refused[0].value
    if not answers:
        return EMPTY
    kept = [answer for answer in answers if not isinstance(answer, Refused)]
    return REPEATED if all(answer.repeated for answer in kept) else KEPT
