from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.patience import PATIENCE

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.memory_queue import MemoryLists, MemoryQueue
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.decoders import DECODERS, Decoder, Messages, native
from aboveboard.collector.drain import Drain, Pace
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError, QueueError
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.ports.queue import Batch
from aboveboard.wires import native_item
from aboveboard.wires.foreign import Answer, Understood
from aboveboard.wires.native_item import ItemHead

FAST = Pace(most_items=7, idle=0.001, beat=0.005, first_wait=0.001, longest_wait=0.004, grace=0.2)
KEPT = Kept(repeated=False)


class Taker:
    """Accepts what it is told to, and notes it down."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.log_fails = False
        self.hanging = False
        self.at_once = self.most_at_once = 0

    async def accept(self, request: Request) -> Kept | Refused:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.hanging:
            await asyncio.Event().wait()
        if self.log_fails:
            return Refused(Reason.CANNOT_KEEP, "")
        if request.body == b"bad":
            return Refused(Reason.NOT_A_REPORT, "")
        if request.body == b"broken":
            message = "its text could tell something"
            raise RuntimeError(message)
        repeated = request.body in self.bodies
        self.bodies.append(request.body)
        return Kept(repeated=repeated)


def one(item: bytes) -> Sequence[Request] | Refused:
    """Read an item as the bodies of as many reports as there are words in it."""
    if item == b"?":
        return Refused(Reason.UNREADABLE_ITEM, "")
    return [Request("editor", "", word) for word in item.split()]


@pytest.fixture
def lists() -> MemoryLists:
    return MemoryLists()


@pytest.fixture
def taker() -> Taker:
    return Taker()


def drain(lists: MemoryLists, taker: Taker, decode: Decoder = one, pace: Pace = FAST) -> Drain:
    return Drain(MemoryQueue(lists, ["reports"], "a"), {"reports": decode}, taker.accept, pace)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 it is not ours to tell
            await asyncio.sleep(0.001)


def run_until(made: Drain, condition: Callable[[], object], then: Callable[[], object]) -> None:
    """Drain until something is so, then do something, then let it end in good order."""

    async def run() -> None:
        task = asyncio.create_task(made.run())
        await until(condition)
        then()
        made.stop()
        await task

    asyncio.run(run())


def nothing() -> None:
    pass


def idle(lists: MemoryLists) -> bool:
    return not lists.taken and not lists.lists.get("reports")


def test_everything_that_was_pushed_is_accepted_once(lists: MemoryLists, taker: Taker) -> None:
    items = [b"%d" % number for number in range(100)]
    lists.push("reports", *items)
    made = drain(lists, taker)
    run_until(made, lambda: idle(lists), nothing)
    assert sorted(taker.bodies) == sorted(items)
    assert made.outcomes == {"kept": 100}
    assert made.well


def test_many_are_under_way_at_once_so_that_they_share_a_sync(
    lists: MemoryLists, taker: Taker
) -> None:
    lists.push("reports", *(b"%d" % number for number in range(100)))
    run_until(drain(lists, taker), lambda: idle(lists), nothing)
    assert FAST.most_items <= taker.most_at_once <= FAST.most_items * FAST.lanes


def test_what_cannot_be_read_is_put_aside_and_counted_and_nothing_waits_for_it(
    lists: MemoryLists, taker: Taker, caplog: pytest.LogCaptureFixture
) -> None:
    lists.push("reports", b"?", b"1", b"bad", b"2 bad", b"broken", b"1", b"3 1", b"")
    made = drain(lists, taker)
    run_until(made, lambda: idle(lists), nothing)
    assert sorted(lists.lists["errors-reports"]) == [b"2 bad", b"?", b"bad", b"broken"]
    assert made.outcomes == {
        "kept": 2,
        "repeated": 1,
        "empty": 1,
        "not_a_report": 2,
        "unreadable_item": 2,
    }
    assert [record.getMessage() for record in caplog.records] == [
        "an item could not be read: RuntimeError"
    ]


def test_nothing_leaves_the_queue_while_the_log_is_away(lists: MemoryLists, taker: Taker) -> None:
    lists.push("reports", b"1", b"2", b"?")
    taker.log_fails = True
    made = drain(lists, taker)

    async def run() -> None:
        task = asyncio.create_task(made.run())
        await until(lambda: made.put_off > 6)
        assert len(lists.taken) == 1
        assert not made.outcomes
        taker.log_fails = False
        await until(lambda: idle(lists))
        made.stop()
        await task

    asyncio.run(run())
    assert made.outcomes == {"kept": 2, "unreadable_item": 1}


def test_what_waits_for_the_log_goes_back_when_it_is_stopped(
    lists: MemoryLists, taker: Taker
) -> None:
    lists.push("reports", b"1", b"2")
    taker.log_fails = True
    made = drain(lists, taker)
    run_until(made, lambda: made.put_off, nothing)
    assert list(lists.lists["reports"]) == [b"1", b"2"]


def test_what_hangs_goes_back_after_a_grace(lists: MemoryLists, taker: Taker) -> None:
    lists.push("reports", b"1")
    taker.hanging = True
    run_until(drain(lists, taker), lambda: lists.taken, nothing)
    assert list(lists.lists["reports"]) == [b"1"]


def test_a_queue_that_is_away_is_tried_again(
    lists: MemoryLists, taker: Taker, caplog: pytest.LogCaptureFixture
) -> None:
    lists.push("reports", b"1")
    lists.failing = True
    made = drain(lists, taker)

    async def run() -> None:
        task = asyncio.create_task(made.run())
        await until(lambda: not made.well)
        await asyncio.sleep(0.02)
        lists.failing = False
        await until(lambda: idle(lists))
        made.stop()
        await task

    asyncio.run(run())
    assert made.well
    assert made.outcomes == {"kept": 1}
    assert [record.getMessage() for record in caplog.records] == [
        "the queue does not answer: it fails on request"
    ]


class Shy(MemoryQueue):
    """A queue that does not hear what is done, as often as it is told."""

    deaf = 2

    async def done(self, batch: Batch, aside: Iterable[int] = ()) -> bool:
        if self.deaf:
            self.deaf -= 1
            message = "shy"
            raise QueueError(message)
        return await super().done(batch, aside)


def test_what_is_done_is_said_until_the_queue_hears_it(lists: MemoryLists, taker: Taker) -> None:
    lists.push("reports", b"1")
    made = Drain(Shy(lists, ["reports"], "a"), {"reports": one}, taker.accept, FAST)
    run_until(made, lambda: idle(lists), nothing)
    assert made.outcomes == {"kept": 1}
    assert taker.bodies == [b"1"]


def test_an_end_does_not_wait_for_a_queue_that_is_away(lists: MemoryLists, taker: Taker) -> None:
    lists.push("reports", b"1")

    def fail() -> None:
        lists.failing = True

    taker_first = drain(lists, taker)
    run_until(taker_first, lambda: taker.bodies, fail)
    assert not taker_first.well
    other = MemoryLists()
    other.push("reports", b"2")
    deaf = Shy(other, ["reports"], "a")
    deaf.deaf = 1_000_000
    made = Drain(deaf, {"reports": one}, taker.accept, FAST)
    run_until(made, lambda: b"2" in taker.bodies, nothing)
    assert list(other.lists["reports"]) == [b"2"]


def test_what_somebody_else_has_by_now_is_not_counted(lists: MemoryLists, taker: Taker) -> None:
    lists.push("reports", b"1")
    taker.log_fails = True
    made = drain(lists, taker)

    def elsewhere() -> None:
        lists.taken.clear()
        taker.log_fails = False

    async def run() -> None:
        task = asyncio.create_task(made.run())
        await until(lambda: made.put_off)
        elsewhere()
        await until(lambda: taker.bodies)
        made.stop()
        await task

    asyncio.run(run())
    assert not made.outcomes


def test_it_gives_back_what_dead_consumers_had_and_knows_what_waits(
    lists: MemoryLists, taker: Taker
) -> None:
    async def die() -> None:
        await MemoryQueue(lists, ["reports"], "dead").take(10, 100)

    lists.push("reports", b"1", b"2")
    asyncio.run(die())
    lists.pause()
    made = drain(lists, taker)
    run_until(made, lambda: made.waiting == {"reports": 0} and idle(lists), nothing)
    assert made.given_back == 2
    assert sorted(taker.bodies) == [b"1", b"2"]


def test_an_item_of_the_native_wire_is_a_report_with_its_address() -> None:
    item = native_item.write(ItemHead(1, "editor", "0f", "application/json", "gzip"), b"\n\x00")
    assert native(item) == [Request("editor", "0f", b"\n\x00", "application/json", "gzip")]


@given(item=st.binary(max_size=2000) | st.binary().map(lambda body: b'{"format":1}\n' + body))
def test_no_bytes_make_a_decoder_raise(item: bytes) -> None:
    for decode in DECODERS.values():
        found = decode(item)
        assert isinstance(found, Refused | list)


class Disk:
    """A disk that fails every other time."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.tries = 0

    async def append(self, records: list[bytes]) -> None:
        self.tries += 1
        if self.tries % 2:
            message = "no space left"
            raise LogError(message)
        self.kept += records


