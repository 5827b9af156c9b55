"""A project has two tabs: what its sites say, and how many there are; contributed ones as well."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import MutableMapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.analysis.publisher import Publisher
from aboveboard.errors import RenderError
from aboveboard.model.metric import Approval, Kind, Metric, Plugin
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.web.charts import ChartShelf
from aboveboard.web.pages import pages
from aboveboard.wires.backdrop_projects import Project, projects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.applications import Starlette

    from aboveboard.ports.collector import QueryResult

    Ask = Callable[[Starlette, str], Any]

AGREED = Approval(date(2026, 1, 1), "", "")
WEBFORM = Plugin("webform", "<Webform>", "webform", "", "")


def metric(name: str, kind: Kind, **bounds: Any) -> Metric:  # noqa: ANN401 any field
    words = (f"Title of {name}", "Really?", "What comes next.", "Lead", "https://cms.example/r")
    return Metric(name, kind, *words, AGREED, date(2027, 12, 31), "usage", **bounds)


METRICS = (
    metric("backdrop.version", Kind.VERSION),
    metric("backdrop.multisite", Kind.FLAG),
    metric("backdrop.web_server", Kind.CHOICE, choices=("Apache", "other")),
    metric("backdrop.active", Kind.LABELLED, labels=("day", "week", "other"), unit="sites"),
    metric("bee.version", Kind.VERSION),
    replace(metric("webform.emails", Kind.FLAG), plugin=WEBFORM),
)
CMS = Registry(
    app="backdrop",
    title="Backdrop CMS",
    homepage="https://cms.example/",
    contact="telemetry@cms.example",
    policy="https://cms.example/privacy",
    fingerprint="f" * 64,
    note="Simulated: nobody's data.",
    levels={"usage": "What is used."},
    metrics=MappingProxyType({found.name: found for found in METRICS}),
    plugins=(WEBFORM,),
)
EDITOR = replace(CMS, app="editor", title="Editor", note="", plugins=(), metrics={})
TOTALS = (
    Total("backdrop.active", "day", "2026-11-16", "day", 1490, 1490, 1490),
    Total("backdrop.active", "day", "2026-11-17", "day", 3, 3, 3),
    Total("backdrop.active", "week", "2026-W47", "day", 4000, 1500, 1500),
    Total("backdrop.active", "week", "2026-W47", "week", 1500, 1500, 1500),
    Total("backdrop.multisite", "week", "2026-W47", "true", 4, 4, 4),
    Total("backdrop.version", "week", "2026-W46", "1.34", 700, 700, 1000),
    Total("backdrop.version", "week", "2026-W46", "1.33", 300, 300, 1000),
    Total("backdrop.version", "week", "2026-W47", "1.34", 1234, 1234, 1500),
    Total("backdrop.version", "week", "2026-W47", "1.33", 266, 266, 1500),
    Total("bee.version", "week", "2026-W47", "1.1", 120, 120, 120),
)


class Facts:
    def __init__(self, totals: Sequence[Total] = TOTALS) -> None:
        self._totals = list(totals)

    def apps(self) -> dict[str, int]:
        return {"backdrop": 9999}

    def mark(self) -> str:
        return "1"

    def totals(self, app: str) -> list[Total]:
        return self._totals if app == "backdrop" else []

    def query(self, sql: str, most_rows: int) -> QueryResult:
        raise NotImplementedError


class Drawn:
    """Draws what tells that it was drawn; it may break."""

    def __init__(self, problem: Exception | None = None) -> None:
        self._problem = problem

    def render(self, specs: Sequence[str]) -> list[str]:
        if self._problem is not None:
            raise self._problem
        return [f"<svg>{len(spec)}</svg>" for spec in specs]

    def script(self) -> bytes:
        return b""


def site(
    known: Mapping[str, Project] | None = None,
    totals: Sequence[Total] = TOTALS,
    drawn: Drawn | None = None,
) -> Starlette:
    registries = {"backdrop": CMS, "editor": EDITOR}
    found = projects([CMS], {"bee": "backdrop"}) if known is None else known
    renderer = drawn or Drawn()
    shelf = ChartShelf(renderer)
    return pages(
        Publisher(registries, Facts(totals)), shelf, renderer.script, projects=found
    ).answer


def words(html: str) -> str:
    """Give the text of a page, without its marks and its data."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_what_sites_say_is_told_as_shares_and_counts(ask: Ask) -> None:
    found = ask(site(), "/project/backdrop/telemetry")
    assert found.status == 200
    text = words(found.text)
    assert "1,500 sites, week from 16 Nov 2026 Value Sites Share" in text
    assert "1.34 1,234 82 % 1.33 266 18 %" in text
    assert "Hidden. Fewer than 10 sites a week say it." in text
    assert "No site has said it yet." in text
    assert "Title of backdrop.active" not in text
    assert "Title of bee.version" not in text
    assert "Simulated: nobody" in text


