"""Enters: a part of the log, a transaction of either engine. Leaves: it is in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters import facts_keeping as keeping
from aboveboard.adapters import facts_said as foreign
from aboveboard.adapters import facts_sql as sql
from aboveboard.adapters import facts_taking_back as back
from aboveboard.adapters.facts_engine import Engine
from aboveboard.analysis import aggregate, sorting

if TYPE_CHECKING:
    from aboveboard.ports.collector import LogSlice


def load(engine: Engine, part: LogSlice, most_waiting: int) -> int:
    """Load records, bring totals up to date and move the position.

    Args:
        engine: runs the statements of the transaction under way.
        part: what is loaded.
        most_waiting: how many rows of the quarantine an app may have.

    Returns:
        How many reports were new.

    Raises:
        FactsError: a newer version of Aboveboard has written one of the records.
    """
    found = sorting.sort(part.records)
    repeated = engine.gather(found.reports)
    [(new, asides, late)] = engine.run(keeping.STAGED)
    engine.run(sql.KEEP_REPORTS, [part.log, part.end.segment])
    if asides:
        engine.run(sql.KEEP_ASIDES.format(records="stage"))
        keeping.fold_asides(engine, most_waiting)
    if late:
        engine.run(keeping.COUNT_LATE)
    for statement in aggregate.ADD:
        engine.run(statement)
    if new < len(found.reports):
        back.note_copies(engine, repeated, part)
    if found.said:
        new += foreign.fold(engine, found.said, most_waiting)
    if found.others:
        keeping.fold_others(engine, found.others, part, most_waiting)
    back.mark(engine, found.gone)
    engine.run(sql.MOVE, [part.log, part.end.segment, part.end.offset])
    return int(new)
