"""Enters: records that are no reports. Leaves: they are in the tables, within a transaction.

The statements that both engines share stand in ``analysis/quarantine.py``; here is what DuckDB
reads the records with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.adapters import duckdb_sql as sql
from aboveboard.analysis import aggregate, quarantine, taking_back
from aboveboard.model.period import GRACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboveboard.ports.collector import LogSlice

    Run = Callable[..., Any]

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

_ASIDE = "struct(m varchar, r varchar, e varchar)[]"
_HAS = "struct(m varchar, k varchar)[]"
COLUMNS = f"""{{
    'kind': 'varchar', 'id': 'varchar', 'app': 'varchar', 'week': 'varchar', 'day': 'date',
    'facts': 'struct(m varchar, d date, k varchar, c bigint)[]', 'aside': '{_ASIDE}',
    'back': '{_ASIDE}', 'stay': '{_ASIDE}', 'had': '{_HAS}', 'wire': 'varchar',
    'reason': 'varchar', 'body': 'varchar', 'm': 'varchar', 'r': 'varchar'
}}"""
"""What a record may hold, of whatever kind it is."""

_ENTRIES = """
create or replace temp table {table} as
select app, day, coalesce(wire, 'native') as wire, aside.m as metric, aside.r as reason, week,
    aside.e as entry, number as report
from (
    select app, day, wire, week, number, unnest(list_concat({asides})) as aside from {records}
)
"""
_HAD = """
create or replace temp table had as
select had.m as metric, had.k as key, number as report
from (select number, unnest(had) as had from {records})
"""
_IS_LATE = f"day > strptime(week || '-7', '%G-W%V-%u')::date + {GRACE.days}"
STAGED = f"""
select count(*), count(*) filter (where len(aside) > 0), count(*) filter (where {_IS_LATE})
from stage
"""  # noqa: S608 ours
"""Counts the new reports, those of which something was set aside, and those that are late.

Most parts have none of the last two, and a statement costs the same for nothing.
"""
COUNT_LATE = f"""
insert into late (app, week, reports)
select app, week, count(*) from stage where {_IS_LATE} group by app, week
on conflict (app, week) do update set reports = late.reports + excluded.reports
"""  # noqa: S608 ours
_OTHER = f"""
create or replace temp table other as
select *, row_number() over () as number
from read_json(?, format = 'newline_delimited', columns = {COLUMNS})
"""  # noqa: S608 ours
_AGAIN = """
create or replace temp table again as
select app, cast(id as uuid) as id from other where kind = 'more'
"""
_MORE = """
create or replace temp table more as
select * from other where kind = 'more' and not exists (
    select 1 from reports r where r.app = other.app and r.id = cast(other.id as uuid)
    and r.gone is not null
)
"""
_ARRIVED = """
create or replace temp table arrived as
select app, fact.m as metric, week, fact.d as day, fact.k as key, fact.c as count, number as report
from (select app, week, number, unnest(facts) as fact from more)
"""
_UNREAD = """
create or replace temp table waits as
select app, day, wire, '' as metric, reason, '' as week, cast(to_json(body) as varchar) as entry,
    number as report
from other where kind = 'unread'
"""
_DROPS = """
create or replace temp table drops as
select app, m as metric, r as reason, day from other where kind = 'drop'
"""


def fold_asides(run: Run, most: int) -> None:
    """Let wait what was set aside of the reports in ``stage``.

    Args:
        run: executes a statement of the transaction under way.
        most: how many rows may wait of one app.
    """
    run(_ENTRIES.format(table="waits", asides="aside", records="stage"))
    _add(run, most)


def fold_others(run: Run, file: Path, part: LogSlice, most: int) -> None:
    """Bring replays, unread bodies and drops into the tables.

    Args:
        run: executes a statement of the transaction under way.
        file: holds the records, a line each.
        part: what they are of.
        most: how many rows may wait of one app.
    """
    run(_OTHER, [str(file)])
    run(_AGAIN)
    run(taking_back.NOTE_COPIES, [part.log, part.end.segment])
    run(taking_back.LIST_LATE_COPIES, [part.log, part.end.segment])
    run(_MORE)
    run(_ARRIVED)
    run(_HAD.format(records="more"))
    run(sql.GROUPED)
    for statement in (*aggregate.ADD, *quarantine.COUNT_ONCE):
        run(statement)
    run(_ENTRIES.format(table="ends", asides="back, stay", records="more"))
    run(_ENTRIES.format(table="waits", asides="stay", records="more"))
    for statement in quarantine.SUBTRACT:
        run(statement)
    run(quarantine.ADD)
    run(_UNREAD)
    _add(run, most)
    run(_DROPS)
    for statement in quarantine.DROP:
        run(statement)


def take_out(run: Run) -> None:
    """Undo what the records in ``stage`` did here, before their counts go.

    A report's row is found by its values. If it had shared one with others before a part of it came
    back, theirs may tell one report too few afterwards; nothing but this list rests on it.
    """
    run(_HAD.format(records="stage"))
    for statement in quarantine.COUNT_TWICE:
        run(statement)
    run(_ENTRIES.format(table="ends", asides="aside, stay", records="stage"))
    for statement in quarantine.SUBTRACT:
        run(statement)


def _add(run: Run, most: int) -> None:
    """Let entries wait; where they have become far too many, the oldest go."""
    run(quarantine.ADD)
    crowded = run(quarantine.CROWDED, [most + most // 10]).fetchall()
    if crowded:
        trim(run, most)


def trim(run: Run, most: int) -> None:
    """Let go of the oldest rows, so that no app has more than it may."""
    for statement in quarantine.trim(most):
        run(statement)
