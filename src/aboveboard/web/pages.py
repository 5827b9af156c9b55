"""Enters: a request for the public pages. Leaves: HTML, JSON or an asset, all from this host.

Everything works without JavaScript; no page sets a cookie or asks another host for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from aboveboard.errors import FactsError, LogError, RenderError
from aboveboard.model.verdict import Reason
from aboveboard.web.answers import FAILED, FRESH, HEADERS, HTML, UNAVAILABLE, Guarded, problem
from aboveboard.web.app_pages import AppPages
from aboveboard.web.changes import ChangesPages
from aboveboard.web.files import SCRIPT_URL, Assets, kept
from aboveboard.web.log_pages import log_routes
from aboveboard.web.project_pages import ProjectPages
from aboveboard.web.reference import ReferencePages
from aboveboard.web.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.analysis.publisher import Publisher
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.log import TransparencyLog
    from aboveboard.web.charts import ChartShelf
    from aboveboard.wires.backdrop_projects import Project

RETRY = {"Retry-After": "60"}


@dataclass(frozen=True, slots=True)
class Site:
    """The public pages.

    Attributes:
        answer: the ASGI application that answers them.
        warm: makes an app's page before somebody asks for it.
    """

    answer: Starlette
    warm: Callable[[str], Awaitable[None]]


def pages(  # noqa: PLR0913, PLR0917 all that a page may show is joined here
    publisher: Publisher,
    shelf: ChartShelf,
    script: Callable[[], bytes],
    log: TransparencyLog | None = None,
    checker: SignatureChecker | None = None,
    projects: Mapping[str, Project] | None = None,
) -> Site:
    """Make the public pages.

    Args:
        publisher: gives the numbers.
        shelf: gives the charts.
        script: makes the charts' JavaScript (``Renderer.script``); may raise RenderError.
        log: the transparency log, which is served beside them.
        checker: checks the signatures of what stands in it.
        projects: projects of Backdrop that may report, by name; they have pages of their own.
    """
    assets = Assets(script)
    writer = Writer(assets.url)
    public = _Pages(publisher, writer)
    known = projects or {}
    of_apps = AppPages(publisher, shelf, writer, {each.app for each in known.values()})
    app = Starlette(
        routes=[
            Route("/", public.apps),
            *of_apps.routes(),
            *ProjectPages(known, publisher, shelf, writer).routes(),
            *ReferencePages(publisher, writer).routes(),
            Route(SCRIPT_URL, assets.script),
            Route("/assets/{name}", assets.file),
            *_log_routes(publisher, writer, log, checker),
        ],
        middleware=[Middleware(Guarded), Middleware(GZipMiddleware, compresslevel=6)],
        exception_handlers={
            HTTPException: public.refuse,
            FactsError: public.unavailable,
            RenderError: public.unavailable,
            LogError: public.unavailable,
            Exception: public.failed,
        },
    )
    app.router.redirect_slashes = False  # it would repeat whatever host the asker names
    return Site(app, of_apps.warm)


def _log_routes(
    publisher: Publisher,
    writer: Writer,
    log: TransparencyLog | None,
    checker: SignatureChecker | None,
) -> list[Route]:
    if log is None or checker is None:
        return []
    return [*ChangesPages(publisher, log, checker, writer).routes(), *log_routes(log)]


class _Pages:
    """Answers each route."""

    def __init__(self, publisher: Publisher, writer: Writer) -> None:
        self._publisher = publisher
        self._page = writer.page

    async def apps(self, request: Request) -> Response:
        """List the apps."""
        found = await run_in_threadpool(self._publisher.apps)
        return kept(request, self._page("apps", apps=found).encode(), HTML, FRESH)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Say that there is nothing at this address, or nothing to do but read."""
        status = error.status_code if isinstance(error, HTTPException) else 400
        if status == Reason.METHOD_NOT_ALLOWED.status:
            allow = {"Allow": "GET, HEAD"}
            return problem(request, Reason.METHOD_NOT_ALLOWED, status, self._wrong, allow)
        unknown = isinstance(error, HTTPException) and error.detail == Reason.UNKNOWN_APP
        code = Reason.UNKNOWN_APP if unknown else Reason.NO_SUCH_ADDRESS
        return problem(request, code, code.status, self._wrong)

    async def unavailable(self, request: Request, _error: Exception) -> Response:
        """Ask to come back later."""
        return problem(request, UNAVAILABLE, 503, self._wrong, RETRY)

    async def failed(self, request: Request, _error: Exception) -> Response:
        """Own up to a mistake; the server logs it. This answer passes no middleware."""
        return problem(request, FAILED, 500, self._wrong, HEADERS)

    def _wrong(self, **values: str) -> str:
        return self._page("problem", **values)
