"""The short way of foreign requests, by the bytes that come and go: no socket, no server."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import uvicorn
from tests.unit.web.test_guard import Wire, settle
from uvicorn.server import ServerState

from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import CountingChance, MemoryLog, SetClock
from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.country import KnownCountries
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.foreign import ForeignWires
from aboveboard.web.guard import Guarded, Watch
from aboveboard.web.intake import PREFIX, Intake
from aboveboard.web.networks import Networks
from aboveboard.web.senders import Senders
from aboveboard.web.shortcut import Shortcut
from aboveboard.wires.foreign import Answer
from aboveboard.wires.foreign import Wire as ForeignWire
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.segment import SegmentWire

KEY = new_private_key()
REGISTRY = read(EXAMPLE_REGISTRY)
BASIC = b"authorization: Basic " + base64.b64encode(b"editor:")


def event(number: int) -> bytes:
    said = {"userId": "u", "messageId": f"m{number}", "event": "file"}
    return json.dumps({**said, "properties": {"opened": 3}}).encode()


def post(
    body: bytes, *headers: bytes, path: bytes = b"/v1/track", method: bytes = b"POST"
) -> bytes:
    head = [method + b" " + path + b" HTTP/1.1", b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


class House:
    """A server's state with connections to it."""

    def __init__(
        self, *, short: bool = True, rate: int = 0, senders: Senders | None = None
    ) -> None:
        self.log, self.failing, clock = MemoryLog(), False, SetClock()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.meters = Meters(["editor"])
        acceptor = Acceptor(
            {"editor": REGISTRY}, GroupCommit(self._append), SeenIds(), HpkeOpener([KEY]), clock
        )
        networks = Networks(NetworkRate(rate, CountingChance(), clock)) if rate else None
        self.intake = Intake(acceptor, self.meters, networks)
        kept = Foreign(
            acceptor,
            {"editor": Translator(REGISTRY)},
            MemoryPeriodKeys(CountingChance()),
            clock,
            CountingChance(),
            self.meters,
        )
        wires: list[ForeignWire] = [
            SegmentWire({"editor": "editor"}),
            Ga4Wire({"G-1": Stream("editor", ("s",))}),
        ]
        self.foreign = ForeignWires(wires, kept, self.meters, networks, clock, senders)
        watch = Watch(10, self.intake.refuse)
        made: Callable[..., Guarded] = partial(Guarded, watch=watch)
        if short:
            made = partial(Shortcut, watch=watch, intake=self.intake, foreign=self.foreign)
        config = uvicorn.Config(self, lifespan="off", log_config=None, ws="none", access_log=False)
        config.load()
        self._make = partial(made, config=config, server_state=ServerState(), app_state={})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 as in ASGI
        way = self.intake if scope["path"].startswith(PREFIX) else self.foreign
        await way(scope, receive, send)

    async def _append(self, records: list[bytes]) -> None:
        await self.go_on.wait()
        if self.failing:
            message = "full"
            raise LogError(message)
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


LARGE = b'{"event":"' + b"x" * 5_000_000 + b'"}'
SAME = [
    pytest.param([post(event(1), BASIC), post(event(2), BASIC), post(event(1), BASIC)], id="kept"),
    pytest.param([post(event(1), BASIC) + post(event(2), BASIC)], id="pipelined"),
    pytest.param([post(b"mellon", BASIC)], id="no-json"),
    pytest.param([post(event(1))], id="no-key"),
    pytest.param([post(gzip.compress(event(1)), BASIC, b"content-encoding: gzip")], id="gzip"),
    pytest.param([post(event(1), BASIC, b"connection: close")], id="closes"),
    pytest.param([post(event(1), BASIC).replace(b"HTTP/1.1", b"HTTP/1.0")], id="of-old"),
    pytest.param([post(event(1), BASIC, path=b"/v1/%74rack")], id="escaped"),
    pytest.param([post(event(1), BASIC, path=b"//v1/track")], id="slashes"),
    pytest.param([post(event(1), path=b"/v1/track?writeKey=editor")], id="query"),
    pytest.param([post(b"", method=b"OPTIONS")], id="options"),
    pytest.param([post(event(1), BASIC)[:-9], post(event(1), BASIC)[-9:]], id="in-parts"),
    pytest.param([post(LARGE, BASIC)], id="announced-as-too-large"),
    pytest.param([post(b"{}", path=b"/mp/collect?measurement_id=G-1&api_secret=s")], id="silent"),
    pytest.param(
        [
            b"POST /v1/track HTTP/1.1\r\ntransfer-encoding: chunked\r\n%b\r\n\r\n" % BASIC
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(event(1)), event(1))
        ],
        id="chunked",
    ),
    pytest.param(
        [
            b"POST /v1/track HTTP/1.1\r\ntransfer-encoding: chunked\r\n%b\r\n\r\n" % BASIC
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(LARGE), LARGE)
        ],
        id="chunked-too-large",
    ),
]