def test_each_report_is_in_the_log_once_however_often_it_was_pushed(
    lists: MemoryLists, registry: Registry, opener: HpkeOpener, write: Callable[..., bytes]
) -> None:
    disk = Disk()
    log = GroupCommit(disk.append)
    acceptor = Acceptor({"editor": registry}, log, SeenIds(), opener, SetClock())
    ids = [f"{number:032x}" for number in range(50)]
    for each in [*ids, *ids, *ids[:10]]:
        lists.push("reports", item(each, write(id=each)))
    lists.push("reports", item(ids[0], b"{}"), item("7", b"{}"))
    queue = MemoryQueue(lists, ["reports"], "a")
    made = Drain(queue, {"reports": native}, acceptor.accept, FAST)
    run_until(made, lambda: idle(lists), nothing)
    assert sorted(json.loads(record)["id"] for record in disk.kept) == ids
    assert made.outcomes == {"kept": 50, "repeated": 60, "not_a_report": 1, "bad_report_id": 1}


def item(report_id: str, body: bytes) -> bytes:
    return native_item.write(ItemHead(1, "editor", report_id), body)


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def told(item: bytes) -> Messages:
    """Read an item of a foreign wire as a message for each word."""
    said = [Said("editor", word.decode()) for word in item.split()]
    return Messages("pigeon", Understood(Answer(200), said))


