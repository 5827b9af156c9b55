"""Enters: messages of foreign clients. Leaves: they are in the tables, within a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters import facts_keeping as keeping
from aboveboard.adapters.facts_sql import KEEP_ASIDES
from aboveboard.analysis import aggregate, held, taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.adapters.facts_engine import Engine


def fold(engine: Engine, records: Sequence[bytes], most_waiting: int) -> int:
    """Load messages: what each sender said last holds, what adds up is added.

    Args:
        engine: runs the statements of the transaction under way.
        records: what they are in the log.
        most_waiting: how many rows of the quarantine an app may have.

    Returns:
        How many were new.
    """
    engine.read("said", records)
    engine.leave_out_repeated("said")
    [(new, asides, senders, days)] = engine.run(
        "select count(*), count(*) filter (where array_length(aside, 1) > 0), count(who),"
        " count(on_day) from said"
    )
    engine.run(held.KEEP_IDS)
    if asides:
        engine.run(KEEP_ASIDES.format(records="said"))
        keeping.fold_asides(engine, most_waiting, "said")
    if new > senders:
        engine.fill("arrived", held.ALONE)
        _add(engine)
    if senders:
        _replace(engine, by_day=bool(days))
    return int(new)


def _replace(engine: Engine, *, by_day: bool) -> None:
    """Take out what was counted of the senders, and put in what holds now."""
    engine.fill("senders", held.SENDERS)
    engine.fill("spoke", held.SPOKE)
    engine.fill("arrived", held.HELD)
    engine.fill("counted", aggregate.COUNTS)
    for statement in taking_back.TAKE_COUNTS_OUT:
        engine.run(statement)
    engine.fill("newest", held.NEWEST)
    engine.fill("summed", held.SUMMED)
    for statement in held.CHANGE:
        engine.run(statement)
    if by_day:
        engine.fill("newest_of_day", held.NEWEST_OF_DAY)
        for statement in held.CHANGE_OF_DAY:
            engine.run(statement)
    engine.fill("arrived", held.HELD)
    _add(engine)


def _add(engine: Engine) -> None:
    engine.fill("counted", aggregate.COUNTS)
    for statement in aggregate.ADD:
        engine.run(statement)
