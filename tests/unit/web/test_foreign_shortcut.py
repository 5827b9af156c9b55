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
from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.country import KnownCountries
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError
from aboveboard.model.bulletin import Bulletin
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.foreign import ForeignWires
from aboveboard.web.guard import Guarded, Watch
from aboveboard.web.intake import PREFIX, Intake, send_json
from aboveboard.web.networks import Networks
from aboveboard.web.senders import Senders
from aboveboard.web.shortcut import Shortcut
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.backdrop_projects import Project
from aboveboard.wires.foreign import Answer
from aboveboard.wires.foreign import Wire as ForeignWire
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.mattermost_security import MattermostSecurity
from aboveboard.wires.segment import SegmentWire
from aboveboard.wires.sentry import SentryWire

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


def get(path: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", *headers]) + b"\r\n\r\n"


def chunked(path: bytes, body: bytes) -> bytes:
    head = b"POST %b HTTP/1.1\r\ntransfer-encoding: chunked\r\n%b\r\n\r\n" % (path, BASIC)
    return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def of_old(request: bytes) -> bytes:
    return request.replace(b"HTTP/1.1", b"HTTP/1.0")


SITE = post(b'{"core":{"opened":3}}', b"x-site-key: 7NVS", path=b"/post")
QUESTION = get(b"/security?id=abc&b=10.1.1.10.1.1&os=linux")
ENVELOPE = b"/api/1/envelope/?sentry_key=editor"
SESSION = b'{"type":"session"}\n{"sid":"a","init":true}\n'
ATTACHED = b'{}\n{"type":"attachment","length":3000000}\n' + b"x" * 3_000_000 + b"\n" + SESSION
CLOSE, KEEP = b"connection: close", b"connection: keep-alive"


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
        networks = (
            Networks(NetworkRate(rate, MemoryCounts(CountingChance(), clock))) if rate else None
        )
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
            BackdropWire({"core": Project("core", "Core", app="editor", group="file")}),
            MattermostSecurity(MemoryBulletins([NOTICE]), "editor"),
            SentryWire({"editor": "editor"}, {}),
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
        if scope["path"].startswith(PREFIX):
            await self.intake(scope, receive, send)
        elif self.foreign.takes(scope):
            await self.foreign(scope, receive, send)
        else:
            await send_json(send, 404, {})

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
            if not wire.closed:
                connection.data_received(piece)
                await settle()
        return wire


NOTICE = Bulletin("one", ("10.1.1",), "Hello", b"<p>Hello.</p>")
LARGE = b'{"event":"' + b"x" * 5_000_000 + b'"}'
SAME = [
    pytest.param([post(event(1), BASIC), post(event(2), BASIC), post(event(1), BASIC)], id="kept"),
    pytest.param([post(event(1), BASIC) + post(event(2), BASIC)], id="pipelined"),
    pytest.param([post(b"mellon", BASIC)], id="no-json"),
    pytest.param([post(event(1))], id="no-key"),
    pytest.param([post(gzip.compress(event(1)), BASIC, b"content-encoding: gzip")], id="gzip"),
    pytest.param([post(event(1), BASIC, b"connection: close")], id="closes"),
    pytest.param([post(event(1), BASIC, b"Connection: Close"), QUESTION], id="closes-for-good"),
    pytest.param([post(event(1), BASIC, CLOSE) + post(event(2), BASIC)], id="closes-before-more"),
    pytest.param([post(b"mellon", BASIC, CLOSE) + QUESTION], id="closes-at-once-before-more"),
    pytest.param([post(event(1), BASIC) + post(event(2), BASIC, CLOSE)], id="closes-behind"),
    pytest.param([post(event(1), BASIC, CLOSE)[:-9], post(event(1))[-9:]], id="closes-in-parts"),
    pytest.param([of_old(post(event(1), BASIC)), post(event(2), BASIC)], id="of-old"),
    pytest.param([of_old(post(event(1), BASIC, KEEP)), QUESTION], id="of-old-and-stays"),
    pytest.param([of_old(post(event(1), BASIC, KEEP)) + QUESTION], id="of-old-stays-before-more"),
    pytest.param([of_old(SITE)], id="of-old-with-a-site"),
    pytest.param([of_old(SITE) + QUESTION], id="of-old-before-more"),
    pytest.param([SITE.replace(b"HTTP/1.1", b"HTTP/0.9")], id="of-very-old"),
    pytest.param([QUESTION, QUESTION], id="get"),
    pytest.param([QUESTION + QUESTION + post(event(1), BASIC)], id="get-pipelined"),
    pytest.param([get(b"/security?id=abc", CLOSE) + QUESTION], id="get-and-close"),
    pytest.param([of_old(QUESTION)], id="get-of-old"),
    pytest.param([of_old(get(b"/security?id=abc", KEEP)) + QUESTION], id="get-of-old-and-stay"),
    pytest.param([get(b"/security?id=a%20b&os=linux")], id="get-escaped"),
    pytest.param([get(b"/security?id=abc#os=linux")], id="get-with-fragment"),
    pytest.param([get(b"/security"), get(b"/bulletins/one"), get(b"/bulletins/two")], id="notices"),
    pytest.param([get(b"/post")], id="get-where-sites-post"),
    pytest.param([get(b"/pixel/v1/track?writeKey=editor&userId=u&event=file")], id="pixel"),
    pytest.param([get(b"/security", b"content-length: 5") + b"hello" + QUESTION], id="get-body"),
    pytest.param([get(b"/security", b"content-length: 5000")], id="get-too-large"),
    pytest.param([get(b"/security", b"expect: 100-continue")], id="get-and-go-on"),
    pytest.param([get(b"/security", b"upgrade: websocket", KEEP)], id="get-and-upgrade"),
    pytest.param([get(b"/security?id=abc", method=b"HEAD")], id="head"),
    pytest.param([get(b"/security?id=abc", CLOSE, method=b"HEAD") + QUESTION], id="head-closes"),
    pytest.param([of_old(get(b"/security", method=b"HEAD")) + QUESTION], id="head-of-old"),
    pytest.param([get(b"/security", b"x: y" * 9000)], id="get-with-a-large-head"),
    pytest.param([post(event(1), BASIC, path=b"/v1/%74rack")], id="escaped"),
    pytest.param([post(event(1), BASIC, path=b"//v1/track")], id="slashes"),
    pytest.param([post(event(1), path=b"/v1/track?writeKey=editor")], id="query"),
    pytest.param([post(b"", method=b"OPTIONS")], id="options"),
    pytest.param([post(event(1), BASIC)[:-9], post(event(1), BASIC)[-9:]], id="in-parts"),
    pytest.param([post(LARGE, BASIC)], id="announced-as-too-large"),
    pytest.param([post(LARGE, b"rs-nodecount: 1")], id="announced-as-too-large-by-another"),
    pytest.param([post(event(1), b"x-debug-id: ana", b"user-agent: it/1")], id="dropped-and-seen"),
    pytest.param([post(b"{}\n" + SESSION, path=ENVELOPE)], id="envelope"),
    pytest.param([post(ATTACHED, path=ENVELOPE)], id="large-envelope"),
    pytest.param([post(ATTACHED, path=ENVELOPE)[:-99], ATTACHED[-99:]], id="envelope-in-parts"),
    pytest.param([post(ATTACHED[:-99], path=ENVELOPE)], id="envelope-that-was-cut"),
    pytest.param([post(b"", path=ENVELOPE)], id="envelope-of-nothing"),
    pytest.param([post(b"x" * 21_000_000, path=ENVELOPE)], id="envelope-that-is-too-large"),
    pytest.param([chunked(ENVELOPE, ATTACHED)], id="chunked-envelope"),
    pytest.param([chunked(ENVELOPE, ATTACHED * 8)], id="chunked-envelope-that-is-too-large"),
    pytest.param([post(b"{}", path=b"/mp/collect?measurement_id=G-1&api_secret=s")], id="silent"),
    pytest.param([chunked(b"/v1/track", event(1))], id="chunked"),
    pytest.param([chunked(b"/v1/track", LARGE)], id="chunked-too-large"),
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


async def asked(request: bytes, *, short: bool) -> tuple[House, Guarded, Wire]:
    """Send a request whose answer waits for the disk."""
    house = House(short=short)
    house.go_on.clear()
    connection, wire = house.connect()
    connection.data_received(request)
    await settle()
    return house, connection, wire


@pytest.mark.parametrize("request_", [post(event(1), BASIC, CLOSE), of_old(SITE), QUESTION])
@pytest.mark.parametrize("short", [True, False])
def test_of_who_goes_away_before_the_answer_it_is_kept_what_was_said(
    request_: bytes,
    short: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    async def run() -> None:
        house, connection, wire = await asked(request_, short=short)
        connection.eof_received()
        wire.close()
        connection.connection_lost(None)
        house.go_on.set()
        await settle()
        assert wire.sent == b""
        assert len(house.log.records) == 1
        assert not connection.connections

    asyncio.run(run())


def test_a_connection_that_ends_with_its_answer_is_not_answered_twice() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(of_old(SITE))
        await settle()
        connection.data_received(QUESTION)
        await settle()
        assert wire.sent.count(b"HTTP/1.1 200 OK") == 1
        assert len(house.log.records) == 1

    asyncio.run(run())


@pytest.mark.parametrize("request_", [post(event(1), BASIC, CLOSE), of_old(SITE)])
@pytest.mark.parametrize("behind", [b"!!", QUESTION, b"GET /" + b"x" * 40_000, b"\r\n"])
@pytest.mark.parametrize("short", [True, False])
def test_what_comes_behind_the_last_request_of_a_connection_changes_no_answer(
    request_: bytes,
    behind: bytes,
    short: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    async def run() -> None:
        house, connection, wire = await asked(request_, short=short)
        connection.data_received(behind)
        await settle()
        house.go_on.set()
        await settle()
        assert wire.sent.count(b"HTTP/1.1 ") == wire.sent.count(b"HTTP/1.1 200 ") == 1
        assert len(house.log.records) == 1
        assert wire.closed

    asyncio.run(run())


@pytest.mark.parametrize("piece", [SITE, QUESTION, post(event(1), BASIC), of_old(SITE)])
def test_a_plain_request_in_one_piece_passes_by_the_parser(piece: bytes) -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.parser = None  # type: ignore[assignment] # there is none to ask
        connection.data_received(piece)
        await settle()
        assert b" 200 OK" in wire.sent

    asyncio.run(run())


def test_a_large_body_is_read_while_it_comes() -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(post(ATTACHED, path=ENVELOPE)[:-99])
        await settle()
        assert connection.tasks
        connection.data_received(ATTACHED[-99:])
        await settle()
        assert b" 200 OK" in wire.sent
        assert len(house.log.records) == 1

    asyncio.run(run())


@pytest.mark.parametrize("short", [True, False])
def test_whoever_sends_too_much_is_answered_by_what_the_head_says(
    short: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    async def run() -> None:
        house = House(short=short)
        wire = await house.send(post(LARGE, BASIC))
        assert wire.sent.startswith(b"HTTP/1.1 400 ")
        wire = await house.send(post(LARGE, b"anonymousid: YQ=="))
        assert wire.sent.startswith(b"HTTP/1.1 413 ")

    asyncio.run(run())


@pytest.mark.parametrize("piece", [QUESTION, of_old(SITE), post(event(1), BASIC, CLOSE)])
def test_what_is_usual_of_foreign_clients_takes_the_short_way(piece: bytes) -> None:
    async def run() -> None:
        house = House()
        connection, wire = house.connect()
        connection.data_received(piece)
        assert not connection.tasks
        await settle()
        assert b" 200 OK" in wire.sent

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
