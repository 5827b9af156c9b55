"""The public pages show every number with its n, explain what is hidden, and guard the browser."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.analysis.publisher import Publisher
from aboveboard.errors import FactsError, RenderError
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.ports.collector import LogPosition, LogSlice, QueryResult
from aboveboard.web.cards import MOST_CARDS
from aboveboard.web.charts import ChartShelf
from aboveboard.web.files import Assets
from aboveboard.web.pages import pages

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence
    from pathlib import Path

    from starlette.applications import Starlette

AGREED = Approval(date(2026, 11, 2), "The founders", "https://editor.example/approved")
SCRIPT = b"window.vegaEmbed = () => {};" * 100


def metric(name: str, kind: Kind, level: str, **bounds: Any) -> Metric:  # noqa: ANN401 any field
    words = (f"Title of {name}", "Really?", "What comes next.", "Lead", "https://editor.example/r")
    return Metric(name, kind, *words, AGREED, date(2027, 12, 31), level, **bounds)


METRICS = (
    metric("system.os", Kind.CHOICE, "environment", choices=("linux", "</script>")),
    metric("file.opened", Kind.COUNTER, "usage"),
    metric("file.pasted", Kind.COUNTER, "usage"),
    metric("file.shut", Kind.COUNTER, "usage", threshold=1),
)
EDITOR = Registry(
    app="editor",
    title="The <Editor>",
    homepage="https://editor.example/",
    contact="telemetry@editor.example",
    policy="https://editor.example/privacy",
    fingerprint="f" * 64,
    note="Simulated: nobody's data.",
    levels={"environment": "The system.", "usage": "What is used.", "errors": "What breaks."},
    metrics=MappingProxyType({found.name: found for found in METRICS}),
)
VIEWER = replace(EDITOR, app="viewer", title="Viewer", note="", metrics=MappingProxyType({}))
TOTALS = (
    Total("system.os", "week", "2026-W46", "linux", 30, 30, 30),
    Total("system.os", "week", "2026-W47", "linux", 30, 30, 50),
    Total("system.os", "week", "2026-W47", "</script>", 20, 20, 50),
    Total("file.opened", "week", "2026-W46", "", 1234, 128, 128),
    Total("file.opened", "week", "2026-W47", "", 9, 9, 9),
    Total("file.pasted", "week", "2026-W47", "", 9, 9, 9),
)


class FewFacts:
    """Holds the totals of one app; it may break."""

    def __init__(self, problem: Exception | None = None) -> None:
        self._problem = problem

    def apps(self) -> dict[str, int]:
        if self._problem is not None:
            raise self._problem
        return {"editor": 128, "stranger": 1}

    def mark(self) -> str:
        if self._problem is not None:
            raise self._problem
        return "loaded once"

    def totals(self, app: str) -> list[Total]:
        return list(TOTALS) if app == "editor" else []

    def position(self, log: str) -> LogPosition:  # noqa: ARG002 it has none
        return LogPosition()

    def load(self, part: LogSlice) -> int:
        return len(part.records)

    def query(self, sql: str, most_rows: int) -> QueryResult:
        return QueryResult((sql,), ((str(most_rows),),))

    def close(self) -> None:
        """Do nothing."""


class PlainRenderer:
    """Draws an empty picture, or nothing at all."""

    def __init__(self, *, broken: bool = False) -> None:
        self._broken = broken

    def render(self, specs: Sequence[str]) -> list[str]:
        if self._broken:
            message = "no ink"
            raise RenderError(message)
        return ["<svg><title>drawn</title></svg>" for _ in specs]

    def script(self) -> bytes:
        self.render([])
        return SCRIPT


@dataclass(frozen=True)
class Got:
    """An answer as a test reads it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def site(
    facts: FewFacts | None = None,
    renderer: PlainRenderer | None = None,
    registries: tuple[Registry, ...] = (EDITOR, VIEWER),
) -> Starlette:
    drawing = renderer or PlainRenderer()
    known = {registry.app: registry for registry in registries}
    publisher = Publisher(known, facts or FewFacts())
    return pages(publisher, ChartShelf(drawing), drawing.script).answer


def ask(app: Starlette, path: str, method: str = "GET", **headers: str) -> Got:
    """Call an application as a server would, without one."""
    sent: list[MutableMapping[str, Any]] = []
    call_into(sent, app, path, method, **headers)
    return got(sent)


def call_into(
    sent: list[MutableMapping[str, Any]], app: Starlette, path: str, method: str, **headers: str
) -> None:
    named = [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": named, "root_path": "", "scheme": "http"}

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))


