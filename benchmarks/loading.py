"""Enters: nothing. Leaves: how fast the log becomes tables, beside inserting row by row."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import duckdb

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.ports.collector import LogPosition, LogSlice
from benchmarks.rounds import Row, rate, rows

REPORTS = 20_000
FACTS = 10
FEW_REPORTS = 100
ROUNDS = 3


def measure() -> list[Row]:
    """Load records as the collector does, and insert their facts with executemany."""
    with tempfile.TemporaryDirectory() as folder:
        facts = DuckdbFacts(Path(folder) / "facts")
        database = duckdb.connect(str(Path(folder) / "own.duckdb"))
        database.execute("create table facts (app text, day date, metric text, key text, n int)")
        parts = [
            LogSlice([_record(p * REPORTS + n) for n in range(REPORTS)], LogPosition(1, p + 1))
            for p in range(ROUNDS)
        ]
        found = {
            "aboveboard: the engine reads the log, with duplicates and totals": rate(
                lambda: facts.load(parts.pop()) * FACTS, ROUNDS
            ),
            "by hand: executemany, nothing else": rate(lambda: _insert(database), ROUNDS),
        }
        facts.close()
        database.close()
    return rows("facts/s", found)


def _record(number: int) -> bytes:
    facts = [{"m": f"m.{i}", "d": "2026-11-18", "k": "", "c": 1} for i in range(FACTS)]
    record = {"id": f"{number:032x}", "app": "editor", "week": "2026-W47", "day": "2026-11-18"}
    return json.dumps({**record, "facts": facts, "aside": []}).encode()


def _insert(database: duckdb.DuckDBPyConnection) -> int:
    values = [("editor", "2026-11-18", f"m.{i}", "", 1) for i in range(FACTS)] * FEW_REPORTS
    database.executemany("insert into facts values (?, ?, ?, ?, ?)", values)
    return len(values)
