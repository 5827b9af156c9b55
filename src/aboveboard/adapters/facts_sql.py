"""Enters: nothing. Leaves: the tables of the facts, and the statements that fill them.

The dialect is what DuckDB and PostgreSQL share; what each says its own way stands beside its
adapter. ``?`` and ``$1`` stand for values.
"""

from __future__ import annotations

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

REPEATED = """
select s.number from {records} as s
where exists (select 1 from reports as r where r.app = s.app and r.id = s.uuid)
union all
select s.number from {records} as s join (
    select app, uuid, min(number) as first from {records} group by app, uuid having count(*) > 1
) as twice on twice.app = s.app and twice.uuid = s.uuid and s.number > twice.first
"""
"""Finds each report that is there already.

Of two in the part the first counts, which is the first in the log as well: it is found again. To
look for them afterwards, by their ids alone, is cheaper than to carry whole reports through it.
"""
LEAVE_OUT_REPEATED = f"delete from {{records}} where number in ({REPEATED}) returning number"  # noqa: S608 ours

ARRIVED = """
select app, (fact).m as metric, week, (fact).d as day, coalesce((fact).k, '') as key,
    coalesce((fact).c, 1) as count, number as report
from (select app, week, number, unnest(facts) as fact from {records}) as each
union all
select app, (said).m, week, (said).d, unnest((said).k), unnest((said).c), number
from (select app, week, number, unnest(tables) as said from {records}) as each
"""
"""The counts of records; one leaves out what is usual, and says more of a metric at once."""

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
from (select app, day, unnest(aside) as entry from {records}) as each
group by app, day, (entry).m, (entry).r
on conflict (app, day, metric, reason) do update set entries = asides.entries + excluded.entries
"""
"""Counts what was set aside of records."""
