"""The guard and the shortcut, by the bytes that come and go: no socket, no server."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import CountingChance, MemoryLog, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.receive import Limits
from aboveboard.collector.seen import SeenIds
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web import guard
from aboveboard.web.guard import Guarded, Watch
from aboveboard.web.intake import Intake
from aboveboard.web.networks import Networks
from aboveboard.web.shortcut import Shortcut

ID = "0123456789abcdef0123456789abcdef"
REGISTRY = read(EXAMPLE_REGISTRY)
KEY = new_private_key()
CONTENT: dict[str, Any] = {
    "format": 1,
    "app": "editor",
    "period": "2026-W47",
    "registry": "f" * 64,
    "entries": [{"metric": "file.opened", "day": "2026-11-16", "value": 3}],
}


def body(number: int = 1) -> bytes:
    return json.dumps({**CONTENT, "id": f"{number:032x}"}).encode()


def put(
    number: int = 1, content: bytes | None = None, *headers: bytes, method: str = "PUT"
) -> bytes:
    sent = body(number) if content is None else content
    lines = [f"{method} /reports/editor/{number:032x} HTTP/1.1".encode(), b"host: x"]
    lines += [b"content-length: %d" % len(sent), *headers]
    return b"\r\n".join([*lines, b"", sent])


class Wire(asyncio.Transport):
    """The other end of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:  # noqa: ANN401 as in asyncio
        self.sent += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 as in asyncio
        return ("198.51.100.7", 4711) if name in {"peername", "sockname"} else default

    def answers(self) -> list[tuple[int, dict[str, Any]]]:
        """Read the answers that were sent."""
        found = []
        rest = self.sent
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            length = next(int(line[16:]) for line in lines if line.startswith("content-length: "))
            found.append((int(lines[0].split()[1]), json.loads(rest[:length])))
            rest = rest[length:]
        return found


class House:
    """A server's state with connections to it."""

    def __init__(self, *, short: bool = True, most: int = 10, rate: int = 0) -> None:
        self.log = MemoryLog()
        self.go_on = asyncio.Event()
        self.go_on.set()
        limits = Limits(largest_body=2000)
        self.acceptor = Acceptor(
            {"editor": REGISTRY},
            GroupCommit(self._append),
            SeenIds(),
            HpkeOpener([KEY]),
            SetClock(),
            limits,
        )
        networks = (
            Networks(NetworkRate(rate, MemoryCounts(CountingChance(), SetClock())))
            if rate
            else None
        )
        self.meters = Meters(["editor"])
        intake = Intake(self.acceptor, self.meters, networks)
        self.state = ServerState()
        watch = Watch(most, intake.refuse)
        made: Callable[..., Guarded] = partial(Guarded, watch=watch)
        if short:
            made = partial(Shortcut, watch=watch, intake=intake)
        config = uvicorn.Config(
            intake, lifespan="off", log_config=None, ws="none", access_log=False
        )
        config.load()
        self._make = partial(made, config=config, server_state=self.state, app_state={})

    async def _append(self, records: list[bytes]) -> None:
        await self.go_on.wait()
        self.log.append(records)

    def connect(self) -> tuple[Guarded, Wire]:
        connection, wire = self._make(), Wire()
        connection.connection_made(wire)
        return connection, wire

    async def send(self, *pieces: bytes) -> Wire:
        connection, wire = self.connect()
        for piece in pieces:
            connection.data_received(piece)
            await settle()
        return wire


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def sent(house: Callable[[], House], *pieces: bytes) -> list[tuple[int, dict[str, Any]]]:
    async def run() -> list[tuple[int, dict[str, Any]]]:
        return (await house().send(*pieces)).answers()

    return asyncio.run(run())


def long_way() -> House:
    return House(short=False)


SAME = [
    pytest.param([put(1), put(2), put(1)], id="kept-and-repeated"),
    pytest.param([put(1) + put(1) + put(2)], id="pipelined"),
    pytest.param([put(1, b"mellon")], id="no-report"),
    pytest.param([put(1, gzip.compress(body()), b"content-encoding: gzip")], id="gzip"),
    pytest.param([put(1, None, b"content-type: text/html")], id="another-type"),
    pytest.param([put(1, b"x" * 2001)], id="announced-as-too-large"),
    pytest.param([put(1, None, b"connection: close")], id="closes"),
    pytest.param([put(1).replace(b"HTTP/1.1", b"HTTP/1.0")], id="of-old"),
    pytest.param([put(1, None, b"connection: close") + put(2)], id="closes-before-more"),
    pytest.param([put(1, b"mellon", b"connection: close") + put(2)], id="closes-after-no-report"),
    pytest.param([put(1).replace(b"HTTP/1.1", b"HTTP/1.0") + put(2)], id="of-old-before-more"),
    pytest.param([put(1).replace(b"editor/0", b"editor/%30")], id="escaped"),
    pytest.param([put(1).replace(b" HTTP", b"?x=1 HTTP")], id="query"),
    pytest.param([put(1).replace(b"PUT", b"GET")], id="method"),
    pytest.param([put(1).replace(b"/editor/", b"/editor/x/")], id="deeper"),
    pytest.param([put(1).replace(b"/editor/", b"/nobody/")], id="no-such-app"),
    pytest.param([put(1)[:-20], put(1)[-20:-5], put(1)[-5:]], id="in-parts"),
    pytest.param(
        [b"POST /reports/editor HTTP/1.1\r\ncontent-length: 0\r\n\r\n", put(1)], id="mixed"
    ),
    pytest.param(
        [
            b"PUT /reports/editor/%032x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" % 1
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body()), body())
        ],
        id="chunked",
    ),
    pytest.param(
        [
            b"PUT /reports/editor/%032x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" % 1
            + b"7d0\r\n%b\r\n1\r\nx\r\n1\r\ny\r\n0\r\n\r\n" % (b"x" * 2000)
        ],
        id="chunked-too-large",
    ),
]


