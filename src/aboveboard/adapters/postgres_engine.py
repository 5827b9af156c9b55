"""Enters: a connection in a transaction. Leaves: the statements of both engines, run on it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg

from aboveboard.adapters import facts_sql
from aboveboard.adapters import postgres_sql as sql
from aboveboard.adapters.facts_engine import gather_in_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.adapters.postgres_connections import Connection


def numbered(statement: str) -> str:
    """Write places of values as PostgreSQL does.

    Example:
        >>> numbered("update a set b = ? where c = ?")
        'update a set b = $1 where c = $2'
    """
    first, *rest = statement.split("?")
    numbers = count(1)
    return first + "".join(f"${next(numbers)}{text}" for text in rest)


class PostgresEngine:
    """The engine of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._cursor = psycopg.RawCursor(connection)

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        self._cursor.execute(numbered(statement), values)
        return self._cursor.fetchall() if self._cursor.description else []

    def delete(self, statement: str) -> int:
        """Run a statement; tell of how many rows it was."""
        return self._cursor.execute(statement).rowcount

    def fill(self, table: str, select: str) -> None:
        """Make a temporary table anew."""
        self._cursor.execute(f"delete from {table}")  # noqa: S608 ours
        self._cursor.execute(f"insert into {table} {select}")

    def gather(self, reports: Sequence[bytes]) -> Sequence[bytes]:
        """Make temporary tables of new reports and their counts, one after the other."""
        return gather_in_steps(self, reports)

    def leave_out_repeated(self, table: str) -> set[int]:
        """Delete the records that are there already; an index finds them."""
        statement = facts_sql.LEAVE_OUT_REPEATED.format(records=table)
        return {number for (number,) in self.run(statement)}

    def read(self, table: str, records: Sequence[bytes]) -> None:
        """Make a temporary table of records: they are copied in, and PostgreSQL reads them."""
        self._cursor.execute("delete from part")
        with self._cursor.copy(sql.COPY) as copy:
            copy.write(b"".join(record + b"\n" for record in records))
        self.fill(table, sql.READS[table])
