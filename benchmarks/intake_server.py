"""Enters: a data folder, a registry and how to serve. Leaves: a server on a free port.

``asgi`` is the collector's own way, ``protocol`` the ceiling: the same core behind a protocol made
by hand for nothing but this request, without limits and timeouts. ``loader`` loads the log as the
collector does meanwhile, ``alone`` does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop

from aboveboard.bootstrap.collector import collector
from aboveboard.collector.receive import Request
from aboveboard.model.verdict import Kept, Refused
from aboveboard.settings.collector import CollectorSettings
from aboveboard.web.intake import Intake
from aboveboard.web.server import Server, address_of, listen

if TYPE_CHECKING:
    from aboveboard.bootstrap.collector import Collector
    from aboveboard.collector.accept import Acceptor

PATIENCE = 60.0
END_OF_HEAD = b"\r\n\r\n"
KEPT = (
    b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\r\n"
    b'{"code":"kept","aside":0}\n'
)
OTHER = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"


class Ceiling(asyncio.Protocol):
    """One connection; it knows one request, and believes that it is well-formed."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._submit = acceptor.submit
        self._transport: Any = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        self._got = got = self._got + data if self._got else data
        head = got.find(END_OF_HEAD)
        if head < 0:
            return
        place = got.find(b"content-length: ") + 16
        end = got.find(b"\r", place)
        if len(got) < head + 4 + int(got[place:end]):
            return
        _, _, app, name = got[: got.find(b" ", 4)].decode().split("/")
        self._got = b""
        answer = self._submit(Request(app, name, got[head + 4 :]), self._answer)
        if answer is not None:
            self._answer(answer)

    def _answer(self, answer: Kept | Refused) -> None:
        self._transport.write(KEPT if isinstance(answer, Kept) else OTHER)


class Alone:
    """The collector's own intake, and nothing beside it."""

    def __init__(self, parts: Collector) -> None:
        self.intake = Intake(parts.acceptor)
        self.foreign = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 as in ASGI
        """Answer one call of the server."""
        if scope["type"] != "lifespan":
            await self.intake(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _by_hand(parts: Collector, port: Any) -> None:  # noqa: ANN401 a listening socket
    loop = asyncio.get_running_loop()
    gc.freeze()
    gc.disable()
    await loop.create_server(lambda: Ceiling(parts.acceptor), sock=port)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGINT, ended.set)
    await ended.wait()


def main() -> None:
    """Serve as the arguments say: data, registry, ``asgi`` or ``protocol``, ``alone`` or not."""
    data, registry, how, loader = sys.argv[1:]
    parts = collector(CollectorSettings(data=Path(data), registry=Path(registry)))
    listener = listen("127.0.0.1", 0)
    if loader == "loader":
        parts.follower.start()
    print(address_of(listener), flush=True)  # noqa: T201 for the caller
    if how == "protocol":
        uvloop.run(_by_hand(parts, listener))
    else:
        with contextlib.suppress(KeyboardInterrupt):
            Server(Alone(parts)).run(sockets=[listener])
    if loader == "loader":
        print("behind", _catch_up(parts), flush=True)  # noqa: T201 for the caller
    os._exit(0)


def _catch_up(parts: Collector) -> float:
    """Tell how many seconds the loader needs for what it has not loaded yet."""
    since = time.perf_counter()
    while parts.follower.behind() and time.perf_counter() - since < PATIENCE:
        time.sleep(0.01)
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
