"""Enters: nothing. Leaves: the tables of the facts and the statements that fill them, in DuckDB.

``STAGE`` and the sandbox are DuckDB's own; the rest is written in what it shares with PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis import aggregate

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """
create table if not exists position (
    log varchar primary key, segment bigint not null, byte_offset bigint not null
);
create table if not exists reports (
    app varchar not null, id uuid not null, week varchar not null, received date not null,
    token varchar, log varchar, segment bigint, gone date
);
create table if not exists facts (
    app varchar not null, metric varchar not null, period varchar not null, key varchar not null,
    count bigint not null, reports bigint not null,
    primary key (app, metric, period, key, count)
);
create table if not exists group_totals (
    app varchar not null, metric varchar not null, span varchar not null, period varchar not null,
    key varchar not null, count bigint not null, n bigint not null,
    primary key (app, metric, span, period, key)
);
create table if not exists period_totals (
    app varchar not null, metric varchar not null, span varchar not null, period varchar not null,
    n bigint not null, primary key (app, metric, span, period)
);
create table if not exists asides (
    app varchar not null, day date not null, metric varchar not null, reason varchar not null,
    entries bigint not null, primary key (app, day, metric, reason)
);
"""

COLUMNS = """{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date',
    'facts': 'struct(m varchar, d date, k varchar, c bigint)[]',
    'aside': 'struct(m varchar, r varchar, e varchar)[]', 'w': 'varchar', 'wire': 'varchar'
}"""

STAGE = f"""
create or replace temp table stage as
select app, id as uuid, week, day, facts, aside, w, wire, row_number() over () as number
from read_json(?, format = 'newline_delimited', columns = {COLUMNS})
"""  # noqa: S608 ours
"""Reads a part of the log."""

ONCE = """
delete from stage where number in (
    select s.number from stage as s
    where exists (select 1 from reports as r where r.app = s.app and r.id = s.uuid)
    union all
    select s.number from stage as s join (
        select app, uuid, min(number) as first from stage group by app, uuid having count(*) > 1
    ) as twice on twice.app = s.app and twice.uuid = s.uuid and s.number > twice.first
)
"""
"""Leaves out each report that is there already.

Of two in the part the first counts, which is the first in the log as well: it is found again. To
look for them afterwards, by their ids alone, is cheaper than to carry whole reports through it.
"""

SELECT_ARRIVED = """
select app, (fact).m as metric, week, (fact).d as day, (fact).k as key, (fact).c as count,
    number as report
from (select app, week, number, unnest(facts) as fact from stage) as each
"""
ARRIVED = f"create or replace temp table arrived as {SELECT_ARRIVED}"
GROUPED = f"create or replace temp table grouped as {aggregate.GROUPS}"

KEEP_REPORTS = """
insert into reports (app, id, week, received, token, log, segment)
select app, uuid, week, day, w, $1, $2 from stage
"""

APPS = """
select app, cast(sum(reports) as bigint) from (
    select app, count(*) as reports from reports where gone is null group by app
    union all select app, reports from old_reports
) as each group by app order by app
"""

MOVE = """
insert into position values ($1, $2, $3)
on conflict (log) do update set segment = excluded.segment, byte_offset = excluded.byte_offset
"""

KEEP_ASIDES = """
insert into asides
select app, day, (entry).m, (entry).r, count(*)
from (select app, day, unnest(aside) as entry from stage) as each
group by app, day, (entry).m, (entry).r
on conflict (app, day, metric, reason) do update set entries = asides.entries + excluded.entries
"""


def sandbox(folder: Path) -> list[str]:
    """Give the settings after which the connection can reach nothing but its own folder."""
    allowed = str(folder.resolve()).replace("'", "''")
    return [
        "set threads = 2",
        "set memory_limit = '1GB'",
        f"set temp_directory = '{allowed}/spill'",
        f"set allowed_directories = ['{allowed}/']",
        "set enable_external_access = false",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set lock_configuration = true",
    ]
