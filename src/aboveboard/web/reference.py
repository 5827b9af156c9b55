"""Enters: a request for a registry. Leaves: its reference pages, or the registry as data.

The addresses lie below ``/apps/{app}/registry``; ``docs/reference.md`` tells what is on the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from aboveboard.model.verdict import Reason
from aboveboard.web.files import kept
from aboveboard.web.reference_writer import Links, ReferenceWriter, write_data

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.analysis.publisher import Publisher
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.web.writing import Writer

HTML = "text/html; charset=utf-8"
FRESH = {"Cache-Control": "public, max-age=60"}
ANYONE = {"Access-Control-Allow-Origin": "*"}


class ReferencePages:
    """Serves the reference pages of a collector's registries.

    Args:
        publisher: gives registries, numbers and columns.
        writer: knows the templates.
    """

    def __init__(self, publisher: Publisher, writer: Writer) -> None:
        self._publisher = publisher
        self._writer = ReferenceWriter(writer, served)

    def routes(self) -> list[Route]:
        """Give the addresses that it answers."""
        return [
            Route("/apps/{app}/registry.json", self.data),
            Route("/apps/{app}/registry", self.product),
            Route("/apps/{app}/registry/{metric}", self.metric),
        ]

    async def product(self, request: Request) -> Response:
        """Show what a product measures, who agreed and who receives."""
        page = await run_in_threadpool(self._writer.product, self._registry(request))
        return kept(request, page, HTML, FRESH)

    async def metric(self, request: Request) -> Response:
        """Show everything about one metric."""
        registry = self._registry(request)
        metric = registry.metrics.get(request.path_params["metric"])
        if metric is None:
            raise HTTPException(404)
        page = await run_in_threadpool(self._metric, registry, metric)
        return kept(request, page, HTML, FRESH)

    async def data(self, request: Request) -> Response:
        """Give a registry as data."""
        body = await run_in_threadpool(write_data, self._registry(request))
        return kept(request, body, "application/json", FRESH | ANYONE)

    def _registry(self, request: Request) -> Registry:
        registry = self._publisher.registry(request.path_params["app"])
        if registry is None:
            raise HTTPException(404, Reason.UNKNOWN_APP)
        return registry

    def _metric(self, registry: Registry, metric: Metric) -> bytes:
        columns = self._publisher.columns()
        published = self._publisher.metric(registry, metric.name)
        return self._writer.metric(registry, metric, columns, published)


def served(app: str) -> Links:
    """Give the links of an app's pages as a collector serves them.

    Example:
        >>> served("editor").metric("file.opened")
        '/apps/editor/registry/file.opened'
    """
    product = f"/apps/{app}/registry"
    return Links(
        "/", product, f"{product}.json", f"{product}/", "", f"/apps/{app}", f"/apps/{app}/changes"
    )
