from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.collector.meters import Meters
from aboveboard.collector.tagged import Note
from aboveboard.errors import FactsError
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.web.wire_pages import WirePages, is_wire_page

RECORD = (
    b'{"kind":"said","id":"%032x","app":"editor","week":"2026-W47","day":"2026-11-18",'
    b'"wire":"segment","aside":[{"m":"file.<odd>","r":"unknown_metric"}]}' % 1
)
NOTES = [
    Note("ana", 1.0, "segment", "editor", "file", [("file.opened", "", 3)], [("file.odd", "x")], 2),
    Note("ana", 2.0, "segment", "", "", asides=[("", "no_user_anon_id")]),
    Note("ana", 3.0, "segment", "editor", "empty"),
    Note("ben", 1.0, "segment", "editor", "of_ben"),
]


class NoFacts:
    """Tables that cannot be read."""

    def query(self, _sql: str, _most_rows: int) -> Any:  # noqa: ANN401 never answers
        raise FactsError


@pytest.fixture
def meters() -> Meters:
    made = Meters({"editor"})
    made.answer(Kept(repeated=False), "native", "editor")
    made.answer(Refused(Reason.TOO_LARGE, ""), "segment", "")
    made.message("segment", "editor", "understood", "go/3.3", 1200)
    made.message("segment", "editor", "event_not_defined", "", 1)
    return made


@pytest.fixture
def pages(tmp_path: Path, meters: Meters) -> WirePages:
    facts = DuckdbFacts(tmp_path)
    facts.load(LogSlice([RECORD], LogPosition(1, 1)))
    return WirePages(["segment", "ga4"], lambda: meters, lambda: NOTES, facts, lambda name: name)


def get(pages: WirePages, path: str) -> tuple[int, dict[bytes, bytes], str]:
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
        sent.append(message)

    asyncio.run(pages({"path": path, "method": "GET"}, send))
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"].decode()


def test_each_wire_shows_what_came_and_what_became_of_it(pages: WirePages) -> None:
    status, headers, text = get(pages, "/wires")
    assert status == 200
    assert headers[b"cache-control"] == b"no-store"
    assert b"content-security-policy" in headers
    assert [text.count(f'id="wire-{name}"') for name in ("native", "segment", "ga4")] == [1, 1, 1]
    assert "1,200" in text
    assert "go/3.3" in text
    assert "A track without event." in text
    assert "Nothing came yet." in text
    assert "file.&lt;odd&gt;" in text
    assert '<a href="/wires/ana">' in text


def test_a_tag_shows_what_was_understood_and_why_something_was_not(pages: WirePages) -> None:
    _, _, text = get(pages, "/wires/ana")
    assert text.index("empty") < text.index("dropped") < text.index("file.opened")
    assert "Not kept. Neither userId nor anonymousId." in text
    assert "2 ignored on purpose" in text
    assert "of_ben" not in text
    assert "Nothing came with this tag yet." in get(pages, "/wires/none")[2]


def test_no_tag_has_odd_letters(pages: WirePages) -> None:
    assert get(pages, "/wires/a b")[0] == 404


def test_without_tables_the_rest_is_shown(meters: Meters) -> None:
    facts: Any = NoFacts()
    pages = WirePages([], lambda: meters, list, facts, lambda name: name)
    assert "Nothing was set aside." in get(pages, "/wires")[2]


def test_only_these_addresses_are_for_the_owner() -> None:
    assert is_wire_page("/wires")
    assert is_wire_page("/wires/ana")
    assert not is_wire_page("/wireshark")
