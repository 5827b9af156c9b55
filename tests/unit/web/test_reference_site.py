from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.analysis.kept import Columns, columns
from aboveboard.analysis.publish import publish
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.web.reference_site import site, size


@pytest.fixture
def known(tmp_path: Path) -> Columns:
    facts = DuckdbFacts(tmp_path)
    found = columns(facts.query)
    facts.close()
    return found


@pytest.fixture
def two(every_kind: Registry) -> list[Registry]:
    return [every_kind, replace(every_kind, app="viewer", title="A viewer", note="")]


def test_a_site_has_a_list_and_a_page_for_each_product_and_metric(
    two: list[Registry], known: Columns
) -> None:
    files = dict(site(two, known, {}))
    assert len(files) == size(two)
    assert {"index.html", "style.css", "reference.css", "icon.svg"} <= set(files)
    assert "viewer/index.html" in files
    assert "editor/system.os.html" in files
    assert b'<a href="viewer/index.html">A viewer</a>' in files["index.html"]


def test_every_link_is_relative_and_leads_to_a_file_of_the_site(
    two: list[Registry], known: Columns
) -> None:
    files = dict(site(two, known, {}))
    for name, body in files.items():
        if not name.endswith(".html"):
            continue
        for link in re.findall(r'(?:href|src)="([^"]*)"', body.decode()):
            path, _, anchor = link.partition("#")
            if link.startswith("https://"):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path or name))
            target = target if path else name
            assert target in files, (name, link)
            assert not anchor or f'id="{anchor}"'.encode() in files[target], (name, link)


def test_without_numbers_no_answer_is_claimed(two: list[Registry], known: Columns) -> None:
    page = dict(site(two, known, {}))["editor/system.os.html"].decode()
    assert "The latest answer" not in page
    assert "Published rows" not in page
    assert "What a collector keeps of it" in page


def test_with_numbers_the_latest_answer_is_on_the_page(two: list[Registry], known: Columns) -> None:
    total = Total("system.os", "week", "2026-W47", "linux", 40, 40, 40)
    published = publish(two[0], [total], 40)
    numbers = {("editor", found.metric.name): found for found in published.metrics}
    page = dict(site(two, known, numbers))["editor/system.os.html"].decode()
    assert "100 %" in page
    assert "Published rows" in page
    assert "Chart and all numbers" not in page


def test_an_app_page_has_no_script(two: list[Registry], known: Columns) -> None:
    assert not any(b"<script" in body for _, body in site(two, known, {}))
