"""Enters: every ASGI call of the server. Leaves: intake, health, pages; a clean start and end."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.data_folder import ServedBy
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.system import SystemClock
from aboveboard.model.verdict import Reason
from aboveboard.web.charts import ChartShelf
from aboveboard.web.health import health
from aboveboard.web.intake import PREFIX, Intake, send_json
from aboveboard.web.networks import Networks
from aboveboard.web.notary import Notary
from aboveboard.web.pages import pages
from aboveboard.web.warm import Warmer

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from aboveboard.bootstrap.collector import Collector
    from aboveboard.web.intake import Receive, Send


class CollectorApp:
    """A collector as an ASGI application.

    Args:
        collector: its parts.
        address: the address under which it is reached, for programs that look for it.

    Attributes:
        intake: takes reports.
    """

    def __init__(self, collector: Collector, address: str) -> None:
        self._collector = collector
        self._address = address
        rate, forwarded = collector.rate, collector.settings.forwarded
        networks = Networks(rate, forwarded=forwarded) if rate else None
        self.intake = Intake(collector.acceptor, networks)
        shelf = ChartShelf(collector.renderer)
        self._pages = pages(
            collector.publisher,
            shelf,
            collector.renderer.script,
            collector.public_log,
            Ed25519Checker(),
        )
        self._warmer = Warmer(collector.publisher, shelf)
        self._notary = Notary(
            collector.publisher,
            collector.public_log,
            SystemClock(),
            collector.acceptor.answered,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith(PREFIX):
            await self.intake(scope, receive, send)
        elif scope["path"] == "/health":
            await self._health(scope["method"], send)
        else:
            await self._pages(scope, receive, send)

    async def _health(self, method: str, send: Send) -> None:
        if method not in {"GET", "HEAD"}:
            reason = Reason.METHOD_NOT_ALLOWED
            content: object = {"code": reason.value, "detail": "Health is read with GET."}
            await send_json(send, reason.status, content, [(b"allow", b"GET, HEAD")])
            return
        status, content = await asyncio.to_thread(health, self._collector, self._notary)
        await send_json(send, status, content)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        desk = self._collector.desk
        folder = self._collector.folder
        try:
            await desk.start()
            folder.serving(ServedBy(os.getpid(), desk.port, desk.token, self._address))
            self._collector.follower.start()
        except BaseException:
            folder.not_serving()
            await desk.stop()
            raise
        self._tasks = [asyncio.create_task(each.run()) for each in (self._warmer, self._notary)]

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._collector.folder.not_serving()
        await self._collector.desk.stop()
        await asyncio.to_thread(self._collector.follower.stop)
        await asyncio.to_thread(self._collector.facts.close)
        self._collector.log.close()