@pytest.mark.parametrize("pieces", SAME)
def test_the_short_way_answers_as_the_long_way_does(pieces: list[bytes]) -> None:
    async def run(house: House) -> tuple[bytes, bool, int]:
        wire = await house.send(*pieces)
        return wire.sent, wire.closed, len(house.log.records)

    short = asyncio.run(run(House()))
    assert short[0]
    assert short == asyncio.run(run(long_way()))


def test_who_asks_before_sending_a_body_is_told_to_go_on() -> None:
    wire = asyncio.run(House().send(put(1, None, b"expect: 100-continue")))
    assert wire.sent.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")


def test_an_answer_on_the_short_way_has_the_common_headers_of_that_second() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        for number, second in enumerate([b"one", b"one", b"two"]):
            if number != 1:
                house.state.default_headers = [(b"date", second)]
            connection.data_received(put(number))
            await settle()
            assert b"date: " + second in wire.sent[-120:]
        connection.data_received(put(9, b"mellon"))
        assert b"date: two" in wire.sent[-200:]

    asyncio.run(run())


def test_a_request_behind_a_report_waits_for_its_answer() -> None:
    async def run() -> None:
        house = House()
        house.go_on.clear()
        connection, wire = house.connect()
        connection.data_received(put(1) + put(2, None) + put(3, method="GET"))
        await settle()
        assert wire.sent == b""
        house.go_on.set()
        await settle()
        assert [status for status, _ in wire.answers()] == [201, 201, 405]

    asyncio.run(run())


def test_a_sender_who_went_away_is_not_answered_and_the_report_is_kept() -> None:
    async def run() -> None:
        house = House()
        house.go_on.clear()
        connection, wire = house.connect()
        connection.data_received(put(1))
        await settle()
        wire.closed = True
        connection.connection_lost(None)
        house.go_on.set()
        await settle()
        assert wire.sent == b""
        assert len(house.log.records) == 1

    asyncio.run(run())


def test_a_server_that_ends_answers_what_it_has_taken() -> None:
    async def run() -> None:
        house = House()
        house.go_on.clear()
        connection, wire = house.connect()
        connection.data_received(put(1))
        await settle()
        connection.shutdown()
        assert not wire.closed
        house.go_on.set()
        await settle()
        assert [status for status, _ in wire.answers()] == [201]
        assert wire.closed

    asyncio.run(run())


def test_a_mistake_of_ours_does_not_make_a_sender_give_its_report_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        house = House()

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(house.acceptor, "submit", broken)
        wire = await house.send(put(1))
        assert [status for status, _ in wire.answers()] == [500]
        assert wire.closed

    asyncio.run(run())


@pytest.mark.parametrize("pieces", SAME)
def test_both_ways_measure_every_answer_once(pieces: list[bytes]) -> None:
    async def run(house: House) -> Counter[tuple[str, str, str]]:
        wire = await house.send(*pieces)
        assert house.meters.answers.total() >= len(wire.answers())
        by_code = Counter[str]()
        for (code, _, _), count in house.meters.answers.items():
            by_code[code] += count
        assert by_code == house.acceptor.outcomes
        return house.meters.answers

    assert asyncio.run(run(House())) == asyncio.run(run(long_way()))


def test_what_the_guard_refuses_is_measured_too() -> None:
    async def run() -> None:
        house = House(most=1)
        house.connect()
        await house.send(put(1))
        assert house.meters.answers == {("too_busy", "native", ""): 1}

    asyncio.run(run())


def test_a_network_is_held_to_its_rate_on_both_ways() -> None:
    for short in (True, False):
        answers = sent(partial(House, short=short, rate=1), put(1), put(2), put(3))
        assert [status for status, _ in answers] == [201, 429, 429]


