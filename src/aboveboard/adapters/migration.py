"""Enters: a collector's data of layout 1. Leaves: the same data in layout 2, however often it runs.

A crash between two steps is mended by running it again: each step looks first whether it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from aboveboard.adapters.disk import mapped, sync_folder
from aboveboard.adapters.duckdb_facts import FILE
from aboveboard.adapters.layout import ADDED, lacking, old_segments, old_tables
from aboveboard.errors import FactsError, LogError
from aboveboard.ports.collector import ONLY_LOG

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.adapters.data_folder import DataFolder

NEW_POSITION = """
create table position_2 (
    log varchar primary key, segment bigint not null, byte_offset bigint not null
)
"""


def migrate_log(folder: DataFolder, moved: Callable[[int], None]) -> int:
    """Move the segments into the folder of the only log.

    Args:
        folder: the data.
        moved: called with 1 for each file.

    Returns:
        How many were moved.

    Raises:
        LogError: one cannot be moved, or another of its name is there; no file is lost.
    """
    files = old_segments(folder)
    target = folder.logs / ONLY_LOG
    with mapped("the log cannot be moved"):
        if files:
            target.mkdir(exist_ok=True)
        for file in files:
            place = target / file.name
            if place.exists():
                message = f"{file} and {place} are both there; keep both, and ask for help"
                raise LogError(message)
            file.rename(place)
            moved(1)
        if files:
            sync_folder(target)
            sync_folder(folder.logs)
    return len(files)


def migrate_tables(folder: DataFolder) -> bool:
    """Bring the tables into the new form, all or nothing; tell whether there was something to do.

    Reports of before keep no place in the log: they can be counted and known again, but of those
    that came in before nobody can say in which segment they stand, so they cannot be taken back.

    Raises:
        FactsError: they cannot be changed; they are as they were.
    """
    if not old_tables(folder):
        return False
    try:
        with duckdb.connect(str(folder.facts / FILE)) as tables:
            tables.execute("begin")
            if lacking(tables, "position"):
                tables.execute(NEW_POSITION)
                tables.execute("insert into position_2 select ?, * from position", [ONLY_LOG])
                tables.execute("drop table position")
                tables.execute("alter table position_2 rename to position")
            for column in lacking(tables, "reports"):
                tables.execute(f"alter table reports add column {column} {ADDED[column]}")
            tables.execute("commit")
    except duckdb.Error as error:
        message = f"the tables cannot be migrated: {error}"
        raise FactsError(message) from error
    return True