def test_the_history_is_a_chart_and_a_table_of_all_weeks(ask: Ask) -> None:
    found = ask(site(), "/project/backdrop/telemetry")
    assert found.text.count('<figure class="chart">') == 1
    text = words(found.text)
    assert "Week from 16 Nov 2026 1.34 1,234 82 %" in text
    assert "Week from 9 Nov 2026 1.34 700 70 %" in text


DAYS = tuple(
    Total("bee.version", "day", f"2026-11-{day}", key, n, n, 40)
    for day in (16, 17, 18)
    for key, n in (("1.1", 30), ("1.0", 10))
)
OF_WEEK = (
    Total("bee.version", "week", "2026-W47", "1.1", 110, 110, 120),
    Total("bee.version", "week", "2026-W47", "1.0", 10, 10, 120),
)


def test_the_history_by_day_is_a_table_and_a_chart_as_long_as_there_are_few_weeks(
    ask: Ask,
) -> None:
    found = ask(site(totals=OF_WEEK + DAYS), "/project/bee/telemetry")
    text = words(found.text)
    assert "By day of Title of bee.version" in text
    assert "17 Nov 2026 1.1 30 75 % 1.0 10 25 % 16 Nov 2026" in text
    assert found.text.count('<figure class="chart">') == 1
    assert "share of reports per day by value" in found.text
    found = ask(site(totals=OF_WEEK + DAYS[:4]), "/project/bee/telemetry")
    assert "By day of Title of bee.version" in words(found.text)
    assert '<figure class="chart">' not in found.text


def test_a_project_whose_sites_nobody_counts_is_counted_by_its_version_by_day_as_well(
    ask: Ask,
) -> None:
    text = words(ask(site(totals=OF_WEEK + DAYS), "/project/bee/usage").text)
    assert "Sites by week 120 sites" in text
    assert "Sites by day 40 sites On 18 Nov 2026" in text


def test_how_many_sites_there_are_is_told_by_week_and_by_day(ask: Ask) -> None:
    found = ask(site(), "/project/backdrop/usage")
    text = words(found.text)
    assert "Sites by week 1,500 sites Week from 16 Nov 2026" in text
    assert "Sites by day 1,490 sites On 16 Nov 2026" in text
    assert "17 Nov 2026 hidden: fewer than 10" in text
    assert found.text.count('<figure class="chart">') == 2


def test_how_many_sites_run_which_version_is_one_step_away(ask: Ask) -> None:
    assert "/project/bee/telemetry#bee.version" in ask(site(), "/project/bee/usage").text
    assert "#webform.version" not in ask(site(), "/project/webform/usage").text


def test_a_project_whose_sites_nobody_counts_is_counted_by_its_version(ask: Ask) -> None:
    text = words(ask(site(), "/project/bee/usage").text)
    assert "Sites by week 120 sites" in text
    assert "Days are not counted for this project: its registry has no metric bee.active" in text


def test_a_project_without_a_site_says_so(ask: Ask) -> None:
    assert "No site has reported yet." in words(ask(site(), "/project/webform/usage").text)
    assert "No site has reported yet." in words(ask(site(totals=()), "/project/bee/usage").text)
    assert "<h1>&lt;Webform&gt;</h1>" in ask(site(), "/project/webform/telemetry").text


