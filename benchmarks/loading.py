"""Enters: nothing. Leaves: how fast the log becomes tables, beside inserting row by row."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import psycopg
from tests.postgres import serving

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.collector.records import Record, RecordFact, encode
from aboveboard.ports.collector import LogPosition, LogSlice
from benchmarks.rounds import Row, rate, rows

if TYPE_CHECKING:
    from aboveboard.ports.collector import FactStore

REPORTS = 40_000
"""About as many as the loader takes at once (``analysis.load.MOST_BYTES``)."""
FACTS = 10
FEW_REPORTS = 100
ROUNDS = 3
TABLE = "create table own (app text, day date, metric text, key text, n int)"

Way = Callable[[], int]


def measure() -> list[Row]:
    """Load records as the collector does, and insert their facts with executemany."""
    with contextlib.ExitStack() as stack:
        ways = {**stack.enter_context(_in_duckdb()), **stack.enter_context(_in_postgres())}
        found = {what: rate(way, ROUNDS) for what, way in ways.items()}
    return rows("facts/s", found)


@contextlib.contextmanager
def _in_duckdb() -> Iterator[dict[str, Way]]:
    with tempfile.TemporaryDirectory() as folder:
        facts = DuckdbFacts(Path(folder) / "facts")
        database = duckdb.connect(str(Path(folder) / "own.duckdb"))
        database.execute(TABLE)
        insert = "insert into own values (?, ?, ?, ?, ?)"
        file = Path(folder) / "records.ndjson"
        file.write_bytes(b"".join(_record(number) + b"\n" for number in range(REPORTS)))
        yield {
            "aboveboard: DuckDB reads the log, with duplicates and totals": _loading(facts),
            "DuckDB by hand: reads the same records into rows, nothing else": lambda: _read(
                database, file
            ),
            "DuckDB by hand: executemany, nothing else": lambda: _many(
                lambda values: database.executemany(insert, values)
            ),
        }
        facts.close()
        database.close()


@contextlib.contextmanager
def _in_postgres() -> Iterator[dict[str, Way]]:
    """Measure a server that syncs as it does unless told otherwise."""
    with serving({}) as server, psycopg.connect(server.url()) as connection:
        facts = PostgresFacts(server.url())
        connection.execute(TABLE)
        insert = "insert into own values (%s, %s, %s, %s, %s)"

        def insert_many(values: list[tuple[object, ...]]) -> None:
            connection.cursor().executemany(insert, values)
            connection.commit()

        yield {
            "aboveboard: PostgreSQL reads the log, with duplicates and totals": _loading(facts),
            "PostgreSQL by hand: executemany, nothing else": lambda: _many(insert_many),
        }
        facts.close()


def _loading(facts: FactStore) -> Way:
    parts = [
        LogSlice([_record(p * REPORTS + n) for n in range(REPORTS)], LogPosition(1, p + 1))
        for p in range(ROUNDS)
    ]
    return lambda: facts.load(parts.pop()) * FACTS


def _record(number: int) -> bytes:
    facts = [RecordFact(f"m.{i}", "2026-11-18") for i in range(FACTS)]
    return encode(Record(f"{number:032x}", "editor", "2026-W47", "2026-11-18", facts))


def _read(database: duckdb.DuckDBPyConnection, file: Path) -> int:
    facts = "struct(m varchar, d date, k varchar, c bigint)[]"
    columns = f"{{'id': 'varchar', 'app': 'varchar', 'facts': '{facts}'}}"
    source = f"read_json('{file}', format = 'newline_delimited', columns = {columns})"
    database.execute(
        "insert into own select app, fact.d, fact.m, fact.k, fact.c"  # noqa: S608 ours
        f" from (select app, unnest(facts) as fact from {source})"
    )
    return REPORTS * FACTS


def _many(insert: Callable[[list[tuple[object, ...]]], object]) -> int:
    values: list[tuple[object, ...]] = []
    for _ in range(FEW_REPORTS):
        values += [("editor", "2026-11-18", f"m.{i}", "", 1) for i in range(FACTS)]
    insert(values)
    return len(values)
