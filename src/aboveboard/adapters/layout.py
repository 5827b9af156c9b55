"""Enters: a collector's data folder. Leaves: of which layout it is, and word of an older one.

Layout 1 had segments in ``log/`` itself, and tables that knew one log. Layout 2 has a folder for
each log, and tables that know which log a report came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from aboveboard.adapters.duckdb_facts import FILE
from aboveboard.errors import FactsError, SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.adapters.data_folder import DataFolder

LAYOUT = 2
SEGMENTS = "[0-9]*.*"
_COLUMNS = "select column_name from information_schema.columns where table_name = ?"
ADDED = {"token": "varchar", "log": "varchar", "segment": "bigint", "gone": "date"}
"""The columns of ``reports`` that layout 1 did not have."""


def old_segments(folder: DataFolder) -> list[Path]:
    """Give the files of a log of layout 1."""
    return sorted(each for each in folder.logs.glob(SEGMENTS) if each.is_file())


def old_tables(folder: DataFolder) -> bool:
    """Whether the tables are of layout 1.

    Raises:
        FactsError: they cannot be opened.
    """
    file = folder.facts / FILE
    if not file.exists():
        return False
    try:
        with duckdb.connect(str(file), read_only=True) as tables:
            return bool(lacking(tables, "position")) or bool(lacking(tables, "reports"))
    except duckdb.Error as error:
        message = f"the tables cannot be opened: {error}"
        raise FactsError(message) from error


def lacking(tables: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Give the columns that a table of layout 1 lacks; none if the table is not there."""
    there = {row[0] for row in tables.execute(_COLUMNS, [table]).fetchall()}
    wanted = {"log"} if table == "position" else set(ADDED)
    return sorted(wanted - there) if there else []


def refuse_older(folder: DataFolder) -> None:
    """Let nobody write into a folder of an older layout.

    Raises:
        SetupError: it is one.
        FactsError: the tables cannot be opened.
    """
    if old_segments(folder) or old_tables(folder):
        message = (
            f"the data in {folder.path} is of an older version; nothing was changed. Make a copy "
            "of the folder, then run `aboveboard migrate`: there is no way back after it."
        )
        raise SetupError(message)
