from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aboveboard.web import forward as forward_module
from aboveboard.web.forward import forward, without

Message = MutableMapping[str, Any]
Header = tuple[bytes, bytes]
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ndate: today\r\netag: e\r\n\r\nhello"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@dataclass
class Main:
    """A main process that hears a request and answers with some bytes."""

    answer: bytes = PLAIN
    until: bytes = b"\r\n\r\n"
    heard: bytearray = field(default_factory=bytearray)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while self.until not in self.heard and (piece := await reader.read(1000)):
                self.heard += piece
            writer.write(self.answer)
        finally:
            writer.close()


@dataclass
class Got:
    """What a client gets."""

    messages: list[Message] = field(default_factory=list)

    @property
    def status(self) -> int:
        status: int = self.messages[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(each.get("body", b"") for each in self.messages[1:])

    @property
    def whole(self) -> bool:
        return not self.messages[-1].get("more_body", False)


def asked(
    main: Answering | None,
    method: str = "GET",
    headers: tuple[Header, ...] = (),
    body: tuple[Message, ...] = ({"type": "http.request", "body": b""},),
    query: bytes = b"",
) -> Got:
    """Ask through the forwarder; let out what it raises."""
    scope = {
        "method": method,
        "raw_path": b"/apps/editor",
        "query_string": query,
        "headers": list(headers),
        "client": ("192.0.2.7", 4711),
    }
    got, left = Got(), list(body)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    async def send(message: Message) -> None:
        got.messages.append(message)

    async def run() -> None:
        if main is None:
            await forward("main.sock", scope, receive, send)
            return
        server = await asyncio.start_unix_server(main, "main.sock")
        async with server:
            await forward("main.sock", scope, receive, send)

    asyncio.run(run())
    return got


def test_a_request_goes_on_without_anything_added_and_its_answer_comes_back() -> None:
    main = Main()
    got = asked(main, headers=((b"host", b"h"), (b"accept", b"*/*")), query=b"from=1")
    lines = [
        b"GET /apps/editor?from=1 HTTP/1.1",
        b"host: h",
        b"accept: */*",
        b"connection: close",
        b"",
        b"",
    ]
    assert bytes(main.heard).split(b"\r\n") == lines
    assert (got.status, got.body, got.whole) == (200, b"hello", True)
    assert got.headers == {b"content-length": b"5", b"etag": b"e"}


def test_what_concerns_a_connection_or_tells_of_a_client_is_left_out() -> None:
    main = Main(b"HTTP/1.1 204 No\r\nconnection: x-one\r\nx-one: 1\r\nkeep-alive: 5\r\n\r\n")
    headers = (
        (b"connection", b"keep-alive, X-Mine"),
        (b"x-mine", b"1"),
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"forwarded", b"for=192.0.2.7"),
        (b"x-real-ip", b"192.0.2.7"),
        (b"expect", b"100-continue"),
        (b"upgrade", b"websocket"),
    )
    got = asked(main, headers=headers)
    assert bytes(main.heard) == b"GET /apps/editor HTTP/1.1\r\nconnection: close\r\n\r\n"
    assert (got.status, got.headers, got.body, got.whole) == (204, {}, b"", True)


def test_a_body_of_known_length_goes_on_as_it_comes() -> None:
    main = Main(until=b"abcdef")
    pieces: tuple[Message, ...] = (
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request", "body": b"def"},
    )
    got = asked(main, "DELETE", ((b"content-length", b"6"),), pieces)
    assert main.heard.endswith(b"content-length: 6\r\nconnection: close\r\n\r\nabcdef")
    assert got.status == 200


def test_a_body_of_unknown_length_goes_on_in_pieces() -> None:
    main = Main(until=b"0\r\n\r\n")
    pieces: tuple[Message, ...] = (
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.request", "body": b"", "more_body": True},
        {"type": "http.request", "body": b"x" * 17},
    )
    asked(main, "POST", ((b"transfer-encoding", b"chunked"),), pieces)
    _, _, body = bytes(main.heard).partition(b"\r\n\r\n")
    assert body == b"3\r\nabc\r\n11\r\n" + b"x" * 17 + b"\r\n0\r\n\r\n"


def test_an_answer_in_pieces_is_passed_on() -> None:
    main = Main(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    )
    got = asked(main)
    assert (got.body, got.headers, got.whole) == (b"hello world", {}, True)


@pytest.mark.parametrize("length", [b"0", b"5000"])
def test_an_answer_without_its_body_is_whole(length: bytes) -> None:
    got = asked(Main(b"HTTP/1.1 200 OK\r\ncontent-length: %s\r\n\r\n" % length), "HEAD")
    assert (got.headers, got.body, got.whole) == ({b"content-length": length}, b"", True)
    assert len(got.messages) == 2


def test_an_answer_that_comes_before_the_whole_body_is_passed_on() -> None:
    pieces: tuple[Message, ...] = ({"type": "http.request", "body": b"abc", "more_body": True},)
    got = asked(Main(), "POST", ((b"content-length", b"6"),), pieces)
    assert (got.status, got.body) == (200, b"hello")


def test_a_client_that_goes_away_ends_what_it_asked() -> None:
    pieces: tuple[Message, ...] = (
        {"type": "http.request", "body": b"abc", "more_body": True},
        {"type": "http.disconnect"},
    )
    main = Main(b"", until=b"never")
    got = asked(main, "POST", ((b"content-length", b"6"),), pieces)
    assert main.heard.endswith(b"abc")
    assert got.status == 503


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\ncont"])
def test_a_main_process_that_answers_nothing_of_use_is_away(answer: bytes) -> None:
    got = asked(Main(answer))
    assert (got.status, got.headers[b"retry-after"]) == (503, b"60")
    assert b'"main_process_away"' in got.body


def test_a_main_process_that_is_not_there_is_away() -> None:
    assert asked(None).status == 503


def test_a_main_process_that_takes_too_long_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_module, "PATIENCE_SECONDS", 0.02)

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(0.2)
        finally:
            writer.close()

    assert asked(hang).status == 503


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    with pytest.raises(ConnectionError):
        asked(Main(PLAIN[:-2]))


@pytest.mark.parametrize("named", [b"", b"x-one", b"X-One , close", b"\xff"])
def test_leaving_out_twice_leaves_out_no_more(named: bytes) -> None:
    headers = [(b"x-one", b"1"), (b"connection", named), (b"x-two", b"2"), (b"etag", b"e")]
    once = without(headers, {b"x-two"})
    assert {name for name, _ in once} == {b"etag"} | ({b"x-one"} if b"ne" not in named else set())
    assert without(once, set()) == once
