"""Enters: open tables. Leaves: a DuckDB file with all of them as they stood at one moment."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

SAVING = "saving.duckdb"


def save(cursor: duckdb.DuckDBPyConnection, folder: Path, target: Path) -> None:
    """Copy all tables in one transaction.

    Args:
        cursor: a connection to them.
        folder: the only one that the connection may write to.
        target: the file to make.
    """
    part = folder / SAVING
    part.unlink(missing_ok=True)
    place = str(part.resolve()).replace("'", "''")
    [[own]] = cursor.execute("select current_database()").fetchall()
    try:
        cursor.execute(f"attach '{place}' as saving")
        try:
            cursor.execute(f'copy from database "{own}" to saving')
        finally:
            cursor.execute("detach saving")
        shutil.move(part, target)
    finally:
        part.unlink(missing_ok=True)
    target.chmod(0o600)
