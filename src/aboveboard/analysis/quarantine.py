"""Enters: what was set aside, what came back. Leaves: the one definition of the quarantine, as SQL.

A row is what one report said of one metric, for one reason: the entries as one JSON array. Reports
that said exactly the same share a row, and ``reports`` tells how many they are; no row tells which.
So a report's rows are found by their values alone, by whoever still has the report. The dialect is
what DuckDB and PostgreSQL share.

The statements read what the caller has made of the log:

- ``waits (app, day, wire, metric, reason, week, entry, report)``: entries that begin to wait.
- ``ends (…)``, the same columns: entries that no longer do; what one report says of one metric and
  reason must be there whole, or its row is not found.
- ``arrived`` and ``had (metric, key, report)``: what came back, and what the same reports had said.
"""

from __future__ import annotations

_ROWS = """
select app, day, wire, metric, reason, week, entries, md5(entries) as mark, count(*) as reports
from (
    select app, day, wire, metric, reason, week, report,
        '[' || string_agg(entry, ',' order by entry) || ']' as entries
    from {entries}
    where entry is not null
    group by app, day, wire, metric, reason, week, report
) as told
group by app, day, wire, metric, reason, week, entries
"""

ADD = (
    """
insert into quarantine (app, day, wire, metric, reason, week, entries, mark, reports)
select * from ("""  # noqa: S608 ours
    + _ROWS.format(entries="waits")
    + """) as rows
where not exists (
    select 1 from dropped as d
    where d.app = rows.app and d.metric = rows.metric and d.reason = rows.reason
    and d.day >= rows.day
)
on conflict (app, day, wire, metric, reason, week, mark)
do update set reports = quarantine.reports + excluded.reports
"""
)
"""Lets entries wait, but for those that need not: see ``dropped``."""

_SAME = """
    where gone.app = quarantine.app and gone.day = quarantine.day and gone.wire = quarantine.wire
    and gone.metric = quarantine.metric and gone.reason = quarantine.reason
    and gone.week = quarantine.week and gone.mark = quarantine.mark
"""

SUBTRACT = (
    "update quarantine set reports = quarantine.reports - gone.reports from ("  # noqa: S608 ours
    + _ROWS.format(entries="ends")
    + ") as gone"
    + _SAME,
    "delete from quarantine where reports <= 0",
)
"""Takes the rows of reports away: each is found by its values, and goes with its last report."""

DROP = (
    """
insert into dropped (app, metric, reason, day)
select app, metric, reason, max(day) from drops group by app, metric, reason
on conflict (app, metric, reason)
do update set day = case when excluded.day > dropped.day then excluded.day else dropped.day end
""",
    """
insert into let_go (app, what, number)
select q.app, 'dropped', sum(q.reports) from quarantine as q join dropped as d
on d.app = q.app and d.metric = q.metric and d.reason = q.reason and d.day >= q.day
group by q.app
on conflict (app, what) do update set number = let_go.number + excluded.number
""",
    """
delete from quarantine where exists (
    select 1 from dropped as d
    where d.app = quarantine.app and d.metric = quarantine.metric
    and d.reason = quarantine.reason and d.day >= quarantine.day
)
""",
)
"""Reads ``drops (app, metric, reason, day)``: what of them arrived until that day waits no more."""

_TWICE = (
    """
update group_totals set n = group_totals.n {sign} twice.n from (
    select a.app, a.metric, a.week, a.key, count(distinct a.report) as n
    from arrived as a join had on had.report = a.report
    and had.metric = a.metric and had.key = a.key
    group by a.app, a.metric, a.week, a.key
) as twice
where group_totals.app = twice.app and group_totals.metric = twice.metric
and group_totals.span = 'week' and group_totals.period = twice.week
and group_totals.key = twice.key
""",
    """
update period_totals set n = period_totals.n {sign} twice.n from (
    select a.app, a.metric, a.week, count(distinct a.report) as n
    from arrived as a join had on had.report = a.report and had.metric = a.metric
    group by a.app, a.metric, a.week
) as twice
where period_totals.app = twice.app and period_totals.metric = twice.metric
and period_totals.span = 'week' and period_totals.period = twice.week
""",
)
COUNT_ONCE = tuple(statement.format(sign="-") for statement in _TWICE)
"""After what came back was added like a report of its own: a report that had said something of the
metric in that week is counted once. Of a day it said nothing before, or it would not come back."""
COUNT_TWICE = tuple(statement.format(sign="+") for statement in _TWICE)
"""The same the other way round, before what came back is taken out like a report of its own."""

CROWDED = "select app from quarantine group by app having count(*) > $1"

_CONFLICT = " on conflict (app, what) do update set number = let_go.number + excluded.number"
_PLACE = "app, day, wire, metric, reason, week, mark"


def trim(most: int) -> tuple[str, str]:
    """Give the statements that leave each app its newest rows, so many of them."""
    old = f"""
select * from (
    select *, row_number() over (partition by app order by day desc, {_PLACE}) as place
    from quarantine
) as each where place > {most}
"""  # noqa: S608 ours
    return _let_go("full", old)


def age(before: str) -> tuple[str, str]:
    """Give the statements that let the rows of the days before one go."""
    return _let_go("old", f"select * from quarantine where day < '{before}'")  # noqa: S608 ours


def _let_go(what: str, old: str) -> tuple[str, str]:
    return (
        "insert into let_go (app, what, number)"  # noqa: S608 ours
        f" select app, '{what}', sum(reports) from ({old}) as gone group by app" + _CONFLICT,
        f"delete from quarantine where ({_PLACE}) in (select {_PLACE} from ({old}) as gone)",  # noqa: S608 ours
    )


WAITING = """
select app, metric, reason, wire, min(day) as since, max(day) as until,
    cast(sum(reports) as bigint) as reports
from quarantine {where} group by app, metric, reason, wire order by app, metric, reason, wire
"""
"""What waits, for people; ``where`` is made by ``where()``."""

ROWS = """
select app, metric, reason, wire, day, week, reports, entries
from quarantine {where} order by app, metric, reason, day desc, week, entries
"""
"""The rows themselves."""


def where(app: str = "", metric: str | None = None, reason: str = "") -> str:
    """Give the condition for some rows.

    Args:
        app: of this app; ``""`` for all.
        metric: of this metric, ``""`` for bodies that nobody could read; None for all.
        reason: with this reason; ``""`` for all.

    Example:
        >>> where("editor", "file.opened")
        "where app = 'editor' and metric = 'file.opened'"
        >>> where()
        ''
    """
    wanted = {"app": app or None, "metric": metric, "reason": reason or None}
    named = [f"{name} = {_text(value)}" for name, value in wanted.items() if value is not None]
    return f"where {' and '.join(named)}" if named else ""


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