def test_a_batch_counts_with_all_of_its_reports() -> None:
    lines = b"\n".join(body(number) for number in range(2))
    head = b"POST /reports/editor HTTP/1.1\r\ncontent-type: application/x-ndjson\r\n"
    request = head + b"content-length: %d\r\n\r\n" % len(lines) + lines
    answers = sent(partial(House, rate=2), put(9), request)
    assert [status for status, _ in answers] == [201, 429]
    [(status, content)] = sent(partial(House, rate=1), request)
    assert (status, content["code"]) == (413, "too_many_reports")


@pytest.mark.parametrize("short", [True, False])
def test_a_body_that_does_not_arrive_in_time_is_refused(short: bool) -> None:  # noqa: FBT001
    async def run() -> None:
        house = House(short=short)
        connection, wire = house.connect()
        connection.data_received(put(1)[:-9])
        await settle()
        for _ in range(guard.BODY_SECONDS):
            connection.sweep()
        assert wire.sent == b""
        connection.sweep()
        await settle()
        ((status, content),) = wire.answers()
        assert (status, content["code"]) == (408, "too_slow")
        assert wire.closed
        assert house.acceptor.outcomes == {"too_slow": 1}

    asyncio.run(run())


def test_more_of_a_body_may_take_longer() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        head = b"POST /reports/editor HTTP/1.1\r\ncontent-length: 100000\r\n\r\n"
        connection.data_received(head + bytes(guard.SLOWEST * 5))
        await settle()
        for _ in range(guard.BODY_SECONDS + 5):
            connection.sweep()
        assert wire.sent == b""
        connection.sweep()
        await settle()
        assert [status for status, _ in wire.answers()] == [408]

    asyncio.run(run())


def test_a_head_that_does_not_arrive_in_time_is_refused() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(put(1)[:20])
        for _ in range(guard.HEAD_SECONDS + 1):
            connection.sweep()
        assert [content["code"] for _, content in wire.answers()] == ["too_slow"]

    asyncio.run(run())


def test_a_connection_that_says_nothing_is_closed_but_not_one_that_waits_for_us() -> None:
    async def run() -> None:
        house = House()
        silent, wire = house.connect()
        waiting, other = house.connect()
        house.go_on.clear()
        waiting.data_received(put(1))
        for _ in range(guard.KEEP_ALIVE_SECONDS + 1):
            silent.sweep()
            waiting.sweep()
        assert wire.closed
        assert not other.closed

    asyncio.run(run())


def test_what_comes_behind_an_early_refusal_is_not_awaited_for_ever() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(put(1, b"x" * 3000)[:-1000])
        await settle()
        assert [status for status, _ in wire.answers()] == [413]
        for _ in range(guard.BODY_SECONDS + 1):
            connection.sweep()
        assert wire.closed

    asyncio.run(run())


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([put(1, None, *[b"a: b"] * guard.MOST_HEADERS)], id="many"),
        pytest.param([put(1, None, b"a: " + b"b" * guard.LARGEST_HEAD)], id="long"),
        pytest.param([put(1)[:66], b"b" * guard.LARGEST_HEAD], id="without-end"),
    ],
)
def test_a_head_may_not_be_too_large(pieces: list[bytes]) -> None:
    async def run() -> None:
        house = House()
        wire = await house.send(*pieces, b"more")
        ((status, content),) = wire.answers()
        assert (status, content["code"]) == (431, "headers_too_large")
        assert wire.closed
        assert house.acceptor.outcomes == {"headers_too_large": 1}

    asyncio.run(run())


def test_a_large_piece_that_is_mostly_body_is_no_large_head() -> None:
    content = body() + b" " * (1999 - len(body()))
    filler = b"POST /x HTTP/1.1\r\ncontent-length: 40000\r\n\r\n" + bytes(40_000)
    answers = sent(House, put(1, content) + filler.replace(b"/x", b"/reports/x/y"))
    assert [status for status, _ in answers] == [201, 405]


def test_surplus_connections_hear_that_it_is_too_busy_and_many_more_hear_nothing() -> None:
    async def run() -> None:
        house = House(most=1)
        _, first = house.connect()
        second = await house.send(put(1) + put(2))
        third = await house.send(put(1))
        ((status, content),) = second.answers()
        assert (status, content["code"]) == (503, "too_busy")
        assert b"retry-after: 10" in second.sent
        assert third.sent == b""
        assert third.closed
        assert not first.closed
        assert house.acceptor.outcomes == {"too_busy": 2}

    asyncio.run(run())


@given(st.lists(st.binary(max_size=200), max_size=5), st.booleans())
def test_no_bytes_make_a_connection_raise(pieces: list[bytes], begun: bool) -> None:  # noqa: FBT001
    async def run() -> None:
        connection, wire = House().connect()
        for piece in [put(1)[:-30]] * begun + pieces:
            if not wire.closed:
                connection.data_received(piece)
        await settle()
        connection.sweep()

    asyncio.run(run())
