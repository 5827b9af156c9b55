"""Enters: what foreign clients said of a state. Leaves: what holds of each in its week, as SQL.

A client that says the same every three hours is one install, and what it said last is what holds.
So of each sender and open week there is kept what it said: of a part of its state the newest
message, of what adds up the sum. A sender is a keyed hash here; its key is thrown away with the
week, and then these rows go as well. What is counted of a sender is taken out of the totals, and
put in again as it is now, in one transaction. The dialect is what DuckDB and PostgreSQL share.

The statements read ``said (uuid, app, week, day, who, part, facts, sums, once, number)``, messages
that were not there before.
"""

from __future__ import annotations

TABLES = """
create table if not exists held (
    app varchar not null, week varchar not null, who uuid not null, part varchar not null,
    metric varchar not null, day date, key varchar not null, count bigint not null
);
"""
"""``part`` is empty where something adds up, which no message replaces."""

KEEP_IDS = """
insert into reports (app, id, week, received)
select app, uuid, week, day from said
"""

_EACH = """
select app, week, who, number, (fact).m as metric, (fact).d as day,
    coalesce((fact).k, '') as key, coalesce((fact).c, 1) as count
from (select app, week, who, number, unnest({facts}) as fact from said) as each
"""
_ALONE = " union all ".join(
    f"select * from ({_EACH.format(facts=facts)}) as {facts}"  # noqa: S608 ours
    for facts in ("facts", "sums", "once")
)
ALONE = f"""
select app, metric, week, day, key, count, number as report from ({_ALONE}) as every
where who is null
"""  # noqa: S608 ours
"""What is said by nobody in particular: each message stands for itself."""

SENDERS = """
select app, week, who, row_number() over () as number
from (select distinct app, week, who from said where who is not null) as each
"""
"""Fills ``senders``: whose state is another one now."""

HELD = """
select h.app, h.metric, h.week, h.day, h.key, h.count, s.number as report
from held as h join senders as s on s.app = h.app and s.week = h.week and s.who = h.who
"""
"""Fills ``arrived`` with all that is held of these."""

NEWEST = """
select app, week, who, part, max(number) as number
from said where who is not null group by app, week, who, part
"""
"""Fills ``newest``: the message that holds, of each part."""

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


def forget(before: str) -> str:
    """Give the statement that forgets who said what, of weeks before one; the totals stay.

    Example:
        >>> forget("2026-W45")
        "delete from held where week < '2026-W45'"
    """
    return f"delete from held where week < '{before}'"  # noqa: S608 ours
