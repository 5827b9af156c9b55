"""Enters: nothing. Leaves: what one count costs a program, beside what it would do by hand."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import aboveboard
from aboveboard.testing import EXAMPLE_REGISTRY
from benchmarks.rounds import Row, rate, rows

CALLS = 100_000
SLOW_CALLS = 2_000


def measure() -> list[Row]:
    """Count with the SDK, into a dict, and into SQLite with a transaction each."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        telemetry = aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home=home / "sdk")
        database = sqlite3.connect(home / "own.sqlite", isolation_level=None)
        database.execute("pragma journal_mode = wal")
        database.execute("create table counts (name text primary key, count integer)")
        found = {
            "aboveboard: count()": rate(lambda: _sdk(telemetry)),
            "by hand: add to a dict, keep nothing": rate(_dict),
            "by hand: SQLite, a transaction each": rate(lambda: _sqlite(database)),
        }
        telemetry.close()
        database.close()
    return rows("counts/s", found)


def _sdk(telemetry: aboveboard.Telemetry) -> int:
    for _ in range(CALLS):
        telemetry.count("file.opened")
    return CALLS


def _dict() -> int:
    counts: dict[str, int] = {}
    for _ in range(CALLS):
        counts["file.opened"] = counts.get("file.opened", 0) + 1
    return CALLS


def _sqlite(database: sqlite3.Connection) -> int:
    add = "insert into counts values (?, 1) on conflict do update set count = count + 1"
    for _ in range(SLOW_CALLS):
        database.execute(add, ("file.opened",))
    return SLOW_CALLS
