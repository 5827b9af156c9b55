"""Enters: what foreign clients said of a state. Leaves: what holds of each, as SQL.

A client that says the same every three hours is one install, and what it said last is what holds.
So of each sender and open week there is kept what it said: of a part of its state the newest
message, of what adds up the sum. A sender is a keyed hash here; its key is thrown away with the
week, and then these rows go as well. What is counted of a sender is taken out of the totals, and
put in again as it is now, in one transaction. The dialect is what DuckDB and PostgreSQL share.

What holds in a week is what was said last in it; what held on a day is what was said last on it, so
it is kept beside, by the same hash, and for a few days only. It adds to no total of a week: its
counts have no week (``aggregate``), and a number below 0 tells a sender of a day from one of a
week.

The statements read ``said (uuid, app, week, day, who, part, facts, sums, once, on_day, number)``,
messages that were not there before.
"""

from __future__ import annotations

TABLES = """
create table if not exists held (
    app varchar not null, week varchar not null, who uuid not null, part varchar not null,
    metric varchar not null, day date, key varchar not null, count bigint not null
);
"""
"""``part`` is empty where something adds up, which no message replaces."""

DAYS = """
create table if not exists held_days (
    app varchar not null, day date not null, who uuid not null, part varchar not null,
    metric varchar not null, key varchar not null, count bigint not null
);
"""

KEEP_IDS = """
insert into reports (app, id, week, received)
select app, uuid, week, day from said
"""

_EACH = """
select app, week, who, number, on_day, (fact).m as metric, (fact).d as day,
    coalesce((fact).k, '') as key, coalesce((fact).c, 1) as count
from (select app, week, who, number, on_day, unnest({facts}) as fact from said) as each
"""
_NO_WEEK = "cast(null as varchar)"
_OF_DAY = "day is null and on_day is not null"
_ALONE = " union all ".join(
    f"select * from ({_EACH.format(facts=facts)}) as {facts}"  # noqa: S608 ours
    for facts in ("facts", "sums", "once")
)
ALONE = f"""
select app, metric, week, day, key, count, number as report from ({_ALONE}) as every
where who is null
union all
select app, metric, {_NO_WEEK}, on_day, key, count, -number
from ({_EACH.format(facts="facts")}) as facts where who is null and {_OF_DAY}
"""  # noqa: S608 ours
"""What is said by nobody in particular: each message stands for itself."""

SENDERS = """
select app, week, who, row_number() over () as number
from (select distinct app, week, who from said where who is not null) as each
"""
"""Fills ``senders``: whose state is another one now."""

SPOKE = """
select app, day, who, row_number() over () as number
from (
    select distinct app, on_day as day, who from said where who is not null and on_day is not null
) as each
"""
"""Fills ``spoke``: who said of which day how things were."""

HELD = f"""
select h.app, h.metric, h.week, h.day, h.key, h.count, s.number as report
from held as h join senders as s on s.app = h.app and s.week = h.week and s.who = h.who
union all
select h.app, h.metric, {_NO_WEEK}, h.day, h.key, h.count, -s.number
from held_days as h join spoke as s on s.app = h.app and s.day = h.day and s.who = h.who
"""  # noqa: S608 ours
"""Fills ``arrived`` with all that is held of these."""

NEWEST = """
select app, week, who, part, max(number) as number
from said where who is not null group by app, week, who, part
"""
"""Fills ``newest``: the message that holds, of each part."""

NEWEST_OF_DAY = """
select app, on_day as day, who, part, max(number) as number
from said where who is not null and on_day is not null group by app, on_day, who, part
"""
"""Fills ``newest_of_day``: the message that held on a day, of each part."""

_SUMS = _EACH.format(facts="sums")
_ONCE = _EACH.format(facts="once")
SUMMED = f"""
select app, week, who, metric, day, key, cast(sum(count) as bigint) as count, true as adds
from ({_SUMS}) as sums where who is not null
group by app, week, who, metric, day, key
union all
select distinct app, week, who, metric, day, key, cast(1 as bigint), false
from ({_ONCE}) as once where who is not null
"""  # noqa: S608 ours
"""Fills ``summed``: what adds up, and what is there once however often it is said."""

_SAME = """held.app = s.app and held.week = s.week and held.who = s.who and held.part = ''
    and held.metric = s.metric and held.key = s.key and held.day is not distinct from s.day"""
CHANGE = (
    """
delete from held where exists (
    select 1 from newest as n
    where n.app = held.app and n.week = held.week and n.who = held.who and n.part = held.part
)
""",
    f"""
insert into held (app, week, who, part, metric, day, key, count)
select f.app, f.week, f.who, n.part, f.metric, f.day, f.key, f.count
from ({_EACH.format(facts="facts")}) as f join newest as n on n.number = f.number
""",  # noqa: S608 ours
    f"""
update held set count = held.count + s.count from summed as s where s.adds and {_SAME}
""",  # noqa: S608 ours
    f"""
insert into held (app, week, who, part, metric, day, key, count)
select s.app, s.week, s.who, '', s.metric, s.day, s.key, s.count from summed as s
where not exists (select 1 from held where {_SAME})
""",  # noqa: S608 ours
)
"""Lets the newest message of each part hold, and adds up what adds up."""

CHANGE_OF_DAY = (
    """
delete from held_days where exists (
    select 1 from newest_of_day as n where n.app = held_days.app and n.day = held_days.day
    and n.who = held_days.who and n.part = held_days.part
)
""",
    f"""
insert into held_days (app, day, who, part, metric, key, count)
select f.app, f.on_day, f.who, n.part, f.metric, f.key, f.count
from ({_EACH.format(facts="facts")}) as f join newest_of_day as n on n.number = f.number
where f.day is null
""",  # noqa: S608 ours
)
"""Lets the newest message of each part and day hold on that day."""

MORE_OF_DAY = f"""
insert into arrived (app, metric, week, day, key, count, report)
select app, (fact).m, {_NO_WEEK}, on_day, coalesce((fact).k, ''), coalesce((fact).c, 1), -number
from (
    select app, number, on_day, unnest(facts) as fact from more where on_day is not null
) as each
where (fact).d is null
"""  # noqa: S608 ours
"""Adds to ``arrived`` what came back of nobody in particular, on its day."""


def forget(before: str) -> str:
    """Give the statement that forgets who said what, of weeks before one; the totals stay.

    Example:
        >>> forget("2026-W45")
        "delete from held where week < '2026-W45'"
    """
    return f"delete from held where week < '{before}'"  # noqa: S608 ours


def forget_days(before: str) -> str:
    """Give the statement that forgets who said what on days before one; the totals stay.

    Example:
        >>> forget_days("2026-11-18")
        "delete from held_days where day < '2026-11-18'"
    """
    return f"delete from held_days where day < '{before}'"  # noqa: S608 ours
