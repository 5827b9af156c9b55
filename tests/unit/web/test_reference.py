"""The reference pages say what, why, who agreed, and what is kept; all of it is escaped."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.vlconvert import VlConvertRenderer
from aboveboard.analysis.publisher import Publisher
from aboveboard.model.registry import Registry
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.web.charts import ChartShelf
from aboveboard.web.pages import pages


def _record(number: int, name: str, key: str) -> bytes:
    return json.dumps(
        {
            "id": f"{number:032x}",
            "app": "editor",
            "week": "2026-W47",
            "day": "2026-11-22",
            "facts": [{"m": name, "d": None, "k": key, "c": 1}],
            "aside": [],
        }
    ).encode()


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DuckdbFacts]:
    """Give tables of a collector to which 25 said linux, 3 macos, and 2 that they like dark."""
    facts = DuckdbFacts(tmp_path / "facts")
    said = ["linux"] * 25 + ["macos"] * 3
    records = [_record(number, "system.os", key) for number, key in enumerate(said)]
    records += [_record(number, "theme.dark", "true") for number in (100, 101)]
    facts.load(LogSlice(records, LogPosition(1, 1)))
    yield facts
    facts.close()


def _pages(registry: Registry, facts: DuckdbFacts, folder: Path) -> Starlette:
    renderer = VlConvertRenderer(folder / "cache")
    publisher = Publisher({"editor": registry}, facts)
    return pages(publisher, ChartShelf(renderer), renderer.script).answer


@pytest.fixture
def site(every_kind: Registry, facts: DuckdbFacts, tmp_path: Path) -> Starlette:
    return _pages(every_kind, facts, tmp_path)


@dataclass(frozen=True)
class Got:
    """An answer as a test reads it."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def words(self) -> str:
        """Give a page's words as a person reads them."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).split())


def _ask(site: Starlette, path: str, **headers: str) -> Got:
    named = [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": named, "root_path": "", "scheme": "http"}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(site(scope, receive, send))
    start, *bodies = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    body = b"".join(part.get("body", b"") for part in bodies)
    return Got(start["status"], answered, body.decode())


def test_the_products_page_lists_every_metric_with_its_question(
    site: Starlette, every_kind: Registry
) -> None:
    answer = _ask(site, "/apps/editor/registry")
    assert answer.status == 200
    for name in every_kind.metrics:
        assert f'<a href="/apps/editor/registry/{name}">Title of {name}</a>' in answer.text
        assert f"What &lt;b&gt;of&lt;/b&gt; {name}?" in answer.text
    assert "15 metrics: 12 measured, 2 under discussion, 1 retired." in answer.words
    assert "The &lt;Editor&gt;" in answer.text
    assert "By signature: 2 of these 2 must sign." in answer.words


def test_every_link_on_the_products_page_within_it_leads_somewhere(site: Starlette) -> None:
    page = _ask(site, "/apps/editor/registry").text
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)


def test_a_plug_in_has_a_part_of_its_own(site: Starlette) -> None:
    words = _ask(site, "/apps/editor/registry").words
    assert "Spell checker A plug-in: https://spelling.example . Contact: Its maintainers." in words
    assert "Nothing of this level is measured." in words


def test_every_metric_has_a_page(site: Starlette, every_kind: Registry) -> None:
    for name, metric in every_kind.metrics.items():
        answer = _ask(site, f"/apps/editor/registry/{name}")
        assert answer.status == 200, name
        assert f"<h1>Title of {name}</h1>" in answer.text
        assert metric.decision in answer.words
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_metrics_page_shows_the_latest_answer_and_published_rows_alone(site: Starlette) -> None:
    answer = _ask(site, "/apps/editor/registry/system.os")
    assert "of 28 reports" in answer.words
    assert '<a href="/apps/editor#system.os">Chart and all numbers</a>' in answer.text
    rows = answer.words.partition("Published rows")[2]
    assert "2026-W47" in rows
    assert "macos" not in rows  # 3 reports are too few, and would show the others too
    assert not re.search(r"\b(3|25)\b", rows)


def test_a_week_that_is_too_small_is_hidden(site: Starlette) -> None:
    words = _ask(site, "/apps/editor/registry/theme.dark").words
    assert "Hidden: fewer than 10 reports a week." in words
    assert "2026-W47 hidden: fewer than 10 reports" in words


def test_a_metrics_page_shows_the_example_and_the_columns_of_the_database(site: Starlette) -> None:
    answer = _ask(site, "/apps/editor/registry/file.opened")
    assert "No report of it has arrived yet." in answer.words
    assert "&#34;day&#34;: &#34;2026-11-21&#34;, &#34;value&#34;: 3}" in answer.text
    assert "all_n bigint how many reports said anything about the metric" in answer.words
    assert "Published rows" not in answer.words


def test_what_came_of_a_metric_is_told_newest_first(site: Starlette) -> None:
    words = _ask(site, "/apps/editor/registry/new.thing").words
    assert "1 Jun 2026 Decided: It stays. https://editor.example/6 1 May 2026 Learnt: Half" in words
    assert "Under discussion: not measured" in words
    assert "The registry gives none." in words
    travels = _ask(site, "/apps/editor/registry/new.thing").text
    assert '<a href="/apps/editor/registry/file.opened">Title of file.opened</a>,' in travels


def test_a_long_list_is_folded_but_in_the_page(
    every_kind: Registry, facts: DuckdbFacts, tmp_path: Path
) -> None:
    names = tuple(f"Font {number}" for number in range(1200))
    fonts = replace(every_kind.metrics["system.fonts"], names=names)
    grown = replace(every_kind, metrics={fonts.name: fonts})
    site = _pages(grown, facts, tmp_path)
    page = _ask(site, "/apps/editor/registry/system.fonts").text
    assert '<summary>All 1,200<span class="of">: Names</span></summary>' in page
    assert "<li>Font 1199</li>" in page


def test_the_registry_is_there_as_data_for_anyone(site: Starlette, every_kind: Registry) -> None:
    answer = _ask(site, "/apps/editor/registry.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    content = json.loads(answer.text)
    assert content["fingerprint"] == every_kind.fingerprint
    assert content["registry"]["metric"]["file.opened"]["largest"] == 500


@pytest.mark.parametrize("path", ["/apps/editor/registry", "/apps/editor/registry/system.os"])
def test_an_unchanged_page_is_not_sent_twice(site: Starlette, path: str) -> None:
    first = _ask(site, path)
    again = _ask(site, path, If_None_Match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize("path", ["/apps/editor/registry", "/apps/editor/registry/system.os"])
def test_no_page_asks_another_host_or_runs_code(site: Starlette, path: str) -> None:
    answer = _ask(site, path)
    assert "unsafe" not in answer.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', answer.text)
    assert len(loaded) == 3
    assert all(address.startswith("/assets/") for address in loaded)
    assert not re.search(r"<script|<style| style=| on[a-z]+=", answer.text)
    assert all(_ask(site, address).status == 200 for address in loaded)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/apps/nobody/registry", "unknown_app"),
        ("/apps/nobody/registry.json", "unknown_app"),
        ("/apps/nobody/registry/system.os", "unknown_app"),
        ("/apps/editor/registry/no.such", "no_such_address"),
        ("/apps/editor/registry/system.os/", "no_such_address"),
    ],
)
def test_what_is_not_there_is_said_with_a_code(site: Starlette, path: str, code: str) -> None:
    answer = _ask(site, path, Accept="application/json")
    assert (answer.status, json.loads(answer.text)["code"]) == (404, code)


def test_the_numbers_page_leads_to_the_reference_pages(site: Starlette) -> None:
    page = _ask(site, "/apps/editor").text
    assert '<a href="/apps/editor/registry">What is measured, and why</a>' in page
    assert '<a href="/apps/editor/registry/system.os">About this number' in page
    back = _ask(site, "/apps/editor/registry").text
    assert '<a href="/apps/editor">The numbers</a>' in back
