"""Enters: a transaction of DuckDB. Leaves: reports marked, listed and taken out in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboveboard.adapters import duckdb_keeping as keeping
from aboveboard.adapters import duckdb_sql as sql
from aboveboard.adapters.erasure_rows import values
from aboveboard.analysis import taking_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from aboveboard.analysis.sorting import GoneRecord
    from aboveboard.ports.collector import Erasure, LogSlice

    Run = Callable[..., Any]

_AGAIN = """
create or replace temp table again as
select app, id from read_json(
    ?, format = 'newline_delimited', columns = {'id': 'uuid', 'app': 'varchar'}
)
"""
_STAGE = f"""
create or replace temp table stage as
select *, id as uuid, row_number() over () as number
from read_json(?, format = 'newline_delimited', columns = {keeping.COLUMNS})
"""  # noqa: S608 ours


def note_copies(run: Run, file: Path, part: LogSlice) -> None:
    """Note where reports of a part came again, once the part is loaded."""
    run(_AGAIN, [str(file)])
    run(taking_back.NOTE_COPIES, [part.log, part.end.segment])
    run(taking_back.LIST_LATE_COPIES, [part.log, part.end.segment])


def mark(run: Run, gone: Sequence[GoneRecord]) -> None:
    """Mark reports as taken back, and list the places where they may be."""
    for each in gone:
        one = [each.app, each.id]
        run(taking_back.LIST_ORIGINAL, one)
        run(taking_back.LIST_COPIES, one)
        run(taking_back.FORGET_COPIES, one)
        run(taking_back.MARK, [*one, each.day])
        run(taking_back.TOMBSTONE, [*one, each.week, each.day, each.token])


def take_out(run: Run, file: Path, place: Erasure, records: Sequence[bytes]) -> None:
    """Take out what records added when they were loaded; note down the frames to be erased."""
    if run(taking_back.IS_TAKEN_OUT, values(place)).fetchall() != [(False,)]:
        return
    if records:
        file.write_bytes(b"\n".join(records) + b"\n")
        run(_STAGE, [str(file)])
        run(sql.ARRIVED)
        keeping.take_out(run)
        for statement in taking_back.TAKE_OUT:
            run(statement)
    run(taking_back.TAKEN_OUT, [*values(place), json.dumps(place.frames)])
