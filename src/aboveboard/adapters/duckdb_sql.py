"""Enters: nothing. Leaves: what DuckDB alone says its own way: it reads records, and is shut in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.adapters import facts_keeping, facts_sql
from aboveboard.analysis import aggregate, aging, held, taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

STEPS = (
    (
        facts_sql.SCHEMA,
        aggregate.TOTALS,
        taking_back.TABLES,
        facts_keeping.SCHEMA,
        aging.TABLES,
    ),
    (held.TABLES,),
)
"""What brings the tables of each version to the next (``facts_schema``)."""

_FACTS = "struct(m varchar, d date, k varchar, c bigint)[]"
_ASIDE = "struct(m varchar, r varchar, e varchar)[]"
_HAS = "struct(m varchar, k varchar)[]"
_REPORT = f"""{{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date', 'facts': '{_FACTS}',
    'aside': '{_ASIDE}', 'w': 'varchar', 'wire': 'varchar'
}}"""
_ANY = f"""{{
    'kind': 'varchar', 'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date',
    'facts': '{_FACTS}', 'aside': '{_ASIDE}', 'back': '{_ASIDE}', 'stay': '{_ASIDE}',
    'had': '{_HAS}', 'wire': 'varchar', 'reason': 'varchar', 'body': 'varchar', 'm': 'varchar',
    'r': 'varchar'
}}"""
_SAID = f"""{{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date', 'who': 'uuid',
    'part': 'varchar', 'facts': '{_FACTS}', 'sums': '{_FACTS}', 'once': '{_FACTS}',
    'aside': '{_ASIDE}', 'wire': 'varchar'
}}"""
_AGAIN = "{'id': 'uuid', 'app': 'varchar'}"
_READS = {
    "stage": ("*, id as uuid, row_number() over () as number", _REPORT),
    "other": ("*, id as uuid, row_number() over () as number", _ANY),
    "said": ("*, id as uuid, row_number() over () as number", _SAID),
    "again": ("app, id", _AGAIN),
}
"""What becomes of the records in each table, and what they hold."""


class DuckdbEngine:
    """The engine of one connection.

    Args:
        connection: to the tables.
        file: holds the records while they are read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        self._connection = connection
        self._file = file

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        return self._connection.execute(statement, values).fetchall()

    def fill(self, table: str, select: str) -> None:
        """Make a temporary table anew."""
        self._connection.execute(f"create or replace temp table {table} as {select}")

    def read(self, table: str, records: Sequence[bytes]) -> None:
        """Make a temporary table of records: DuckDB reads them itself."""
        self._file.write_bytes(b"\n".join(records) + b"\n")
        what, columns = _READS[table]
        place = str(self._file).replace("'", "''")
        self.fill(
            table,
            f"select {what} from read_json('{place}', format = 'newline_delimited',"  # noqa: S608 ours
            f" columns = {columns})",
        )


def sandbox(folder: Path) -> list[str]:
    """Give the settings after which the connection can reach nothing but its own folder."""
    allowed = str(folder.resolve()).replace("'", "''")
    return [
        "set threads = 2",
        "set memory_limit = '1GB'",
        f"set temp_directory = '{allowed}/spill'",
        f"set allowed_directories = ['{allowed}/']",
        "set enable_external_access = false",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set lock_configuration = true",
    ]
