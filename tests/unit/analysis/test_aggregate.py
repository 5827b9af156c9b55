from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from aboveboard.adapters import facts_sql
from aboveboard.analysis import aggregate

Row = tuple[object, ...]
MONDAY = "2026-11-16"
COUNTER = ("editor", "file.opened", "2026-W47", MONDAY, "")
OS = ("editor", "system.os", "2026-W47", None)


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(facts_sql.SCHEMA)
        connection.execute(aggregate.TOTALS)
        yield connection


def add(tables: duckdb.DuckDBPyConnection, *rows: Row) -> None:
    tables.execute(
        "create or replace temp table arrived (app varchar, metric varchar, week varchar, day date,"
        " key varchar, count bigint, report bigint)"
    )
    for row in rows:
        tables.execute("insert into arrived values (?, ?, ?, ?, ?, ?, ?)", row)
    counted = f"create or replace temp table counted as {aggregate.COUNTS}"
    for statement in (counted, *aggregate.ADD):
        tables.execute(statement)


def totals(tables: duckdb.DuckDBPyConnection) -> list[Row]:
    columns = "metric, span, period, key, count, n, all_n"
    return tables.execute(f"select {columns} from totals order by all").fetchall()  # noqa: S608 ours


def test_new_reports_are_added_to_what_there_is(tables: duckdb.DuckDBPyConnection) -> None:
    add(tables, (*COUNTER, 3, 1), (*OS, "linux", 1, 1))
    add(tables, (*COUNTER, 4, 1), (*OS, "macos", 1, 1))
    assert totals(tables) == [
        ("file.opened", "day", MONDAY, "", 7, 2, 2),
        ("file.opened", "week", "2026-W47", "", 7, 2, 2),
        ("system.os", "week", "2026-W47", "linux", 1, 1, 2),
        ("system.os", "week", "2026-W47", "macos", 1, 1, 2),
    ]


def test_apps_do_not_mix(tables: duckdb.DuckDBPyConnection) -> None:
    add(tables, (*COUNTER, 3, 1), ("viewer", *COUNTER[1:], 5, 2))
    assert [row[4:] for row in totals(tables)] == [(3, 1, 1), (5, 1, 1), (3, 1, 1), (5, 1, 1)]


def test_what_is_kept_does_not_tell_which_counts_came_from_one_report(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    together = [(*COUNTER, 3, 1), (*OS, "linux", 1, 1), (*COUNTER, 4, 2), (*OS, "macos", 1, 2)]
    crosswise = [(*COUNTER, 4, 1), (*OS, "linux", 1, 1), (*COUNTER, 3, 2), (*OS, "macos", 1, 2)]
    add(tables, *together)
    kept = tables.execute("select * from facts order by all").fetchall()
    for table in ("facts", "group_totals", "period_totals"):
        tables.execute(f"delete from {table}")  # noqa: S608 the names above
    add(tables, *crosswise)
    assert tables.execute("select * from facts order by all").fetchall() == kept
