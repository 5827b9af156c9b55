from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import CountingChance, MemoryLog, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError
from aboveboard.model.said import Said
from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.foreign import AT_ONCE, MOST_PLACES, ROOM, ForeignWires
from aboveboard.web.networks import Networks
from aboveboard.wires.foreign import Answer, Asked, Understood

Message = dict[str, Any]
ECHO = Answer(200, b"ok")


class Echo:
    """A wire that shows what it sees."""

    name = "echo"
    largest = 100

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.understood = Understood(ECHO, [Said("editor", "file", {"opened": 3})])

    def takes(self, method: str, path: str) -> bool:
        return (method, path) == ("POST", "/echo")

    def read(self, asked: Asked) -> Understood:
        if asked.body == b"break":
            message = "mellon"
            raise ValueError(message)
        self.asked.append(asked)
        return self.understood

    def too_large(self, asked: Asked) -> Answer:
        return Answer(413, b"too large for " + asked.path.encode())

    def later(self, asked: Asked) -> Answer:
        return Answer(503, b"later", asked.headers.get("content-type", ""), [("retry-after", "60")])


class Stream(Echo):
    """The same, which takes large bodies while they come."""

    largest = AT_ONCE + 10
    memory = ROOM

    def reading(self, asked: Asked) -> Pieces:
        return Pieces(self, asked)


class Pieces:
    """What it takes."""

    memory = ROOM

    def __init__(self, wire: Stream, asked: Asked) -> None:
        self._wire = wire
        self._asked = asked
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def end(self) -> Understood:
        return self._wire.read(replace(self._asked, body=b"".join(self._pieces)))


class App:
    """The wires with all that they need."""

    def __init__(
        self, *, failing: bool = False, networks: Networks | None = None, wire: Echo | None = None
    ) -> None:
        log, clock = MemoryLog(), SetClock()
        self.log = log

        async def append(records: list[bytes]) -> None:
            if failing:
                message = "full"
                raise LogError(message)
            log.append(records)

        self.wire = wire or Echo()
        self.meters = Meters({"editor"})
        acceptor = Acceptor(
            {}, GroupCommit(append), SeenIds(), HpkeOpener([new_private_key()]), clock
        )
        chance = CountingChance()
        translators = {"editor": Translator(read(EXAMPLE_REGISTRY))}
        self.foreign = foreign = Foreign(
            acceptor, translators, MemoryPeriodKeys(chance), clock, chance, self.meters
        )
        self.app = ForeignWires([self.wire], foreign, self.meters, networks, clock)

    def ask(
        self,
        body: bytes = b"{}",
        headers: list[tuple[bytes, bytes]] | None = None,
        path: str = "/echo",
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Any] = []
        told: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"a=1&a=2&b=",
            "headers": headers or [],
            "client": ("198.51.100.7", 1),
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
            sent.append(message)

        asyncio.run(self.app(told, receive, send))
        start, end = sent
        return start["status"], dict(start["headers"]), end["body"]


def test_what_is_said_is_on_disk_before_the_answer() -> None:
    app = App()
    status, headers, body = app.ask()
    assert (status, body) == (200, b"ok")
    assert headers == {b"content-type": b"text/plain", b"content-length": b"2"}
    assert len(app.log.records) == 1
    assert app.meters.answers == {("kept", "echo", "editor"): 1}


def test_a_wire_sees_nothing_that_tells_where_a_request_came_from() -> None:
    app = App()
    app.ask(
        headers=[
            (b"user-agent", b"analytics-go/3.3.0 (host of ana)"),
            (b"x-forwarded-for", b"198.51.100.7"),
            (b"cookie", b"ana"),
            (b"x-site-key", b"key"),
        ]
    )
    [asked] = app.wire.asked
    assert asked.headers == {"user-agent": "analytics-go/3.3.0", "x-site-key": "key"}
    assert (asked.value("a"), asked.value("b"), asked.value("c")) == ("1", "", "")
    assert asked.received == SetClock().seconds()


def test_only_so_many_places_are_remembered() -> None:
    app = App()

    def everything(method: str, path: str) -> bool:
        return (method, path) != ("GET", "/echo")

    app.wire.takes = everything  # type: ignore[method-assign]
    for number in range(MOST_PLACES + 3):
        assert app.ask(path=f"/{number}")[0] == 200
    assert app.ask(path="/" + "x" * 100)[0] == 200
    assert not app.app.takes({"method": "GET", "path": "/echo"})


def test_what_was_discarded_is_counted() -> None:
    app = App()
    app.wire.understood = Understood(ECHO, discarded=Counter({"no_user": 2}))
    app.ask()
    assert app.meters.messages == {("no_user", "echo", "", ""): 2}
    assert not app.foreign.tagged.notes()
    assert app.meters.answers == {("answered", "echo", ""): 1}
    app.wire.understood = Understood(Answer(401))
    app.ask()
    assert app.meters.answers["refused", "echo", ""] == 1


