"""Enters: an order on standard input. Leaves: a process that takes reports for a main process.

It says on standard output what became of its requests. When its standard input ends without a word,
the main process is dead, and this one ends at once: what it acknowledged is on disk.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO

from aboveboard.adapters import log_lines
from aboveboard.adapters.main_socket import FILE
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap import words
from aboveboard.bootstrap.worker import Worker, worker
from aboveboard.errors import AboveboardError
from aboveboard.web.foreign import ForeignWires
from aboveboard.web.forward import forward
from aboveboard.web.intake import PREFIX, Intake
from aboveboard.web.log_age import leave_old
from aboveboard.web.networks import networks
from aboveboard.web.senders import Senders
from aboveboard.web.server import WorkerServer
from aboveboard.web.taking_back import refuse
from aboveboard.web.watching import LOOPBACK, METRICS, is_of_this_machine
from aboveboard.web.wire_pages import is_wire_page

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from aboveboard.bootstrap.words import Order
    from aboveboard.web.intake import Receive, Send

SAY_SECONDS = 0.2
SAY_AGAIN_ROUNDS = 5
"""Also without news it says something once a second, and hears in return what is new."""
ORPHANED = 3


class WorkerApp:
    """A worker as an ASGI application.

    Args:
        parts: the worker's.
        say: writes a line to the main process.

    Attributes:
        intake: takes reports.
    """

    def __init__(self, parts: Worker, say: Callable[[bytes], None]) -> None:
        self._parts = parts
        self._say = say
        trusted = parts.settings.trusted_proxies
        counted = networks(parts.rate, trusted)
        self.intake = Intake(parts.acceptor, parts.meters, counted)
        self.foreign = ForeignWires(
            parts.wires,
            parts.foreign,
            parts.meters,
            counted,
            SystemClock(),
            Senders(parts.countries, trusted),
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith(PREFIX) and scope["method"] != "DELETE":
            await self.intake(scope, receive, send)
        elif scope["path"].startswith(PREFIX) and (refused := self.intake.too_much(scope)):
            await refuse(send, refused)  # here, because the main process sees no address
        elif self.foreign.takes(scope):
            await self.foreign(scope, receive, send)
        else:
            await forward(FILE, self._vouched(scope), receive, send)

    def _vouched(self, scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Vouch for a reader of the numbers on this machine: the main process sees no address."""
        for_owner = scope["path"] == METRICS or is_wire_page(scope["path"])
        served_by = self._parts.folder.served_by() if for_owner else None
        if (
            served_by is None
            or self._parts.settings.metrics != LOOPBACK
            or not is_of_this_machine(scope)
        ):
            return scope
        shown = (b"authorization", f"Bearer {served_by.token}".encode())
        return {**scope, "headers": [*scope["headers"], shown]}

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._tasks = [
            asyncio.create_task(each) for each in (self._tell(), leave_old(self._parts.log))
        ]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self._tasks:
            task.cancel()
        self._say(words.line(self._parts.say()))
        await asyncio.to_thread(self._parts.log.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _tell(self) -> None:
        """Say what became of the requests, soon after it changed."""
        last, rounds = b"", 0
        while True:
            await asyncio.sleep(SAY_SECONDS)
            now, rounds = words.line(self._parts.say()), rounds + 1
            if now != last or rounds >= SAY_AGAIN_ROUNDS:
                self._say(now)
                last, rounds = now, 0


def listen_to(
    stream: BinaryIO, parts: Worker, end: Callable[[], None], orphaned: Callable[[], None]
) -> None:
    """Do what the main process says until it says that this is the end, or is dead.

    Args:
        stream: where it speaks.
        parts: the worker's.
        end: ends in good order.
        orphaned: ends at once.
    """
    for told in stream:
        news = words.news(told)
        parts.obey(news)
        if news.end:
            end()
            return
    orphaned()


def run(told: BinaryIO, said: BinaryIO) -> int:
    """Work until told to end.

    Returns:
        The status of the process.
    """
    order = words.order(told.readline())
    with log_lines.writing(order.settings.log_format, sys.stderr):
        return _work(order, told, said)


def _work(order: Order, told: BinaryIO, said: BinaryIO) -> int:
    try:
        parts = worker(order)
    except AboveboardError as error:
        sys.stderr.write(f"worker {order.log}: {error}\n")
        return 1
    os.chdir(parts.folder.path)  # the main process's socket is named from there

    def say(line: bytes) -> None:
        said.write(line + b"\n")
        said.flush()

    listener = socket.socket(fileno=order.listener)
    server = WorkerServer(
        WorkerApp(parts, say),
        lambda: say(words.line(parts.say())),
        listener,
        parts.settings.most_connections,
    )

    def end() -> None:
        server.should_exit = True

    heard = threading.Thread(
        target=listen_to, args=[told, parts, end, lambda: os._exit(ORPHANED)], daemon=True
    )
    heard.start()
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.stdin.buffer, sys.stdout.buffer))
