from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import closing
from typing import Any

import pytest

from aboveboard.web import accepting
from aboveboard.web.accepting import Accepting
from aboveboard.web.server import listen

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Greeter(asyncio.Protocol):
    """Says hello and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


async def greeted(listener: socket.socket) -> bytes:
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        return await reader.read()
    finally:
        writer.close()


@pytest.fixture
def listener() -> Any:  # noqa: ANN401 a socket, of whatever class the tests allow
    with closing(listen("127.0.0.1", 0)) as made:
        made.listen()
        yield made


def test_every_connection_is_taken_until_the_end(listener: socket.socket) -> None:
    async def run() -> None:
        accepting = Accepting(listener, Greeter)
        accepting.start()
        assert await asyncio.gather(*(greeted(listener) for _ in range(5))) == [b"hello"] * 5
        accepting.stop()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(greeted(listener), 0.1)

    asyncio.run(run())


class Short:
    """A listener that has no descriptors left for some times, or nobody to take."""

    def __init__(self, listener: socket.socket, *failures: OSError) -> None:
        self._listener = listener
        self._failures = list(failures)

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 as of a socket
        self._listener.setblocking(flag)

    def fileno(self) -> int:
        return self._listener.fileno()

    def accept(self) -> tuple[socket.socket, object]:
        if self._failures:
            raise self._failures.pop()
        return self._listener.accept()


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EAGAIN, errno.ECONNABORTED])
def test_what_cannot_be_taken_now_is_taken_later(
    code: int, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "PAUSE_SECONDS", 0.01)
    short: Any = Short(listener, OSError(code, "no"), OSError(code, "no"))

    async def run() -> None:
        taking = Accepting(short, Greeter)
        taking.start()
        assert await greeted(listener) == b"hello"
        taking.stop()

    asyncio.run(run())


def test_a_pause_ends_with_the_rest(listener: socket.socket) -> None:
    short: Any = Short(listener, OSError(errno.EMFILE, "no"))

    async def run() -> None:
        taking = Accepting(short, Greeter)
        taking.start()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(greeted(listener), 0.1)
        taking.stop()

    asyncio.run(run())