def got(sent: list[MutableMapping[str, Any]]) -> Got:
    start, *bodies = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Got(start["status"], answered, b"".join(part.get("body", b"") for part in bodies))


def words(html: str) -> str:
    """Give a page's words as a person reads them."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_front_page_lists_every_app_with_its_reports() -> None:
    answer = ask(site(), "/")

    assert answer.status == 200
    assert '<a href="/apps/editor">The &lt;Editor&gt;</a>' in answer.text
    assert "128 reports" in words(answer.text)
    assert "their number is no number of machines" in words(answer.text)
    assert "No report has arrived yet." in answer.text
    assert "stranger" not in answer.text


def test_a_collector_without_registries_says_so() -> None:
    assert "no registry yet" in ask(site(registries=()), "/").text


def test_an_apps_page_shows_each_number_with_what_it_rests_on() -> None:
    text = words(ask(site(), "/apps/editor").text)

    assert "Simulated: nobody&#39;s data." in text
    assert "1,234 times from 128 reports, week from 9 Nov 2026" in text
    assert "60 % linux 30 of 50 reports, week from 16 Nov 2026 Likely 46 to 72 %." in text


def test_a_level_of_too_many_metrics_is_a_list_without_charts() -> None:
    further = [metric(f"set.m{number}", Kind.FLAG, "usage") for number in range(MOST_CARDS)]
    known = {found.name: found for found in (*METRICS, *further)}
    registry = replace(EDITOR, metrics=MappingProxyType(known))

    page = ask(site(registries=(registry,)), "/apps/editor").text

    assert page.count("<svg><title>drawn</title></svg>") == 1
    assert "Title of file.opened 1,234 times from 128 reports, week from" in words(page)
    assert '<tr id="file.opened">' in page
    assert 'href="/apps/editor/registry/set.m7"' in page
    assert "Title of set.m7 No report of it has arrived yet." in words(page)


def test_a_page_of_what_clients_of_others_send_does_not_say_that_somebody_said_yes() -> None:
    publisher = Publisher({"editor": EDITOR}, FewFacts(), {"editor"})
    shelf = ChartShelf(PlainRenderer())
    theirs = ask(pages(publisher, shelf, PlainRenderer().script).answer, "/apps/editor").text

    assert "sent only after a yes" in words(ask(site(), "/apps/editor").text)
    assert "sent only after a yes" not in words(theirs)
    assert "what an install said last counts once a week" in words(theirs)


def test_an_apps_page_explains_what_is_hidden_and_what_is_missing() -> None:
    text = words(ask(site(), "/apps/editor").text)

    assert "The week from 16 Nov 2026 is hidden: fewer than 10 reports." in text
    assert "Hidden: fewer than 10 reports a week." in text
    assert "16 Nov 2026 hidden: fewer than 10 reports" in text
    assert "No report of it has arrived yet." in text
    assert "Nothing of this level is measured." in text
    assert "1 report: nothing is hidden" in text


def test_an_apps_page_says_why_each_metric_is_measured() -> None:
    page = ask(site(), "/apps/editor").text

    assert "Decides: What comes next. " in words(page)
    assert "Approved 2 Nov 2026 by The founders" in words(page)
    assert "Expires 31 Dec 2027" in words(page)
    assert 'href="https://editor.example/r"' in page


def test_a_metric_without_an_end_says_why() -> None:
    endless = replace(METRICS[1], expires=None, never_expires_because="the base of all others")
    registry = replace(EDITOR, metrics=MappingProxyType({endless.name: endless}))

    page = ask(site(registries=(registry,)), "/apps/editor").text

    assert "Never: the base of all others" in page


def test_an_app_without_reports_shows_what_may_be_measured() -> None:
    page = ask(site(), "/apps/viewer").text

    assert "<strong>No report has arrived yet.</strong>" in page
    assert 'role="note"' not in page


def test_each_chart_stands_in_the_page_and_brings_its_specification_along() -> None:
    page = ask(site(), "/apps/editor").text

    assert page.count("<svg><title>drawn</title></svg>") == 2
    found = re.findall(r'<script type="application/json">(.*?)</script>', page)
    charts = [json.loads(text) for text in found]
    assert [chart["description"].split(":")[0] for chart in charts] == [
        "Title of system.os",
        "Title of file.opened",
    ]
    assert {row["value"] for row in charts[0]["layer"][0]["data"]["values"]} >= {"</script>"}


def test_a_chart_that_cannot_be_drawn_leaves_its_table() -> None:
    answer = ask(site(renderer=PlainRenderer(broken=True)), "/apps/editor")

    assert answer.status == 200
    assert "The chart cannot be drawn now" in answer.text
    assert "<details open>" in answer.text


def test_the_numbers_are_there_as_data_for_anyone() -> None:
    answer = ask(site(), "/apps/editor.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert json.loads(answer.body)["reports"] == 128


@pytest.mark.parametrize("path", ["/", "/apps/editor", "/apps/editor.json"])
def test_an_unchanged_page_is_not_sent_twice(path: str) -> None:
    app = site()
    tag = ask(app, path).headers["etag"]

    again = ask(app, path, If_None_Match=f'"old", {tag}')

    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/", "/apps/editor", "/apps/editor.json", "/apps/none", "/assets/vega-embed.js"]
)
def test_every_answer_guards_the_browser(path: str) -> None:
    headers = ask(site(), path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/apps/editor", "/apps/none"])
def test_no_page_asks_another_host_or_runs_code_of_its_own(path: str) -> None:
    page = ask(site(), path).text

    loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/assets/") for address in loaded)
    assert not re.search(r' style="|<style|<script>| on[a-z]+="', page)


def test_a_page_travels_compressed_where_it_is_understood() -> None:
    app = site()

    packed = ask(app, "/apps/editor", Accept_Encoding="gzip")

    assert gzip.decompress(packed.body) == ask(app, "/apps/editor").body


def test_an_address_with_a_slash_too_many_is_none() -> None:
    assert ask(site(), "/apps/editor/").status == 404


def test_our_own_files_may_be_kept_for_ever_under_the_name_of_their_content() -> None:
    app = site()
    page = ask(app, "/apps/editor").text

    for address in set(re.findall(r'"(/assets/[a-z]+-[0-9a-f]{12}\.[a-z]+)"', page)):
        answer = ask(app, address)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]


def test_only_files_for_browsers_are_handed_out(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ours")
    (tmp_path / "style.css").write_text("p {}")

    assets = Assets(PlainRenderer().script, tmp_path)

    assert assets.url("style.css").startswith("/assets/style-")
    with pytest.raises(KeyError):
        assets.url("notes.txt")


def test_the_charts_script_travels_compressed_where_it_is_understood() -> None:
    app = site()

    packed = ask(app, "/assets/vega-embed.js", Accept_Encoding="gzip, br")
    plain = ask(app, "/assets/vega-embed.js")

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body == SCRIPT
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] == plain.headers["etag"]  # a weak one names the content


def test_a_script_that_is_not_to_be_had_is_said_to_be_unavailable() -> None:
    answer = ask(site(renderer=PlainRenderer(broken=True)), "/assets/vega-embed.js")

    assert answer.status == 503


@pytest.mark.parametrize(
    ("path", "accept", "code"),
    [
        ("/apps/none.json", "*/*", "unknown_app"),
        ("/apps/none", "application/json", "unknown_app"),
        ("/nothing", "application/json", "no_such_address"),
        ("/assets/nothing.json", "*/*", "no_such_address"),
    ],
)
def test_a_program_that_asks_for_nothing_gets_a_code(path: str, accept: str, code: str) -> None:
    answer = ask(site(), path, Accept=accept)

    assert answer.status == 404
    assert json.loads(answer.body).keys() == {"code", "detail"}
    assert json.loads(answer.body)["code"] == code


@pytest.mark.parametrize(
    ("path", "title"), [("/apps/none", "No such app"), ("/nothing", "Nothing here")]
)
def test_a_person_who_asks_for_nothing_gets_a_page(path: str, title: str) -> None:
    answer = ask(site(), path, Accept="text/html, application/json")

    assert answer.status == 404
    assert f"<h1>{title}</h1>" in answer.text


def test_the_pages_are_for_reading_alone() -> None:
    answer = ask(site(), "/apps/editor.json", "DELETE")

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert json.loads(answer.body)["code"] == "method_not_allowed"


def test_numbers_that_cannot_be_read_ask_to_come_back() -> None:
    answer = ask(site(FewFacts(FactsError("the disk is gone"))), "/")

    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    assert "the disk" not in answer.text


def test_a_mistake_of_ours_shows_nothing_of_itself() -> None:
    sent: list[MutableMapping[str, Any]] = []

    with pytest.raises(ZeroDivisionError):  # for the server's log
        call_into(sent, site(FewFacts(ZeroDivisionError("secret"))), "/", "GET")

    answer = got(sent)
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
