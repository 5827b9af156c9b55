"""Enters: a request that is no report. Leaves: the main process's answer to it, as it comes.

A connection for each request: pages are few beside reports. Nothing is added to what was asked, the
client's address least of all, and what others said of it is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import httptools

from aboveboard.web.intake import send_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, MutableMapping

    from aboveboard.web.intake import Receive, Send

    Header = tuple[bytes, bytes]

PATIENCE_SECONDS = 60.0
PIECE_BYTES = 64 * 1024
_OF_ONE_CONNECTION = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_NOT_ASKED_ON = {b"expect", b"forwarded", b"x-forwarded-for", b"x-real-ip"}
_NOT_ANSWERED_ON = {b"date", b"server"}
_AWAY = {
    "code": "main_process_away",
    "detail": "The collector's main process does not answer; try again in a minute.",
}


class _Answer:
    """What the parser finds in an answer, as messages of ASGI."""

    def __init__(self, *, bodiless: bool) -> None:
        self.ended = False
        self._bodiless = bodiless
        self._headers: list[Header] = []
        self._found: list[MutableMapping[str, Any]] = []
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> list[MutableMapping[str, Any]]:
        """Read a piece; give the messages that became of it."""
        self._parser.feed_data(data)
        found, self._found = self._found, []
        return found

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Begin the answer."""
        headers = without(self._headers, _NOT_ANSWERED_ON)
        status = self._parser.get_status_code()
        self._found.append({"type": "http.response.start", "status": status, "headers": headers})
        if self._bodiless:
            self.on_message_complete()

    def on_body(self, data: bytes) -> None:
        """Go on with it."""
        self._found.append({"type": "http.response.body", "body": data, "more_body": True})

    def on_message_complete(self) -> None:
        """End it, once."""
        if not self.ended:
            self.ended = True
            self._found.append({"type": "http.response.body", "body": b""})


async def forward(path: str, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Ask the main process and pass its answer on.

    Args:
        path: of its socket.
        scope: the request's, as in ASGI.
        receive: gives its body.
        send: takes the answer.
    """
    begun = False
    try:
        async for message in _asked(path, scope, receive):
            begun = True
            await send(message)
    except (OSError, TimeoutError, httptools.HttpParserError):
        if begun:
            raise  # the server breaks the connection off, so that nobody takes a part for the whole
        await send_json(send, 503, _AWAY, [(b"retry-after", b"60")])


async def _asked(
    path: str, scope: MutableMapping[str, Any], receive: Receive
) -> AsyncIterator[MutableMapping[str, Any]]:
    reader, writer = await asyncio.open_unix_connection(path)
    asking = asyncio.ensure_future(_ask(writer, scope, receive))
    try:
        answer = _Answer(bodiless=scope["method"] == "HEAD")
        while not answer.ended:
            async with asyncio.timeout(PATIENCE_SECONDS):
                piece = await reader.read(PIECE_BYTES)
            if not piece:
                message = "the answer ended too early"
                raise ConnectionError(message)
            for found in answer.feed(piece):
                yield found
    finally:
        asking.cancel()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asking
        writer.close()


async def _ask(
    writer: asyncio.StreamWriter, scope: MutableMapping[str, Any], receive: Receive
) -> None:
    """Write the request; its body may still come while the answer does."""
    names = {name for name, _ in scope["headers"]}
    in_pieces = b"transfer-encoding" in names
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    headers = without(scope["headers"], _NOT_ASKED_ON)
    headers.append((b"connection", b"close"))
    if in_pieces:
        headers.append((b"transfer-encoding", b"chunked"))
    lines = [b"%s %s HTTP/1.1" % (scope["method"].encode(), target)]
    lines += [b"%s: %s" % header for header in headers]
    writer.write(b"\r\n".join([*lines, b"", b""]))
    more = in_pieces or b"content-length" in names
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            writer.close()
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if in_pieces and body:
            body = b"%x\r\n%s\r\n" % (len(body), body)
        writer.write(body if more or not in_pieces else body + b"0\r\n\r\n")
        await writer.drain()


def without(headers: Iterable[Header], names: set[bytes]) -> list[Header]:
    """Leave out what concerns one connection alone, and some more.

    Example:
        >>> without([(b"connection", b"x-mine"), (b"x-mine", b"1"), (b"etag", b"2")], set())
        [(b'etag', b'2')]
    """
    headers = list(headers)
    named = {
        word.strip().lower()
        for name, value in headers
        if name == b"connection"
        for word in value.split(b",")
    }
    left_out = _OF_ONE_CONNECTION | names | named
    return [(name, value) for name, value in headers if name not in left_out]
