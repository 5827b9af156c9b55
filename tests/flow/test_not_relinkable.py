"""Nothing that is kept tells which counts came in one report, once the log has let go of it.

Two worlds have the same reports but for one thing: who said what together. If everything that a
collector keeps is the same in both, down to the order of the rows, nobody can tell them apart, and
so nobody can join two counts of one report.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.ports.keeping import Ages

AGES = Ages(facts=date(2026, 1, 1), waiting=date(2026, 1, 1), ids=date(2026, 1, 1))
TABLES = "select table_name from duckdb_tables() where not temporary order by all"
COLUMNS = """
select table_name, column_name from duckdb_columns() c
where table_name in (select table_name from duckdb_tables() where not temporary)
"""
Row = tuple[Any, ...]


def report(number: int, opened: int, saved: int, waits: int) -> bytes:
    aside = {"m": "made.up", "r": "unknown_metric", "e": f'{{"metric":"made.up","value":{waits}}}'}
    content = {
        "id": f"{number * 7919 % 10_007:032x}",
        "app": "editor",
        "week": "2026-W47",
        "day": "2026-11-18",
        "facts": [
            {"m": "file.opened", "d": "2026-11-16", "k": "", "c": opened},
            {"m": "file.saved", "d": "2026-11-16", "k": "", "c": saved},
        ],
        "aside": [aside],
        "w": f"{number:064x}",
    }
    return json.dumps(content).encode()


def kept(folder: Path, parts: list[list[bytes]]) -> dict[str, list[Row]]:
    """Load reports, a part after the other; give every table as it lies in the file."""
    store = DuckdbFacts(folder)
    for number, records in enumerate(parts):
        store.load(LogSlice(records, LogPosition(1, number)))
    store.forget_places("0", 2)
    store.age(AGES)
    store.rewrite()
    names = [str(name) for (name,) in store.query(TABLES, 100).rows]
    found = {
        name: list(store.query(f"select rowid, * from {name} order by rowid", 10_000).rows)  # noqa: S608 ours
        for name in names
    }
    store.close()
    return found


NUMBERS = st.lists(st.integers(1, 1000), min_size=2, max_size=6, unique=True)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Give the reports of two worlds: the same counts, said together by others."""
    opened = draw(NUMBERS)
    size = len(opened)
    saved = draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size, unique=True))
    waits = draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size, unique=True))
    others = draw(st.permutations(saved)), draw(st.permutations(waits))
    one = [report(*each) for each in zip(range(size), opened, saved, waits, strict=True)]
    other = [report(*each) for each in zip(range(size), opened, *others, strict=True)]
    return one, other


@pytest.mark.parametrize(
    "at_once",
    [pytest.param(True, id="in-one-part"), pytest.param(False, id="each-by-itself")],
)
@settings(max_examples=5, deadline=None)
@given(both=worlds())
def test_who_said_what_together_makes_no_difference_to_what_is_kept(
    at_once: bool,  # noqa: FBT001 a parameter of the test
    both: tuple[list[bytes], list[bytes]],
) -> None:
    def split(records: list[bytes]) -> list[list[bytes]]:
        return [records] if at_once else [[record] for record in records]

    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        found = [
            kept(Path(folder), split(records))
            for folder, records in zip((one, other), both, strict=True)
        ]
    assert found[0] == found[1]
    assert len(found[0]["facts"]) == 2 * len(both[0])


def test_the_order_in_which_reports_came_is_in_no_table_afterwards() -> None:
    reports = [report(number, number + 1, 90 - number, number + 40) for number in range(8)]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        forwards = kept(Path(one), [[record] for record in reports])
        backwards = kept(Path(other), [[record] for record in reversed(reports)])
    assert forwards == backwards


def test_no_table_has_both_a_count_and_what_names_a_report(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    columns: dict[str, set[str]] = {}
    for table, column in store.query(COLUMNS, 1000).rows:
        columns.setdefault(str(table), set()).add(str(column))
    store.close()
    names, says = {"id", "token", "segment"}, {"metric", "key", "count", "entries"}
    assert {"facts", "reports", "quarantine"} <= columns.keys()
    assert [table for table, found in columns.items() if found & names and found & says] == []