@pytest.mark.parametrize(
    ("understood", "client"),
    [
        (Understood(ECHO, discarded=Counter(["no_user"])), "go/1.0"),
        (Understood(ECHO, discarded=Counter(["no_user"]), client="mine/2"), "mine/2"),
        (
            Understood(ECHO, [Said("editor", "file", {}, version="its/3")], Counter(["no_user"])),
            "its/3",
        ),
    ],
    ids=["by-user-agent", "by-the-wire", "by-a-message"],
)
def test_what_was_discarded_is_told_by_the_version_of_its_client(
    understood: Understood, client: str
) -> None:
    app = App()
    app.wire.understood = understood
    app.ask(headers=[(b"user-agent", b"go/1.0 (linux)")])
    assert [(code, who) for code, _, _, who in app.meters.messages if code == "no_user"] == [
        ("no_user", client)
    ]


def test_a_developer_sees_why_a_request_was_refused() -> None:
    app = App()
    app.wire.understood = Understood(Answer(400), discarded=Counter(["bad_form"]))
    tag = (b"x-debug-id", b"ana")
    app.ask(headers=[tag])
    app.ask(b"x" * 101, headers=[tag])
    noted = [(note.tag, note.wire, note.asides) for note in app.foreign.tagged.notes()]
    assert noted == [
        ("ana", "echo", [("", "bad_form")]),
        ("ana", "echo", [("", "too_large")]),
    ]


def test_a_request_that_no_wire_sees_is_counted_by_reason_and_client() -> None:
    app = App()
    app.ask(b"x" * 101, headers=[(b"user-agent", b"go/1.0")])
    assert app.meters.messages == {("too_large", "echo", "", "go/1.0"): 1}
    assert app.meters.answers == {("too_large", "echo", ""): 1}


def test_a_large_body_is_read_while_it_comes_where_its_wire_can() -> None:
    app = App(wire=Stream())
    assert app.ask(b"{}", [(b"content-length", b"2")])[0] == 200
    assert app.ask(b"x" * AT_ONCE)[0] == 200  # nobody said how large it is
    assert [len(asked.body) for asked in app.wire.asked] == [2, AT_ONCE]
    assert app.ask(b"x" * (AT_ONCE + 11))[0] == 413
    assert app.ask(headers=[(b"content-length", b"%d" % (AT_ONCE + 11))])[0] == 413
    assert app.ask(b"break")[0] == 503
    assert app.meters.messages["wire_failed", "echo", "", ""] == 1
    assert app.ask(b"y")[0] == 200


def test_large_bodies_have_so_much_room_together() -> None:
    app = App(wire=Stream())
    held = app.wire.reading(Asked("POST", "/echo"))  # type: ignore[attr-defined]

    class Greedy(Stream):
        def reading(self, asked: Asked) -> Pieces:
            found = Pieces(self, asked)
            found.memory = held.memory + 1
            return found

    app = App(wire=Greedy())
    assert app.ask(b"x")[0] == 503
    assert app.meters.answers == {("too_busy", "echo", ""): 1}


def test_what_cannot_be_kept_may_come_again() -> None:
    app = App(failing=True)
    status, headers, body = app.ask()
    assert (status, body) == (503, b"later")
    assert headers == {b"retry-after": b"60", b"content-length": b"5"}
    assert app.meters.answers == {("cannot_keep", "echo", "editor"): 1}


def test_too_much_is_not_read() -> None:
    app = App()
    status, _, body = app.ask(b"x" * 101)
    assert (status, body) == (413, b"too large for /echo")
    assert app.ask(headers=[(b"content-length", b"101")])[0] == 413
    assert not app.wire.asked


def test_a_network_that_sends_too_much_is_put_off() -> None:
    app = App(networks=Networks(NetworkRate(1, MemoryCounts(CountingChance(), SetClock()))))
    assert [app.ask()[0], app.ask()[0]] == [200, 503]
    networks = Networks(NetworkRate(1, MemoryCounts(CountingChance(), SetClock())))
    app = App(networks=networks, wire=Stream())
    assert [app.ask()[0], app.ask()[0]] == [200, 503]


def test_a_mistake_of_ours_is_told_without_a_word_of_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    assert app.ask(b"break")[0] == 503
    assert "the wire echo failed: ValueError" in caplog.text
    assert "mellon" not in caplog.text
    assert app.meters.messages == {("wire_failed", "echo", "", ""): 1}


def test_what_no_wire_takes_is_not_for_them() -> None:
    app = App()
    assert not app.app.takes({"method": "GET", "path": "/echo"})
    with pytest.raises(ValueError, match="no foreign wire"):
        app.ask(path="/other")


def test_an_answer_may_have_a_type_of_its_own() -> None:
    app = App()
    answer = Answer(200, b"[]", "application/json")
    app.wire.understood = replace(app.wire.understood, answer=answer)
    assert app.ask()[1][b"content-type"] == b"application/json"
