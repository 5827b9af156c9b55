"""Enters: the name of a project. Leaves: its pages: what its sites say, and how many there are.

Their addresses are those of the site that Backdrop's makers run, so that links to it stay right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from aboveboard.analysis import project_rows
from aboveboard.analysis.charts import as_text, spec, young_days
from aboveboard.analysis.publish import as_json
from aboveboard.analysis.usage_chart import usage_spec
from aboveboard.model.verdict import Reason
from aboveboard.web.answers import ANYONE, FRESH, HTML
from aboveboard.web.cards import Drawing
from aboveboard.web.files import kept
from aboveboard.web.ready import Draft, Ready, timed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.analysis.charts import Spec
    from aboveboard.analysis.publisher import Publisher
    from aboveboard.model.total import PublishedApp, PublishedMetric
    from aboveboard.web.charts import ChartShelf
    from aboveboard.web.writing import Writer
    from aboveboard.wires.backdrop_projects import Project

JSON = "application/json"
LEAST_WEEKS = 2
"""The history of a value begins with the second week, or the third day; before, the table says all
of it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as a page shows it.

    Attributes:
        words: what it shows.
        spec: its specification as JSON text that is safe inside HTML.
        svg: itself, or None where drawing failed.
    """

    words: str
    spec: str
    svg: str | None


class ProjectPages:
    """Answers the routes of the projects.

    Args:
        projects: by name.
        publisher: gives the numbers.
        shelf: gives the charts.
        writer: writes pages.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        publisher: Publisher,
        shelf: ChartShelf,
        writer: Writer,
    ) -> None:
        self._projects = projects
        self._publisher = publisher
        self._shelf = shelf
        self._page = writer.page
        self._ready = Ready(publisher.mark)

    def routes(self) -> list[Route]:
        """Give the addresses that it answers; none where no project may report."""
        if not self._projects:
            return []
        return [
            Route("/project", self.all),
            Route("/project/{project}.json", self.numbers),
            Route("/project/{project}", self.lead),
            Route("/project/{project}/telemetry", self.telemetry),
            Route("/project/{project}/usage", self.usage),
        ]

    async def all(self, request: Request) -> Response:
        """List the projects, the largest first."""
        ready = await self._ready.get("projects", self._list)
        return kept(request, ready.body, HTML, FRESH, ready.packed)

    async def lead(self, request: Request) -> Response:
        """Lead to what a project's sites say."""
        return RedirectResponse(f"/project/{self._known(request).name}/telemetry")

    async def telemetry(self, request: Request) -> Response:
        """Show what a project's sites say."""
        project = self._known(request)
        made = partial(self._draw_telemetry, project)
        ready = await self._ready.get(f"{project.name}/telemetry", made)
        return kept(request, ready.body, HTML, FRESH, ready.packed)

    async def usage(self, request: Request) -> Response:
        """Show how many sites of a project there are."""
        project = self._known(request)
        made = partial(self._draw_usage, project)
        ready = await self._ready.get(f"{project.name}/usage", made)
        return kept(request, ready.body, HTML, FRESH, ready.packed)

    async def numbers(self, request: Request) -> Response:
        """Give a project's numbers as data."""
        project = self._known(request)
        ready = await self._ready.get(f"{project.name}.json", partial(self._tell, project))
        return kept(request, ready.body, JSON, FRESH | ANYONE, ready.packed)

    async def _list(self) -> Draft:
        def write() -> bytes:
            apart = {(each.app, each.group): each for each in self._projects.values()}
            apps = {name: self._app(name) for name, _ in apart}
            rows = [(each, _sites(apps[each.app], each)) for each in apart.values()]
            rows.sort(key=lambda row: (-_size(row[1]), row[0].title))
            return self._page("projects", projects=rows).encode()

        return Draft(*await timed(write))

    async def _draw_telemetry(self, project: Project) -> Draft:
        app, first = await timed(partial(self._published, project))
        keys = project_rows.keys(app)
        drawn = [spec(each) if _has_history(each) else None for each in keys]
        figures = await self._figures(drawn)

        def write() -> bytes:
            cards = list(zip(map(project_rows.key, keys), figures, strict=True))
            return self._write(project, app, "telemetry", cards=cards)

        body, second = await timed(write)
        return Draft(body, first + second)

    async def _draw_usage(self, project: Project) -> Draft:
        app, first = await timed(partial(self._published, project))
        counted = project_rows.counted(app)
        if counted is None:
            return Draft(self._write(project, app, "usage", usage=None), first)
        weeks = counted.weeks[-project_rows.MOST_WEEKS :]
        days = counted.days[-project_rows.MOST_DAYS :]
        drawn = [usage_spec(counted.metric, weeks, "week"), usage_spec(counted.metric, days, "day")]
        by_week, by_day = await self._figures(drawn)
        found = project_rows.usage(counted)
        parts = [("week", found.weeks, by_week), ("day", found.days, by_day)]
        return Draft(self._write(project, app, "usage", usage=found, parts=parts), first)

    async def _tell(self, project: Project) -> Draft:
        def tell() -> bytes:
            return json.dumps(as_json(self._published(project)), ensure_ascii=False).encode()

        return Draft(*await timed(tell))

    async def _figures(self, drawn: Sequence[Spec | None]) -> list[Figure | None]:
        made = [None if s is None else Drawing(as_text(s), str(s["description"])) for s in drawn]
        specs = [each.spec for each in made if each is not None]
        svgs = iter(await self._shelf.svgs(specs))
        return [
            None if m is None else Figure(m.words, m.spec.replace("<", "\\u003c"), next(svgs))
            for m in made
        ]

    def _write(self, project: Project, app: PublishedApp, tab: str, **values: object) -> bytes:
        return self._page(
            f"project_{tab}", project=project, registry=app.registry, tab=tab, **values
        ).encode()

    def _published(self, project: Project) -> PublishedApp:
        return project_rows.of_group(self._app(project.app), project.group)

    def _app(self, name: str) -> PublishedApp:
        app = self._publisher.app(name)
        if app is None:
            raise HTTPException(404, Reason.UNKNOWN_APP)
        return app

    def _known(self, request: Request) -> Project:
        project = self._projects.get(str(request.path_params["project"]))
        if project is None:
            raise HTTPException(404, Reason.NO_SUCH_ADDRESS)
        return project


def _has_history(published: PublishedMetric) -> bool:
    shown = [week for week in published.weeks if week.n is not None]
    return len(shown) >= LEAST_WEEKS or bool(young_days(published))


def _sites(app: PublishedApp, project: Project) -> project_rows.Period | None:
    """Give the latest week of which it may be told how many sites there were."""
    counted = project_rows.counted(project_rows.of_group(app, project.group))
    weeks = project_rows.usage(counted).weeks if counted is not None else ()
    return next((week for week in weeks if week.sites), None)


def _size(week: project_rows.Period | None) -> int:
    return 0 if week is None else int(week.sites.replace(",", ""))
