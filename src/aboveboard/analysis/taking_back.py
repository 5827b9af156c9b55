"""Enters: a report that somebody took back. Leaves: its counts are out of every total, as SQL.

The dialect is what DuckDB and PostgreSQL share; ``$1`` stands for a value. The statements that take
something out read ``counted`` as :mod:`aboveboard.analysis.aggregate` does, of the records that go,
and ``stage (app, day, aside)`` with what was set aside of them.
"""

from __future__ import annotations

from aboveboard.analysis.aggregate import FACTS, GROUPS, PERIODS

TABLES = """
create table if not exists copies (
    app varchar not null, id uuid not null, log varchar not null, segment bigint not null,
    primary key (app, id, log, segment)
);
create table if not exists erasures (
    app varchar not null, id uuid not null, log varchar not null, segment bigint not null,
    original boolean not null, counted boolean not null, frames varchar,
    primary key (app, id, log, segment)
);
"""
"""Where reports came again; and where those that were taken back may still be."""

TOMBSTONE = """
insert into reports (app, id, week, received, token, gone)
select cast($1 as varchar), cast($2 as uuid), $3, cast($4 as date), $5, cast($4 as date)
where not exists (select 1 from reports where app = cast($1 as varchar) and id = cast($2 as uuid))
"""
"""Marks a report that never came, or has not come yet: app, id, week, day, token."""

_ONE = "app = $1 and id = cast($2 as uuid)"

LIST_ORIGINAL = f"""
insert into erasures (app, id, log, segment, original, counted)
select app, id, log, segment, true, true from reports
where {_ONE} and gone is null and log is not null
on conflict do nothing
"""  # noqa: S608 ours

LIST_COPIES = f"""
insert into erasures (app, id, log, segment, original, counted)
select app, id, log, segment, false, true from copies
where {_ONE} and exists (select 1 from reports where {_ONE} and gone is null)
on conflict do nothing
"""  # noqa: S608 ours

FORGET_COPIES = f"delete from copies where {_ONE}"  # noqa: S608 ours

MARK = f"""
update reports set gone = cast($3 as date), log = null, segment = null
where {_ONE} and gone is null and log is not null
"""  # noqa: S608 ours
"""Marks a report that is there: app, id, day.

One whose place is no longer known stays as it is: what it said can no longer be taken out.
"""

NOTE_COPIES = """
insert into copies (app, id, log, segment)
select distinct r.app, r.id, place.log, place.segment
from again join reports r on r.app = again.app and r.id = again.id,
    (select cast($1 as varchar) as log, cast($2 as bigint) as segment) as place
where r.gone is null and not (r.log = place.log and r.segment = place.segment)
on conflict do nothing
"""
"""Notes where reports came again, of ``again (app, id)``. In its own segment it is found anyway."""

LIST_LATE_COPIES = """
insert into erasures (app, id, log, segment, original, counted)
select distinct r.app, r.id, cast($1 as varchar), cast($2 as bigint), false, false
from again join reports r on r.app = again.app and r.id = again.id
where r.gone is not null
on conflict do nothing
"""
"""Lists where reports came again that had been taken back, of ``again``."""

KNOWN = f"""
select week, log is not null, token, gone, exists (
    select 1 from erasures e where e.app = r.app and e.id = r.id
) from reports r where {_ONE}
"""  # noqa: S608 ours

WAITING = """
select app, replace(cast(id as varchar), '-', ''), log, segment, original, counted, frames
from erasures order by log, segment, app, id
"""

_PLACE = f"{_ONE} and log = $3 and segment = $4"
IS_TAKEN_OUT = f"select frames is not null from erasures where {_PLACE}"  # noqa: S608 ours
TAKEN_OUT = f"update erasures set frames = $5 where {_PLACE}"  # noqa: S608 ours
ERASED = f"delete from erasures where {_PLACE}"  # noqa: S608 ours

_SAME = "{table}.app = gone.app and {table}.metric = gone.metric and {table}.period = gone.period"
_SAME_SPAN = _SAME + " and {table}.span = gone.span"

_GONE_FACTS = f"({FACTS}) as gone"
_GONE_GROUPS = f"({GROUPS}) as gone"
_GONE_PERIODS = f"({PERIODS}) as gone"
_GONE_ASIDES = """(
    select app, day, (entry).m as metric, (entry).r as reason, count(*) as entries
    from (select app, day, unnest(aside) as entry from stage) as each
    group by app, day, (entry).m, (entry).r
) as gone"""


def _less(table: str, change: str, gone: str, same: str, empty: str) -> list[str]:
    """Give the statements that take something out of a table, and then the rows without a report.

    They update: a row that is no longer there, because its time was over, is not made again.
    """
    where = same.format(table=table)
    theirs = f"exists (select 1 from {gone} where {where})"  # noqa: S608 ours
    return [
        f"update {table} set {change} from {gone} where {where}",  # noqa: S608 ours
        f"delete from {table} where {empty} <= 0 and {theirs}",  # noqa: S608 ours
    ]


TAKE_COUNTS_OUT = (
    *_less(
        "facts",
        "reports = facts.reports - gone.reports",
        _GONE_FACTS,
        _SAME + " and {table}.key = gone.key and {table}.count = gone.count",
        "reports",
    ),
    *_less(
        "group_totals",
        "count = group_totals.count - gone.count, n = group_totals.n - gone.n",
        _GONE_GROUPS,
        _SAME_SPAN + " and {table}.key = gone.key",
        "n",
    ),
    *_less("period_totals", "n = period_totals.n - gone.n", _GONE_PERIODS, _SAME_SPAN, "n"),
)
"""Takes what is in ``counted`` out of facts and totals."""

TAKE_OUT = (
    *TAKE_COUNTS_OUT,
    *_less(
        "asides",
        "entries = asides.entries - gone.entries",
        _GONE_ASIDES,
        "{table}.app = gone.app and {table}.day = gone.day and {table}.metric = gone.metric"
        " and {table}.reason = gone.reason",
        "entries",
    ),
)
"""Takes out of each table what the loading added to it, in the transaction of TAKEN_OUT.

Whatever else a report adds to when it is loaded has its statements here, too.
"""
