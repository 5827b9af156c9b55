"""Enters: a transaction of either engine. Leaves: reports marked, listed and taken out in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.adapters import facts_keeping as keeping
from aboveboard.adapters.erasure_rows import values
from aboveboard.adapters.facts_engine import count
from aboveboard.analysis import taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.adapters.facts_engine import Engine
    from aboveboard.analysis.sorting import GoneRecord
    from aboveboard.ports.collector import Erasure, LogSlice


def note_copies(engine: Engine, reports: Sequence[bytes], part: LogSlice) -> None:
    """Note where reports of a part came again, once the part is loaded.

    Those that came for the first time may be among them: their place is known.
    """
    engine.read("again", reports)
    engine.run(taking_back.NOTE_COPIES, [part.log, part.end.segment])
    engine.run(taking_back.LIST_LATE_COPIES, [part.log, part.end.segment])


def mark(engine: Engine, gone: Sequence[GoneRecord]) -> None:
    """Mark reports as taken back, and list the places where they may be."""
    for each in gone:
        one = [each.app, each.id]
        engine.run(taking_back.LIST_ORIGINAL, one)
        engine.run(taking_back.LIST_COPIES, one)
        engine.run(taking_back.FORGET_COPIES, one)
        engine.run(taking_back.MARK, [*one, each.day])
        engine.run(taking_back.TOMBSTONE, [*one, each.week, each.day, each.token])


def take_out(engine: Engine, place: Erasure, records: Sequence[bytes]) -> None:
    """Take out what records added when they were loaded; note down the frames to be erased."""
    if engine.run(taking_back.IS_TAKEN_OUT, values(place)) != [(False,)]:
        return
    if records:
        engine.read("other", records)
        engine.fill("stage", "select * from other")
        count(engine, "stage")
        keeping.take_out(engine)
        for statement in taking_back.TAKE_OUT:
            engine.run(statement)
    engine.run(taking_back.TAKEN_OUT, [*values(place), json.dumps(place.frames)])