def test_a_project_whose_sites_are_few_says_so(ask: Ask) -> None:
    few = (Total("bee.version", "week", "2026-W47", "1.1", 3, 3, 3),)
    text = words(ask(site(totals=few), "/project/bee/usage").text)
    assert "Hidden. Fewer than 10 sites a week." in text


def test_a_project_of_which_nothing_is_measured_says_so(ask: Ask) -> None:
    empty = Project("drush", "Drush", "backdrop", "drush")
    found = ask(site({"drush": empty}), "/project/drush/telemetry")
    assert "Nothing of this project is measured." in words(found.text)


def test_the_tab_that_is_open_is_marked(ask: Ask) -> None:
    for tab in ("telemetry", "usage"):
        html = ask(site(), f"/project/backdrop/{tab}").text
        assert f'<a href="/project/backdrop/{tab}" aria-current="page">' in html
        assert html.count('aria-current="page"') == 1


def test_a_project_s_own_address_leads_to_what_its_sites_say(ask: Ask) -> None:
    found = ask(site(), "/project/backdrop")
    assert (found.status, found.headers["location"]) == (307, "/project/backdrop/telemetry")


def test_all_projects_stand_in_a_list_the_largest_first_and_each_once(ask: Ask) -> None:
    found = ask(site(), "/project")
    assert re.findall(r'href="/project/(\w+)/telemetry"', found.text) == [
        "backdrop",
        "bee",
        "webform",
    ]
    text = words(found.text)
    assert "Backdrop CMS usage of Backdrop CMS 1,500 16 Nov 2026" in text
    assert "none yet, or too few to be shown" in text


def test_a_project_s_numbers_are_there_as_data(ask: Ask) -> None:
    found = ask(site(), "/project/bee.json")
    assert found.headers["access-control-allow-origin"] == "*"
    assert [each["metric"] for each in json.loads(found.text)["metrics"]] == ["bee.version"]


def test_an_app_s_page_leads_to_its_projects(ask: Ask) -> None:
    assert 'href="/project"' in ask(site(), "/apps/backdrop").text
    assert 'href="/project"' not in ask(site(), "/apps/editor").text


@pytest.mark.parametrize(
    "path", ["/project/nobody/usage", "/project/nobody", "/project/nobody.json"]
)
def test_a_project_that_nobody_knows_has_no_page(ask: Ask, path: str) -> None:
    assert ask(site(), path).status == 404


def test_where_no_project_may_report_there_is_no_list(ask: Ask) -> None:
    assert ask(site({}), "/project").status == 404


def test_a_project_whose_product_is_gone_has_no_page(ask: Ask) -> None:
    gone = {"old": Project("old", "Old", "old", "old")}
    assert ask(site(gone), "/project/old/usage").status == 404


def test_a_chart_that_cannot_be_drawn_leaves_its_table(ask: Ask) -> None:
    broken = site(drawn=Drawn(RenderError("no")))
    for tab in ("telemetry", "usage"):
        found = ask(broken, f"/project/backdrop/{tab}")
        assert found.status == 200
        assert "The chart cannot be drawn now" in words(found.text)
        assert "<figure" not in found.text


@pytest.mark.parametrize("path", ["/project", "/project/backdrop/telemetry", "/project/bee/usage"])
def test_no_page_asks_another_host_or_runs_code_of_its_own(ask: Ask, path: str) -> None:
    html = ask(site(), path).text
    assert not re.findall(r'(?:src|data-library)="(?!/)', html)
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
    assert 'style="' not in html


def test_an_unchanged_page_is_not_sent_twice(ask: Ask) -> None:
    app = site()
    tag = ask(app, "/project/backdrop/usage").headers["etag"]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    path = "/project/backdrop/usage"
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "root_path": "", "scheme": "http"}
    scope |= {"headers": [(b"if-none-match", tag.encode())]}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 304
