"""Enters: a DuckDB file that nobody writes. Leaves: a new one beside it, each table in order.

A row that was deleted stays in the file until its place is needed, and rows stand in the order in
which they came. A new file has neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.disk import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_TABLES = """
select table_name from duckdb_tables()
where database_name = current_database() and schema_name = 'main' and not temporary
"""
_REPORTS = """
select sql from duckdb_tables()
where database_name = current_database() and schema_name = 'main' and table_name = 'reports'
"""


def write_anew(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Copy everything into a new file.

    Args:
        connection: to the old one; nobody writes through another meanwhile.
        fresh: the new file; what is there from an earlier, unfinished run goes.
    """
    for file in (fresh, _journal(fresh)):
        file.unlink(missing_ok=True)
    run = connection.execute
    place = str(fresh).replace("'", "''")
    name = run("select current_database()").fetchall()[0][0]
    run(f"attach '{place}' as fresh")
    try:
        run(f'copy from database "{name}" to fresh (schema)')
        _keep_ids_plain(connection)
        for (table,) in run(_TABLES).fetchall():
            run(f'insert into fresh."{table}" select * from "{table}" order by all')  # noqa: S608 its own names
    finally:
        run("detach fresh")


def _keep_ids_plain(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the ids of reports be written without compression.

    Each part that is loaded looks at all of them. Ids are chance: in their order a tenth of each
    can be saved, and to unpack them takes twice as long as the rest of the looking.
    """
    [[made]] = connection.execute(_REPORTS).fetchall()
    connection.execute("drop table fresh.reports")
    made = made.replace("TABLE reports", "TABLE fresh.reports")
    connection.execute(made.replace(" UUID NOT", " UUID USING COMPRESSION uncompressed NOT"))


def put_in_place(fresh: Path, file: Path) -> None:
    """Put the new file in the place of the old one, which was closed.

    The old one's journal is in it already, and must not be read into the new one.
    """
    _journal(file).unlink(missing_ok=True)
    fresh.replace(file)
    file.chmod(0o600)
    sync_folder(file.parent)


def _journal(file: Path) -> Path:
    return file.with_name(f"{file.name}.wal")