def seen(house: House, wire: Wire) -> tuple[bytes, bool, int, object, object]:
    return (
        wire.sent,
        wire.closed,
        len(house.log.records),
        house.meters.answers,
        house.meters.messages,
    )


@pytest.mark.parametrize("pieces", SAME)
def test_the_short_way_answers_and_counts_as_the_long_way_does(pieces: list[bytes]) -> None:
    async def run(*, short: bool) -> tuple[bytes, bool, int, object, object]:
        house = House(short=short)
        return seen(house, await house.send(*pieces))

    short = asyncio.run(run(short=True))
    assert short[0]
    assert short == asyncio.run(run(short=False))


def test_an_answer_comes_after_the_disk_and_what_is_behind_waits() -> None:
    async def run() -> None:
        house = House()
        house.go_on.clear()
        connection, wire = house.connect()
        connection.data_received(post(event(1), BASIC) + post(b"x", BASIC))
        await settle()
        assert wire.sent == b""
        house.go_on.set()
        await settle()
        assert wire.sent.count(b"HTTP/1.1 200 ") == 1
        assert wire.sent.count(b"HTTP/1.1 400 ") == 1

    asyncio.run(run())


def test_what_cannot_be_kept_may_come_again() -> None:
    async def run() -> None:
        house = House()
        house.failing = True
        wire = await house.send(post(event(1), BASIC))
        assert wire.sent.startswith(b"HTTP/1.1 503 ")

    asyncio.run(run())


def test_a_body_that_does_not_come_is_answered_as_the_wire_does() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(post(event(1), BASIC)[:-5])
        assert isinstance(connection, Shortcut)
        connection.late(Refused(Reason.TOO_SLOW, ""))
        assert wire.sent.startswith(b"HTTP/1.1 503 ")
        assert wire.closed

    asyncio.run(run())


def test_a_network_is_held_to_its_rate() -> None:
    async def run() -> None:
        house = House(rate=1)
        wire = await house.send(post(event(1), BASIC), post(event(2), BASIC))
        assert wire.sent.count(b"HTTP/1.1 200 ") == 1
        assert wire.sent.count(b"HTTP/1.1 503 ") == 1

    asyncio.run(run())


def test_where_somebody_asks_from_where_requests_come_they_go_the_long_way() -> None:
    class Nowhere:
        """Countries of nobody."""

        def find(self, packed: bytes) -> tuple[str, str]:
            del packed
            return "", ""

    async def run() -> None:
        house = House(senders=Senders(KnownCountries(Nowhere(), frozenset({"editor"}))))
        assert house.foreign.asks_where_from
        wire = await house.send(post(event(1), BASIC))
        assert wire.sent.startswith(b"HTTP/1.1 200 ")

    asyncio.run(run())


def test_a_mistake_of_ours_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        house = House()

        def broken(*_: object) -> Answer:
            raise ZeroDivisionError

        monkeypatch.setattr(house.foreign, "begin", broken)
        wire = await house.send(post(event(1), BASIC))
        assert wire.sent.startswith(b"HTTP/1.1 500 ")
        assert wire.closed

    asyncio.run(run())
