from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.analysis.kept import (
    MEANINGS,
    MOST_ROWS,
    MOST_WEEKS,
    TABLES,
    Columns,
    columns,
    kept,
    published_rows,
)
from aboveboard.analysis.publish import publish
from aboveboard.errors import FactsError
from aboveboard.model.registry import Registry
from aboveboard.model.total import PublishedMetric, Total
from aboveboard.ports.collector import QueryResult


@pytest.fixture
def known(tmp_path: Path) -> Columns:
    facts = DuckdbFacts(tmp_path)
    found = columns(facts.query)
    facts.close()
    return found


def test_the_columns_are_those_of_the_database_and_each_has_a_meaning(known: Columns) -> None:
    assert list(known) == list(TABLES)
    assert ("count", "bigint") in known["facts"]
    assert {name for table in known.values() for name, _ in table} == set(MEANINGS)


def test_a_database_without_the_tables_is_refused() -> None:
    def nothing(_sql: str, _most_rows: int) -> QueryResult:
        return QueryResult(("table_name", "column_name", "data_type"), ())

    with pytest.raises(FactsError, match="the tables are not there"):
        columns(nothing)


def test_every_column_shows_what_the_example_leaves_in_it(
    every_kind: Registry, known: Columns
) -> None:
    facts, totals = kept("editor", every_kind.metrics["file.opened"], known)
    cells = {column.name: column.examples for column in facts.columns}
    assert cells["app"] == ("editor",)
    assert (cells["period"], cells["key"], cells["count"]) == (("2026-11-21",), ("''",), ("3",))
    assert {len(column.examples) for column in totals.columns} == {2}


def test_a_column_that_came_later_is_shown_without_a_meaning(every_kind: Registry) -> None:
    later: Columns = {"facts": (("extra", "integer"),), "totals": (("app", "varchar"),)}
    facts, _ = kept("editor", every_kind.metrics["theme.dark"], later)
    (column,) = facts.columns
    assert (column.meaning, column.examples) == ("", ("None",))


def _published(registry: Registry, name: str, *totals: Total) -> PublishedMetric:
    alone = replace(registry, metrics={name: registry.metrics[name]})
    return publish(alone, totals, 0).metrics[0]


def test_rows_are_published_ones_alone(every_kind: Registry) -> None:
    said = [("linux", 30), ("macos", 2), ("other", 9)]
    totals = [Total("system.os", "week", "2026-W47", key, n, n, 41) for key, n in said]
    few = Total("system.os", "week", "2026-W46", "linux", 4, 4, 4)
    newest, rest, hidden = published_rows(_published(every_kind, "system.os", few, *totals))
    assert newest.cells == ("linux", "30", "30", "41")
    assert rest.cells == ("other", "11", "11", "41")
    assert (hidden.period, hidden.cells) == ("2026-W46", ())
    assert hidden.hidden == "hidden: fewer than 10 reports"


def test_a_number_that_is_a_lower_bound_says_so(every_kind: Registry) -> None:
    totals = [
        Total("system.fonts", "week", "2026-W47", "Sans", 99, 99, 100),
        Total("system.fonts", "week", "2026-W47", "Serif", 50, 50, 100),
    ]
    rows = published_rows(_published(every_kind, "system.fonts", *totals))
    assert sorted(row.cells for row in rows) == [
        ("Sans", "≥ 91", "≥ 91", "100"),
        ("Serif", "50", "50", "100"),
    ]


def test_a_count_is_the_sum_and_its_key_is_empty(every_kind: Registry) -> None:
    total = Total("file.opened", "week", "2026-W47", "", 1234, 20, 20)
    (row,) = published_rows(_published(every_kind, "file.opened", total))
    assert row.cells == ("''", "1,234", "20", "20")


def test_only_the_latest_weeks_and_rows_are_shown(every_kind: Registry) -> None:
    def weeks(number: int) -> PublishedMetric:
        totals = [
            Total("system.python", "week", f"2026-W{week}", f"3.{part}", 20, 20, 20 * number)
            for week in range(10, 20)
            for part in range(number)
        ]
        return _published(every_kind, "system.python", *totals)

    assert [row.period for row in published_rows(weeks(1))] == ["2026-W19", "2026-W18", "2026-W17"]
    assert len(published_rows(weeks(1))) == MOST_WEEKS
    assert len(published_rows(weeks(30))) == MOST_ROWS