def test_messages_of_a_foreign_wire_are_kept_and_wait_where_they_cannot_be(
    lists: MemoryLists, taker: Taker
) -> None:
    answers: list[Refused | None] = [Refused(Reason.CANNOT_KEEP, ""), None]
    kept: list[str] = []

    async def keep(messages: Messages) -> Refused | None:
        await asyncio.sleep(0)
        if not messages.understood.said:
            return None
        answer = answers.pop(0) if answers else Refused(Reason.NOT_A_REPORT, "")
        if answer is None:
            kept.append(messages.understood.said[0].event)
        return answer

    lists.push("reports", b"one", b"two", b"")
    queue = MemoryQueue(lists, ["reports"], "a")
    one_by_one = Pace(most_items=1, lanes=1, idle=0.001, beat=0.005, first_wait=0.001)
    made = Drain(queue, {"reports": told}, taker.accept, one_by_one, keep)
    run_until(made, lambda: idle(lists), nothing)
    assert kept == ["one"]
    assert made.put_off == 1
    assert made.outcomes == {"kept": 1, "not_a_report": 1, "empty": 1}


def test_without_foreign_wires_their_messages_are_put_aside(
    lists: MemoryLists, taker: Taker
) -> None:
    lists.push("reports", b"one")
    made = drain(lists, taker, told)
    run_until(made, lambda: idle(lists), nothing)
    assert made.outcomes == {"unreadable_item": 1}
