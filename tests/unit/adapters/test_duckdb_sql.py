"""In one statement or in several, DuckDB finds the same in the reports of a part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters import duckdb_sql, facts_sql
from aboveboard.adapters.facts_engine import gather_in_steps
from aboveboard.analysis import aggregate

Rows = list[tuple[Any, ...]]
STAGE = "select app, uuid, week, day, w, wire, aside, number from stage order by number"

facts = st.lists(
    st.fixed_dictionaries(
        {"m": st.sampled_from(["a.b", "a.c", "b"])},
        optional={
            "d": st.sampled_from([None, "2026-11-16", "2026-11-17"]),
            "k": st.sampled_from(["", "linux", "b"]),
            "c": st.integers(1, 3),
        },
    ),
    max_size=9,
)
reports = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["editor", "viewer"]), facts, st.booleans()),
    max_size=9,
)


def record(number: int, app: str, facts: list[dict[str, Any]], *, brief: bool) -> bytes:
    content = {
        "id": f"{number:032x}",
        "app": app,
        "week": f"2026-W4{number % 2}",
        "day": "2026-11-18",
    }
    rest = {} if brief else {"aside": [{"m": "made.up", "r": "unknown_metric"}], "w": "ab"}
    return json.dumps({**content, "facts": facts, **rest}).encode()


def found(records: Sequence[bytes], folder: Path, *, at_once: bool) -> tuple[Rows, ...]:
    """Give the new reports, and what is added of them to each table."""
    with duckdb.connect() as connection:
        connection.execute(facts_sql.SCHEMA)
        known = (
            "insert into reports (app, id, week, received) values ('editor', ?, '', '2026-11-18')"
        )
        connection.execute(known, [f"{6:032x}"])
        engine = duckdb_sql.DuckdbEngine(connection, folder / "records")
        if at_once:
            engine.gather(records)
        else:
            gather_in_steps(engine, records)
        return (
            engine.run(STAGE),
            *(
                engine.run(f"select * from ({query}) order by all")  # noqa: S608 ours
                for query in (aggregate.GROUPS, aggregate.PERIODS, aggregate.FACTS)
            ),
        )


@given(reports)
@settings(max_examples=30, deadline=None)
def test_at_once_it_finds_what_it_finds_in_steps(
    given_reports: list[tuple[int, str, list[dict[str, Any]], bool]],
) -> None:
    records = [record(n, app, facts, brief=brief) for n, app, facts, brief in given_reports]
    with TemporaryDirectory() as folder:
        assert found(records, Path(folder), at_once=True) == found(
            records, Path(folder), at_once=False
        )


@pytest.mark.parametrize("new", [0, 3, 9], ids=["nothing", "less than half", "more than half"])
def test_of_a_part_that_has_what_came_before_only_the_new_counts(new: int, tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [
        {"m": "a", "d": "2026-11-16"},
        {"m": "a", "d": "2026-11-17"},
        {"m": "b", "c": 2},
    ]
    numbers = [6] * 5 + [number + 10 for number in range(new)]
    records = [record(number, "editor", said, brief=True) for number in numbers]
    at_once = found(records, tmp_path, at_once=True)
    assert at_once == found(records, tmp_path, at_once=False)
    assert len(at_once[0]) == new


def test_it_tells_which_reports_were_there_already(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(facts_sql.SCHEMA)
        engine = duckdb_sql.DuckdbEngine(connection, tmp_path / "records")
        records = [record(number, "editor", [], brief=True) for number in (1, 2, 3, 2)]
        assert engine.gather(records) == records[3:]
        assert [row[-1] for row in engine.run(STAGE)] == [1, 2, 3]


def test_a_report_counts_once_in_its_week_however_often_it_says_something(tmp_path: Path) -> None:
    days = [{"m": "a", "d": f"2026-11-{day}", "k": key} for day in (16, 17) for key in "xy"]
    _, groups, periods, _ = found([record(1, "editor", days, brief=True)], tmp_path, at_once=True)
    assert {row[-2:] for row in groups if row[2] == "week"} == {(2, 1)}
    assert {row[-1] for row in periods} == {1}


def test_a_long_report_among_others_is_counted_like_them(tmp_path: Path) -> None:
    many = [{"m": "a", "k": str(key)} for key in range(2000)]
    records = [record(1, "editor", many, brief=True), record(3, "editor", many[:1], brief=True)]
    assert len(records[0]) > duckdb_sql.LONG
    stage, groups, periods, _ = found(records, tmp_path, at_once=True)
    assert len(stage) == 2
    assert (len(groups), sum(row[-1] for row in groups)) == (2000, 2001)
    assert [row[-1] for row in periods] == [2]
