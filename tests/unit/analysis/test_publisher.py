from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.analysis.publisher import Publisher
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

EDITOR = read(EXAMPLE_REGISTRY)
VIEWER = replace(EDITOR, app="viewer", title="A viewer")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    facts = DuckdbFacts(tmp_path)
    apps = ["editor"] * 12 + ["gone"]
    records = [
        {
            "id": f"{number:032x}",
            "app": app,
            "week": "2026-W47",
            "day": "2026-11-18",
            "facts": [{"m": "file.opened", "d": "2026-11-16", "k": "", "c": 2}],
            "aside": [],
        }
        for number, app in enumerate(apps)
    ]
    lines = [json.dumps(record).encode() for record in records]
    facts.load(LogSlice(lines, LogPosition(1, 9)))
    yield Publisher({"viewer": VIEWER, "editor": EDITOR}, facts)
    facts.close()


def test_every_app_of_a_registry_is_listed_by_its_title(publisher: Publisher) -> None:
    assert [registry.title for registry, _ in publisher.apps()] == ["A viewer", "An example editor"]
    assert publisher.apps() == [(VIEWER, 0), (EDITOR, 12)]


def test_an_app_s_numbers_are_those_of_its_totals(publisher: Publisher) -> None:
    app = publisher.app("editor")
    assert app is not None
    assert app.reports == 12
    assert app.registry is EDITOR
    (opened,) = app.metrics
    assert [(week.period, week.n, week.count) for week in opened.weeks] == [("2026-W47", 12, 24)]
    assert [(day.period, day.n, day.count) for day in opened.days] == [("2026-11-16", 12, 24)]


def test_it_tells_of_which_apps_clients_of_others_tell(publisher: Publisher) -> None:
    app = publisher.app("editor")
    assert app is not None
    assert not app.by_others
    others = Publisher({"editor": EDITOR}, publisher._facts, {"editor"}).app("editor")  # noqa: SLF001 the same tables
    assert others is not None
    assert others.by_others


def test_an_app_that_sent_nothing_has_no_numbers_yet(publisher: Publisher) -> None:
    app = publisher.app("viewer")
    assert app is not None
    assert app.reports == 0
    assert [(metric.weeks, metric.days) for metric in app.metrics] == [((), ())]


@pytest.mark.parametrize(
    "name", [pytest.param("never", id="never-heard-of"), pytest.param("gone", id="registry-gone")]
)
def test_an_app_without_a_registry_is_not_published(name: str, publisher: Publisher) -> None:
    assert publisher.app(name) is None
