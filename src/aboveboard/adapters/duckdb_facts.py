"""Enters: the port FactStore. Leaves: facts and totals in one DuckDB file, owned by one process.

The engine parses the log: records are written aside as lines of JSON and read by DuckDB itself.
The connection may touch files of its own folder only, so that a person's query cannot leave it.
"""

from __future__ import annotations

import contextlib
import math
import re
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import duckdb

from aboveboard.adapters import (
    duckdb_backup,
    duckdb_rewrite,
    facts_loading,
    facts_schema,
    facts_sql,
)
from aboveboard.adapters import duckdb_sql as sql
from aboveboard.adapters import facts_taking_back as back
from aboveboard.adapters.erasure_rows import erasure, values
from aboveboard.adapters.machine import folder_bytes
from aboveboard.analysis import aging, taking_back
from aboveboard.errors import FactsError, QueryError
from aboveboard.model.total import Total
from aboveboard.ports.collector import (
    Cell,
    Erasure,
    KnownReport,
    LogPosition,
    LogSlice,
    QueryResult,
)
from aboveboard.ports.keeping import MOST_WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from aboveboard.ports.keeping import Ages

FILE = "facts.duckdb"
FRESH = "facts.fresh.duckdb"
QUERY_SECONDS = 30.0
_EXPLAIN = re.compile(r"\A\s*explain(\s+analyze)?\s", re.IGNORECASE)


class DuckdbFacts:
    """Facts in a folder of their own.

    Args:
        folder: holds the database and, while loading, the part that is loaded.
        read_only: open an existing database without changing anything.
        most_waiting: how many rows of the quarantine an app may have.
    """

    def __init__(
        self, folder: Path, *, read_only: bool = False, most_waiting: int = MOST_WAITING
    ) -> None:
        self._most_waiting = most_waiting
        self._part = folder / "loading.ndjson"
        self._handing_out = threading.Condition()
        self._readers = 0
        self._changes = 0
        self._folder = folder
        self._one_writes = threading.RLock()
        with _mapped("the tables cannot be opened"):
            if not read_only:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = self._open(read_only=read_only)
        self._loading = self._database.cursor()

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        rows = self._rows("select segment, byte_offset from position where log = ?", log)
        return LogPosition(*rows[0]) if rows else LogPosition()

    def load(self, part: LogSlice) -> int:
        """Load records, bring totals up to date and move the position, all or nothing."""
        with self._writing("a part of the log cannot be loaded"):
            return facts_loading.load(self._engine(), part, self._most_waiting)

    def mark(self) -> str:
        """Give a text that is another one whenever a number may have changed."""
        return str(self._changes)

    def report(self, app: str, report_id: str) -> KnownReport | None:
        """Tell what is known of a report."""
        rows = self._rows(taking_back.KNOWN, app, report_id)
        return KnownReport(*rows[0]) if rows else None

    def erasures(self) -> list[Erasure]:
        """Give the places where reports that were taken back may still be."""
        return [erasure(row) for row in self._rows(taking_back.WAITING)]

    def take_out(self, place: Erasure, records: Sequence[bytes]) -> None:
        """Take the counts of some records out, and note down their frames, or neither."""
        with self._writing("a report cannot be taken out"):
            back.take_out(self._engine(), place, records)

    def erased(self, place: Erasure) -> None:
        """Strike a place off the list."""
        with self._writing("a report cannot be taken out"):
            self._loading.execute(taking_back.ERASED, values(place))

    def age(self, ages: Ages) -> dict[str, int]:
        """Delete what is too old."""
        gone: Counter[str] = Counter()
        with self._writing("what is too old cannot be deleted"):
            for table, statement in aging.age(ages):
                rows = self._loading.execute(statement).fetchall()
                if table:
                    gone[table] += rows[0][0]
        return dict(gone)

    def forget_places(self, log: str, before: int) -> None:
        """Forget which reports were in the segments of a log before one."""
        with self._writing("the tables cannot follow the log"):
            for statement in aging.FORGET_PLACES:
                self._loading.execute(statement, [log, before])

    def rewrite(self) -> None:
        """Write everything anew, each table in the order of its values."""
        fresh = self._folder / FRESH
        with _mapped("the tables cannot be written anew"), self._one_writes:
            duckdb_rewrite.write_anew(self._loading, fresh)
            with self._handing_out:
                if not self._handing_out.wait_for(lambda: not self._readers, QUERY_SECONDS * 2):
                    fresh.unlink()
                    message = "somebody reads the tables all the time"
                    raise FactsError(message)
                self._loading.close()
                self._database.close()
                duckdb_rewrite.put_in_place(fresh, self._folder / FILE)
                self._database = self._open()
                self._loading = self._database.cursor()

    def apps(self) -> dict[str, int]:
        """Give the apps that sent anything, with how many reports each."""
        return dict(self._rows(facts_sql.APPS))

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

    def size(self) -> int:
        """Tell how many bytes the tables take: the file, and what is to be written into it."""
        return folder_bytes(self._folder)

    def save(self, target: Path) -> None:
        """Copy all tables of one moment into a new file."""
        with _mapped("the tables cannot be copied"), self._cursor() as cursor:
            duckdb_backup.save(cursor, self._part.parent, target)

    def close(self) -> None:
        """Write everything into the one file and let go of it, when nobody uses it any more."""
        with _mapped("the tables cannot be closed"), self._one_writes, self._handing_out:
            self._handing_out.wait_for(lambda: not self._readers, QUERY_SECONDS)
            self._loading.close()
            self._database.close()

    def _open(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """Open the file, shut the connection in, and make the tables those of this version."""
        database = duckdb.connect(str(self._folder / FILE), read_only=read_only)
        with contextlib.ExitStack() as unless_open:
            unless_open.callback(database.close)

            def ask(statement: str) -> list[tuple[Any, ...]]:
                return database.execute(statement).fetchall()

            for setting in sql.sandbox(self._folder):
                ask(setting)
            if read_only:
                facts_schema.check(ask, len(sql.STEPS))
            else:
                ask("begin")
                facts_schema.upgrade(ask, sql.STEPS)
                ask("commit")
            unless_open.pop_all()
        return database

    def _engine(self) -> sql.DuckdbEngine:
        return sql.DuckdbEngine(self._loading, self._part)

    def _rows(self, select: str, *values: str) -> list[tuple[Any, ...]]:
        with _mapped("the tables cannot be read"), self._cursor() as cursor:
            return cursor.execute(select, values).fetchall()

    @contextlib.contextmanager
    def _writing(self, message: str) -> Iterator[None]:
        """Make one transaction of what is written."""
        with _mapped(message), self._one_writes:
            run = self._loading.execute
            run("begin")
            try:
                yield
                run("commit")
                self._changes += 1
            except BaseException:
                run("rollback")
                raise
            finally:
                self._part.unlink(missing_ok=True)

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
