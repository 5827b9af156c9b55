"""Enters: records that are no reports. Leaves: they are in the tables, within a transaction.

What waits and ends is defined in ``analysis/quarantine.py``; here is what the records say of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.facts_sql import ARRIVED
from aboveboard.analysis import aggregate, held, quarantine, taking_back
from aboveboard.model.period import GRACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.adapters.facts_engine import Engine
    from aboveboard.ports.collector import LogSlice

SCHEMA = """
create table if not exists quarantine (
    app varchar not null, day date not null, wire varchar not null, metric varchar not null,
    reason varchar not null, week varchar not null, entries varchar not null,
    mark varchar not null, reports bigint not null,
    primary key (app, day, wire, metric, reason, week, mark)
);
create table if not exists dropped (
    app varchar not null, metric varchar not null, reason varchar not null, day date not null,
    primary key (app, metric, reason)
);
create table if not exists let_go (
    app varchar not null, what varchar not null, number bigint not null, primary key (app, what)
);
create table if not exists late (
    app varchar not null, week varchar not null, reports bigint not null, primary key (app, week)
);
"""

_ENTRIES = """
select app, day, coalesce(wire, 'native') as wire, (aside).m as metric, (aside).r as reason, week,
    (aside).e as entry, number as report
from (
    select app, day, wire, week, number, unnest({asides}) as aside from {records}
) as each
"""
_HAD = """
select (had).m as metric, (had).k as key, number as report
from (select number, unnest(had) as had from {records}) as each
"""
_FOURTH = "cast(substr(week, 1, 4) || '-01-04' as date)"
"""The fourth of January is in the first week of its year, wherever that week begins."""
_LAST_DAY = (
    f"({_FOURTH} - cast(extract(isodow from {_FOURTH}) as integer)"
    " + 7 * cast(substr(week, 7, 2) as integer))"
)
_IS_LATE = f"day > {_LAST_DAY} + {GRACE.days}"
STAGED = f"""
select cast(coalesce(sum(reports), 0) as bigint), cast(coalesce(sum(asides), 0) as bigint),
    count(*) filter (where {_IS_LATE})
from (
    select week, day, count(*) as reports,
        count(*) filter (where array_length(aside, 1) > 0) as asides
    from stage group by week, day
) as each
"""  # noqa: S608 ours
"""Counts the new reports and those of which something was set aside, and tells if any are late.

Most parts have none of the last two, and a statement costs the same for nothing.
"""
COUNT_LATE = f"""
insert into late (app, week, reports)
select app, week, count(*) from stage where {_IS_LATE} group by app, week
on conflict (app, week) do update set reports = late.reports + excluded.reports
"""  # noqa: S608 ours
_AGAIN = "select app, id from other where kind = 'more'"
_MORE = """
select * from other where kind = 'more' and not exists (
    select 1 from reports r where r.app = other.app and r.id = other.id and r.gone is not null
)
"""
_UNREAD = """
select app, day, wire, '' as metric, reason, '' as week, cast(to_json(body) as varchar) as entry,
    number as report
from other where kind = 'unread'
"""
_DROPS = "select app, m as metric, r as reason, day from other where kind = 'drop'"


def fold_asides(engine: Engine, most: int, records: str = "stage") -> None:
    """Let wait what was set aside of some records.

    Args:
        engine: runs the statements of the transaction under way.
        most: how many rows may wait of one app.
        records: the temporary table that holds them.
    """
    engine.fill("waits", _ENTRIES.format(asides="aside", records=records))
    _add(engine, most)


def fold_others(engine: Engine, records: Sequence[bytes], part: LogSlice, most: int) -> None:
    """Bring replays, unread bodies and drops into the tables.

    Args:
        engine: runs the statements of the transaction under way.
        records: what they are in the log.
        part: what they are of.
        most: how many rows may wait of one app.
    """
    engine.read("other", records)
    engine.fill("again", _AGAIN)
    engine.run(taking_back.NOTE_COPIES, [part.log, part.end.segment])
    engine.run(taking_back.LIST_LATE_COPIES, [part.log, part.end.segment])
    engine.fill("more", _MORE)
    engine.fill("arrived", ARRIVED.format(records="more"))
    engine.run(held.MORE_OF_DAY)
    engine.fill("counted", aggregate.COUNTS)
    engine.fill("had", _HAD.format(records="more"))
    for statement in (*aggregate.ADD, *quarantine.COUNT_ONCE):
        engine.run(statement)
    engine.fill("ends", _ENTRIES.format(asides="array_cat(back, stay)", records="more"))
    engine.fill("waits", _ENTRIES.format(asides="stay", records="more"))
    for statement in quarantine.SUBTRACT:
        engine.run(statement)
    engine.run(quarantine.ADD)
    engine.fill("waits", _UNREAD)
    _add(engine, most)
    engine.fill("drops", _DROPS)
    for statement in quarantine.DROP:
        engine.run(statement)


def take_out(engine: Engine) -> None:
    """Undo what the records in ``other`` did here, before their counts go.

    A report's row is found by its values. If it had shared one with others before a part of it came
    back, theirs may tell one report too few afterwards; nothing but this list rests on it.
    """
    engine.fill("had", _HAD.format(records="other"))
    for statement in quarantine.COUNT_TWICE:
        engine.run(statement)
    engine.fill("ends", _ENTRIES.format(asides="array_cat(aside, stay)", records="other"))
    for statement in quarantine.SUBTRACT:
        engine.run(statement)


def _add(engine: Engine, most: int) -> None:
    """Let entries wait; where they have become far too many, the oldest go."""
    engine.run(quarantine.ADD)
    if engine.run(quarantine.CROWDED, [most + most // 10]):
        for statement in quarantine.trim(most):
            engine.run(statement)
