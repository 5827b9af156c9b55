"""Enters: every ASGI call of the server. Leaves: intake, health, pages; a clean start and end."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.data_folder import ServedBy
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.wire_makers import backdrop_projects
from aboveboard.model.verdict import Reason
from aboveboard.web.charts import ChartShelf
from aboveboard.web.files import Assets
from aboveboard.web.foreign import ForeignWires
from aboveboard.web.health import OK, health
from aboveboard.web.intake import PREFIX, Intake, send_json
from aboveboard.web.log_age import leave_old
from aboveboard.web.networks import networks
from aboveboard.web.notary import Notary
from aboveboard.web.pages import pages
from aboveboard.web.senders import Senders
from aboveboard.web.taking_back import TakingBack
from aboveboard.web.vitals import Vitals
from aboveboard.web.warm import Warmer
from aboveboard.web.watching import PLACES, Watching
from aboveboard.web.whereabouts import note, note_later
from aboveboard.web.wire_pages import WirePages, is_wire_page

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

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
        self.intake = Intake(
            collector.acceptor,
            collector.meters,
            networks(collector.rate, collector.settings.trusted_proxies),
        )
        self.foreign = ForeignWires(
            collector.wires,
            collector.foreign,
            collector.meters,
            self.intake.networks,
            SystemClock(),
            Senders(collector.countries, collector.settings.trusted_proxies),
        )
        self._taking_back = TakingBack(collector.withdrawals, self.intake.too_much)
        shelf = ChartShelf(collector.renderer)
        self._pages = pages(
            collector.publisher,
            shelf,
            collector.renderer.script,
            collector.public_log,
            Ed25519Checker(),
            backdrop_projects(collector.settings, collector.registries),
        )
        self._warmer = Warmer(collector.publisher.apps, self._pages.warm)
        self._notary = Notary(
            collector.publisher,
            collector.public_log,
            SystemClock(),
            collector.acceptor.answered,
        )
        self._vitals = Vitals(collector, SystemClock())
        self._watching = Watching(self._vitals, collector.desk.token, collector.settings.metrics)
        collector.desk.acts |= {"status": self._status}
        self._wire_pages = WirePages(
            [wire.name for wire in collector.wires],
            lambda: self._vitals.meters(collector.crew.state()),
            lambda: [*collector.foreign.tagged.notes(), *collector.crew.state().notes],
            collector.facts,
            Assets(collector.renderer.script).url,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._draining: asyncio.Task[None] | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith(PREFIX) and scope["method"] == "DELETE":
            await self._taking_back(scope, send)
        elif scope["path"].startswith(PREFIX):
            await self.intake(scope, receive, send)
        elif scope["path"] == "/health":
            await self._health(scope["method"], send)
        elif scope["path"] in PLACES:
            await self._watching(scope, send)
        elif is_wire_page(scope["path"]) and self._watching.may_read(scope):
            await self._wire_pages(scope, send)
        elif self.foreign.takes(scope):
            await self.foreign(scope, receive, send)
        else:
            await self._pages.answer(scope, receive, send)

    async def _health(self, method: str, send: Send) -> None:
        if method not in {"GET", "HEAD"}:
            reason = Reason.METHOD_NOT_ALLOWED
            content: object = {"code": reason.value, "detail": "Health is read with GET."}
            await send_json(send, reason.status, content, [(b"allow", b"GET, HEAD")])
            return
        status, content = await asyncio.to_thread(health, self._collector, self._notary)
        await send_json(send, status, content)

    def _status(self, _: Mapping[str, object]) -> dict[str, Any]:
        status, content = health(self._collector, self._notary)
        ready = self._vitals.ready()
        well = status == OK and all(ready.values())
        return {"well": well, "health": content, "ready": ready}

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
            served_by = ServedBy(os.getpid(), desk.port, desk.token, self._address)
            why_not_noted = note(folder, served_by)
            self._collector.follower.start()
            self._collector.keeping.start()
        except BaseException:
            folder.not_serving()
            await desk.stop()
            raise
        running = [
            *(each.run() for each in (self._warmer, self._notary, self._watching)),
            leave_old(self._collector.log),
        ]
        if why_not_noted:
            running.append(note_later(folder, served_by, why_not_noted))
        self._tasks = [asyncio.create_task(each) for each in running]

        if self._collector.drain is not None:
            self._draining = asyncio.create_task(self._collector.drain.run())

    async def _stop(self) -> None:
        self._vitals.stopping = True
        if self._collector.drain is not None and self._draining is not None:
            self._collector.drain.stop()
            await self._draining
        for task in self._tasks:
            task.cancel()
        self._collector.folder.not_serving()
        await self._collector.desk.stop()
        await asyncio.to_thread(self._collector.keeping.stop)
        await asyncio.to_thread(self._collector.follower.stop)
        await asyncio.to_thread(self._collector.facts.close)
        await asyncio.to_thread(self._collector.control.close)
        for log in self._collector.logs:
            log.close()
