"""Enters: the port FactStore. Leaves: facts and totals in a PostgreSQL.

The engine parses the log: its records are copied in as lines, and read by PostgreSQL itself. The
server may go and come back: until then every call is a FactsError, and nothing has to be done.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import psycopg

from aboveboard.adapters import facts_loading, facts_schema, facts_sql
from aboveboard.adapters import facts_taking_back as back
from aboveboard.adapters import postgres_sql as sql
from aboveboard.adapters.erasure_rows import erasure, values
from aboveboard.adapters.postgres_connections import Connections, connect, is_away, shown
from aboveboard.adapters.postgres_engine import PostgresEngine
from aboveboard.adapters.postgres_query import ask
from aboveboard.analysis import aging, taking_back
from aboveboard.errors import FactsError, QueryError, SetupError
from aboveboard.model.total import Total
from aboveboard.ports.collector import Erasure, KnownReport, LogPosition, LogSlice, QueryResult
from aboveboard.ports.keeping import MOST_WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboveboard.adapters.postgres_connections import Connection
    from aboveboard.ports.keeping import Ages

logger = logging.getLogger("aboveboard")
MOST_READERS = 8
LONGEST_READING = 40.0
"""Seconds; more than the server gives a query."""
LONGEST_LOADING = 600.0


class PostgresFacts:
    """Facts in a schema of their own of a database.

    Args:
        url: the database, as ``postgresql://user:password@host:port/database``.
        folder: what tells the data folder whose log is loaded from all others. A database takes one
            alone: places in the log of another would be taken for its own.
        most_waiting: how many rows of the quarantine an app may have.
        may_be_away: whether a server that is away now is waited for; until it comes, every call is
            a FactsError.

    Raises:
        SetupError: the database cannot be reached, or holds what another collector loaded.
        FactsError: its tables cannot be brought to this version.
    """

    def __init__(
        self,
        url: str,
        folder: str = "",
        *,
        most_waiting: int = MOST_WAITING,
        may_be_away: bool = False,
    ) -> None:
        self._url = url
        self._folder = folder
        self._most_waiting = most_waiting
        self._changes = 0
        self._one_writes = threading.Lock()
        self._one_opens = threading.Lock()
        self._has_reader: bool | None = None
        self._begin(may_be_away=may_be_away)
        self._readers = Connections(url, sql.SCHEMA_NAME, MOST_READERS, LONGEST_READING)
        self._loaders = Connections(url, sql.SCHEMA_NAME, 1, LONGEST_LOADING, sql.PREPARE_LOADING)

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        rows = self._rows("select segment, byte_offset from position where log = ?", log)
        return LogPosition(*rows[0]) if rows else LogPosition()

    def load(self, part: LogSlice) -> int:
        """Load records, bring totals up to date and move the position, all or nothing."""
        with self._writing("a part of the log cannot be loaded") as engine:
            return facts_loading.load(engine, part, self._most_waiting)

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
        with self._writing("a report cannot be taken out") as engine:
            back.take_out(engine, place, records)

    def erased(self, place: Erasure) -> None:
        """Strike a place off the list."""
        with self._writing("a report cannot be taken out") as engine:
            engine.run(taking_back.ERASED, values(place))

    def age(self, ages: Ages) -> dict[str, int]:
        """Delete what is too old."""
        gone: Counter[str] = Counter()
        with self._writing("what is too old cannot be deleted") as engine:
            for table, statement in aging.age(ages):
                rows = engine.delete(statement)
                if table:
                    gone[table] += rows
        return dict(gone)

    def forget_places(self, log: str, before: int) -> None:
        """Forget which reports were in the segments of a log before one."""
        with self._writing("the tables cannot follow the log") as engine:
            for statement in aging.FORGET_PLACES:
                engine.run(statement, [log, before])

    def rewrite(self) -> None:
        """Write everything anew, each table in the order of its values."""
        # A connection of its own: however long it takes, it is not cut.
        with (
            _mapped("the tables cannot be written anew"),
            self._one_writes,
            contextlib.closing(connect(self._url, sql.SCHEMA_NAME)) as connection,
        ):
            self._opened()
            engine = PostgresEngine(connection)
            engine.run(sql.WAIT_FOR_READERS)
            for table, index in engine.run(sql.INDEXES):
                engine.run(f"cluster {table} using {index}")
                engine.run(f"analyze {table}")

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
        with _mapped("the tables cannot be read"):
            as_reader = self._opened()
            with self._readers.lend() as connection:
                return ask(connection, sql, most_rows, as_reader=as_reader)

    def size(self) -> int:
        """Tell how many bytes the tables take, with their indexes and what is free in them."""
        [[size]] = self._rows(sql.SIZE)
        return int(size)

    def close(self) -> None:
        """Let go of the database, when nobody reads any more."""
        self._readers.close()
        self._loaders.close()

    def _rows(self, select: str, *values: str) -> list[tuple[Any, ...]]:
        with _mapped("the tables cannot be read"):
            self._opened()
            with self._readers.lend() as connection:
                return PostgresEngine(connection).run(select, values)

    @contextlib.contextmanager
    def _writing(self, message: str) -> Iterator[PostgresEngine]:
        """Make one transaction of what is written."""
        with _mapped(message), self._one_writes:
            self._opened()
            with self._loaders.lend() as connection, connection.transaction():
                yield PostgresEngine(connection)
            self._changes += 1

    def _begin(self, *, may_be_away: bool) -> None:
        try:
            self._has_reader = _open(self._url, self._folder)
        except (SetupError, FactsError):  # it may have gone while it was being asked
            if not (may_be_away and is_away(self._url)):
                raise
            logger.warning("the database is away; reports are kept in the log until it is back")

    def _opened(self) -> bool:
        """Open the tables if they are not yet; tell whether queries have a role of their own."""
        if (has_reader := self._has_reader) is not None:
            return has_reader
        # A server that says nothing is waited for by one thread, not by all who would read.
        if not self._one_opens.acquire(blocking=False):
            message = "the database is being reached"
            raise FactsError(message)
        try:
            self._has_reader = has_reader = _open(self._url, self._folder)
        except SetupError as error:
            raise FactsError(str(error).partition("\n")[0]) from None
        finally:
            self._one_opens.release()
        return has_reader


def _open(url: str, folder: str) -> bool:
    """Bring the tables to this version; tell whether queries have a role of their own."""
    with (
        _mapped("the tables cannot be opened"),
        contextlib.closing(_reached(url)) as connection,
        connection.transaction(),
    ):
        run = PostgresEngine(connection).run
        run(sql.LOCK)
        run(sql.MAKE_SCHEMA)
        facts_schema.upgrade(run, sql.STEPS)
        _take_for(connection, folder)
        return _made_reader(connection)


def _reached(url: str) -> Connection:
    try:
        return connect(url, sql.SCHEMA_NAME)
    except psycopg.Error as error:
        message = (
            f"the store cannot be reached: {shown(url)}: {str(error).strip()}\n"
            "Check that it runs, and the user, password and database that --store names"
        )
        raise SetupError(message) from None


def _take_for(connection: Connection, folder: str) -> None:
    """Note down whose log is loaded here, or find that it is another's."""
    cursor = psycopg.RawCursor(connection)
    found = cursor.execute("select folder from whose").fetchone()
    if found is None:
        cursor.execute("insert into whose values ($1)", [folder])
    elif found[0] != folder:
        message = (
            "this database holds what the collector of another data folder loaded. "
            "Name that folder with --data, or an empty database with --store"
        )
        raise SetupError(message)


def _made_reader(connection: Connection) -> bool:
    """Make the role of queries where that is allowed; tell whether it can be taken on."""
    cursor = psycopg.RawCursor(connection)
    if cursor.execute(sql.MAY_MAKE_READER, [sql.READER]).fetchall()[0][0]:
        cursor.execute(sql.MAKE_READER)
    try:
        with connection.transaction(force_rollback=True):
            cursor.execute(sql.BECOME_READER)
    except psycopg.Error:
        return False
    cursor.execute(sql.LET_READ)
    return True


@contextlib.contextmanager
def _mapped(message: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        # What the server says of a record may hold what is in it; its code does not.
        what = error.sqlstate or "no answer"
        text = f"{message}: {type(error).__name__} ({what})"
        raise FactsError(text) from None
    except QueryError:
        raise
    except FactsError as error:
        text = f"{message}: {error}"
        raise FactsError(text) from error
