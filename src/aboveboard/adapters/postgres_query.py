"""Enters: a person's own query. Leaves: its answer from PostgreSQL, or why it was refused.

Five things stand between a query and whatever else is there, each enough for most of what could be
tried: it is sent as one statement; a cursor takes nothing but SELECT and its like; the transaction
can only read, and is rolled back; no word of the query is a function that does more than compute;
and where the database has the role ``aboveboard_reader``, that role may read these tables alone.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg

from aboveboard.adapters import postgres_sql as sql
from aboveboard.errors import QueryError
from aboveboard.ports.collector import QueryResult

if TYPE_CHECKING:
    from aboveboard.adapters.postgres_connections import Connection
    from aboveboard.ports.collector import Cell

QUERY_SECONDS = 30.0
_BEGIN = r"\A(?:\s|\(|--[^\n]*\n|(?>/\*.*?\*/))*+"
_READS = re.compile(_BEGIN + r"(?:select|with|values|table|(explain))\b", re.IGNORECASE | re.DOTALL)
_SPELT = re.compile(r"u&\s*\"", re.IGNORECASE)
ONE = "one reading statement is allowed: SELECT, WITH, VALUES, TABLE or EXPLAIN of one"
_GONE = (psycopg.OperationalError, psycopg.InterfaceError)


def ask(connection: Connection, query: str, most_rows: int, *, as_reader: bool) -> QueryResult:
    """Run a query in a transaction of its own, of which nothing stays.

    Args:
        connection: where no transaction is open.
        query: one reading statement.
        most_rows: how many rows are wanted at most.
        as_reader: whether it is run as the role that may do nothing else.

    Raises:
        QueryError: it is wrong, does more than read, or takes too long.
        psycopg.Error: the server is away.
    """
    kind = _READS.match(query)
    if kind is None or "\0" in query or _SPELT.search(query):
        raise QueryError(ONE)
    with connection.transaction(force_rollback=True):
        connection.execute(sql.READ_ONLY)
        connection.execute(f"set local statement_timeout = {int(QUERY_SECONDS * 1000)}")
        _refuse_functions(connection, query)
        if as_reader:
            connection.execute(sql.BECOME_READER)
        try:
            return _answer(connection, query, most_rows, explained=kind[1] is not None)
        except psycopg.errors.QueryCanceled as error:
            message = f"the query was stopped: it took more than {QUERY_SECONDS:g} seconds"
            raise QueryError(message) from error
        except (psycopg.Error, ValueError) as error:
            if isinstance(error, _GONE) and connection.broken:
                raise
            raise QueryError(str(error)) from error


def _refuse_functions(connection: Connection, query: str) -> None:
    """Refuse a query with a word in it that names a function which does more than compute.

    It is looked for in the whole text, strings and comments too, so that no spelling gets past it.
    """
    words = sorted(set(re.findall(r"[a-z_][a-z0-9_]*", query.lower())))
    cursor = psycopg.RawCursor(connection)
    [(found,)] = cursor.execute(sql.VOLATILE, [words, sql.HARMLESS]).fetchall()
    if found is not None:
        message = f"the function {found} may do more than read, so no query may name it"
        raise QueryError(message)


def _answer(connection: Connection, query: str, most_rows: int, *, explained: bool) -> QueryResult:
    # In this format a text goes out as one statement; two are refused by the server.
    with connection.cursor(binary=True) as once:
        cursor = once.execute(query if explained else f"declare asked cursor for {query}")
        if not explained:
            cursor = connection.execute(f"fetch forward {most_rows + 1} from asked")
        columns = tuple(column.name for column in cursor.description or ())
        rows = cursor.fetchall()
    cells = tuple(tuple(_cell(value) for value in row) for row in rows[:most_rows])
    return QueryResult(columns, cells, cut=len(rows) > most_rows)


def _cell(value: object) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)  # PostgreSQL's sum of whole numbers
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
