"""Enters: the name of an app. Leaves: its page and its numbers, made once for each change."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.routing import Route

from aboveboard.analysis.publish import as_json
from aboveboard.model.verdict import Reason
from aboveboard.web.answers import ANYONE, FRESH, HTML
from aboveboard.web.cards import drawings, sections
from aboveboard.web.files import kept
from aboveboard.web.ready import Draft, Ready, timed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.analysis.publisher import Publisher
    from aboveboard.model.total import PublishedApp
    from aboveboard.web.cards import Drawing
    from aboveboard.web.charts import ChartShelf
    from aboveboard.web.writing import Writer


class AppPages:
    """Answers the routes of the apps' numbers.

    Args:
        publisher: gives the numbers.
        shelf: gives the charts.
        writer: writes pages.
        with_projects: apps whose projects have pages of their own.
    """

    def __init__(
        self,
        publisher: Publisher,
        shelf: ChartShelf,
        writer: Writer,
        with_projects: Collection[str] = (),
    ) -> None:
        self._publisher = publisher
        self._with_projects = with_projects
        self._shelf = shelf
        self._page = writer.page
        self._ready = Ready(publisher.mark)

    def routes(self) -> list[Route]:
        """Give the addresses that it answers."""
        return [Route("/apps/{app}.json", self.numbers), Route("/apps/{app}", self.app)]

    async def app(self, request: Request) -> Response:
        """Show one app."""
        name = self._known(request)
        ready = await self._ready.get(f"{name}.html", partial(self._draw, name))
        return kept(request, ready.body, HTML, FRESH, ready.packed)

    async def numbers(self, request: Request) -> Response:
        """Give one app's numbers as data."""
        name = self._known(request)
        ready = await self._ready.get(f"{name}.json", partial(self._tell, name))
        return kept(request, ready.body, "application/json", FRESH | ANYONE, ready.packed)

    async def warm(self, app: str) -> None:
        """Make an app's page, so that nobody has to wait for it.

        Raises:
            FactsError: its numbers cannot be read.
        """
        mark = await asyncio.to_thread(self._publisher.mark)
        await self._ready.renew(f"{app}.html", mark, partial(self._draw, app))

    async def _draw(self, name: str) -> Draft:
        app, first = await timed(partial(self._publish, name))
        drawn, second = await timed(partial(drawings, app))
        specs = [each.spec for each in drawn if each is not None]
        svgs = dict(zip(specs, await self._shelf.svgs(specs), strict=True))
        body, third = await timed(partial(self._write, app, drawn, svgs))
        return Draft(body, first + second + third)

    def _write(
        self,
        app: PublishedApp,
        drawn: Sequence[Drawing | None],
        svgs: Mapping[str, str | None],
    ) -> bytes:
        shown = sections(app, drawn, svgs)
        registry = app.registry
        values = {"sections": shown, "has_projects": registry.app in self._with_projects}
        return self._page("app", app=app, registry=registry, **values).encode()

    async def _tell(self, name: str) -> Draft:
        def tell() -> bytes:
            return json.dumps(as_json(self._publish(name)), ensure_ascii=False).encode()

        return Draft(*await timed(tell))

    def _publish(self, name: str) -> PublishedApp:
        app = self._publisher.app(name)
        if app is None:
            raise HTTPException(404, Reason.UNKNOWN_APP)
        return app

    def _known(self, request: Request) -> str:
        name = str(request.path_params["app"])
        if self._publisher.registry(name) is None:
            raise HTTPException(404, Reason.UNKNOWN_APP)
        return name
