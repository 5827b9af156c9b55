"""Enters: the port FactStore. Leaves: facts and totals in one DuckDB file, owned by one process.

The engine parses the log: records are written aside as lines of JSON and read by DuckDB itself.
The connection may touch files of its own folder only, so that a person's query cannot leave it.
"""

from __future__ import annotations

import contextlib
import math
import re
import threading
from typing import TYPE_CHECKING, Any

import duckdb

from aboveboard.adapters import duckdb_backup
from aboveboard.adapters import duckdb_sql as sql
from aboveboard.analysis import aggregate
from aboveboard.errors import FactsError, QueryError
from aboveboard.model.total import Total
from aboveboard.ports.collector import Cell, LogPosition, LogSlice, QueryResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "facts.duckdb"
QUERY_SECONDS = 30.0
_EXPLAIN = re.compile(r"\A\s*explain(\s+analyze)?\s", re.IGNORECASE)


class DuckdbFacts:
    """Facts in a folder of their own.

    Args:
        folder: holds the database and, while loading, the part that is loaded.
        read_only: open an existing database without changing anything.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._part = folder / "loading.ndjson"
        self._handing_out = threading.Condition()
        self._readers = 0
        with _mapped("the tables cannot be opened"):
            if not read_only:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = duckdb.connect(str(folder / FILE), read_only=read_only)
            for statement in sql.sandbox(folder):
                self._database.execute(statement)
            if not read_only:
                self._database.execute(sql.SCHEMA)
                self._database.execute(aggregate.TOTALS)
        self._loading = self._database.cursor()

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        rows = self._rows("select segment, byte_offset from position where log = ?", log)
        return LogPosition(*rows[0]) if rows else LogPosition()

    def load(self, part: LogSlice) -> int:
        """Load records, bring totals up to date and move the position, all or nothing."""
        with _mapped("a part of the log cannot be loaded"):
            self._part.write_bytes(b"\n".join(part.records) + b"\n")
            run = self._loading.execute
            run("begin")
            try:
                run(sql.STAGE, [str(self._part)])
                new = run("select count(*) from stage").fetchall()[0][0]
                run(sql.KEEP_REPORTS, [part.log, part.end.segment])
                run(sql.KEEP_ASIDES)
                run(sql.ARRIVED)
                run(aggregate.ADD_FACTS)
                run(aggregate.ADD_GROUPS)
                run(aggregate.ADD_PERIODS)
                run(sql.MOVE, [part.log, part.end.segment, part.end.offset])
                run("commit")
            except BaseException:
                run("rollback")
                raise
            finally:
                self._part.unlink(missing_ok=True)
        return int(new)

    def apps(self) -> dict[str, int]:
        """Give the apps that sent anything, with how many reports each."""
        return dict(self._rows("select app, count(*) from reports group by app order by app"))

    def totals(self, app: str) -> list[Total]:
        """Give every total of an app."""
        select = (
            "select metric, span, period, key, count, n, all_n from totals where app = ?"
            " order by metric, span, period, key"
        )
        return [Total(*row) for row in self._rows(select, app)]

    def query(self, sql: str, most_rows: int) -> QueryResult:
        """Run a person's own reading query, for at most half a minute."""
        with _mapped("", QueryError):
            # EXPLAIN ANALYZE runs what it explains, so what it explains must be reading as well.
            asked = _EXPLAIN.sub("", sql)
            statements = duckdb.extract_statements(asked)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                message = "one reading statement is allowed: SELECT, WITH, FROM or EXPLAIN of one"
                raise QueryError(message)
            with self._cursor() as cursor:
                stop = threading.Timer(QUERY_SECONDS, cursor.interrupt)
                stop.start()
                try:
                    cursor.execute("begin transaction read only")
                    cursor.execute(sql)
                    columns = tuple(column[0] for column in cursor.description or ())
                    rows = cursor.fetchmany(most_rows + 1)
                finally:
                    stop.cancel()
        cells = tuple(tuple(_cell(value) for value in row) for row in rows[:most_rows])
        return QueryResult(columns, cells, cut=len(rows) > most_rows)

    def save(self, target: Path) -> None:
        """Copy all tables of one moment into a new file."""
        with _mapped("the tables cannot be copied"), self._cursor() as cursor:
            duckdb_backup.save(cursor, self._part.parent, target)

    def close(self) -> None:
        """Write everything into the one file and let go of it, when nobody reads any more."""
        with _mapped("the tables cannot be closed"), self._handing_out:
            self._handing_out.wait_for(lambda: not self._readers, QUERY_SECONDS)
            self._loading.close()
            self._database.close()

    def _rows(self, select: str, *values: str) -> list[tuple[Any, ...]]:
        with _mapped("the tables cannot be read"), self._cursor() as cursor:
            return cursor.execute(select, values).fetchall()

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection to one reader; DuckDB hands out and closes one at a time."""
        with self._handing_out:
            cursor = self._database.cursor()
            self._readers += 1
        try:
            yield cursor
        finally:
            with self._handing_out:
                cursor.close()
                self._readers -= 1
                self._handing_out.notify_all()


def _cell(value: object) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


@contextlib.contextmanager
def _mapped(message: str, kind: type[FactsError] = FactsError) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:
        text = f"{message}: {error}" if message else str(error)
        raise kind(text) from error
