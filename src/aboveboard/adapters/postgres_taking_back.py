"""Enters: a transaction of PostgreSQL. Leaves: reports marked, listed and taken out in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.adapters import postgres_keeping as keeping
from aboveboard.adapters import postgres_sql as sql
from aboveboard.adapters.erasure_rows import values
from aboveboard.analysis import taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import RawCursor

    from aboveboard.analysis.sorting import GoneRecord
    from aboveboard.ports.collector import Erasure, LogSlice


def copy(cursor: RawCursor, records: Sequence[bytes]) -> None:
    """Hand records to the engine, as the lines that they are."""
    with cursor.copy(sql.COPY) as lines:
        lines.write(b"".join(record + b"\n" for record in records))


def note_copies(cursor: RawCursor, part: LogSlice) -> None:
    """Note where reports of a part came again, once the part is loaded."""
    place = [part.log, part.end.segment]
    cursor.execute(sql.AGAIN)
    cursor.execute(taking_back.NOTE_COPIES, place)
    cursor.execute(taking_back.LIST_LATE_COPIES, place)


def mark(cursor: RawCursor, gone: Sequence[GoneRecord]) -> None:
    """Mark reports as taken back, and list the places where they may be."""
    for each in gone:
        one = [each.app, each.id]
        cursor.execute(taking_back.LIST_ORIGINAL, one)
        cursor.execute(taking_back.LIST_COPIES, one)
        cursor.execute(taking_back.FORGET_COPIES, one)
        cursor.execute(taking_back.MARK, [*one, each.day])
        cursor.execute(taking_back.TOMBSTONE, [*one, each.week, each.day, each.token])


def take_out(cursor: RawCursor, place: Erasure, records: Sequence[bytes]) -> None:
    """Take out what records added when they were loaded; note down the frames to be erased."""
    if cursor.execute(taking_back.IS_TAKEN_OUT, values(place)).fetchall() != [(False,)]:
        return
    if records:
        copy(cursor, records)
        cursor.execute(sql.STAGE_AGAIN)
        cursor.execute(sql.ARRIVED)
        keeping.take_out(cursor)
        for statement in taking_back.TAKE_OUT:
            cursor.execute(statement)
    cursor.execute(taking_back.TAKEN_OUT, [*values(place), json.dumps(place.frames)])
