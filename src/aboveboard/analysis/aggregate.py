"""Step 11. Enters: tables of facts. Leaves: the one definition of a total, as SQL.

A total is computed from all facts of its period, never by adding to an earlier total: loading the
same part twice, or late, cannot make it wrong. The dialect is what DuckDB and PostgreSQL share.
"""

from __future__ import annotations

TOTALS_OF_TOUCHED_WEEKS = """
insert into totals (app, metric, span, period, key, count, n, all_n)
with touched_facts as (
    select f.* from facts f join touched t on t.app = f.app and t.week = f.week
), spans as (
    select app, metric, 'week' as span, week as period, key, count, report from touched_facts
    union all
    select app, metric, 'day' as span, cast(day as varchar) as period, key, count, report
    from touched_facts where day is not null
), whole as (
    select app, metric, span, period, count(distinct report) as all_n
    from spans group by app, metric, span, period
), parts as (
    select app, metric, span, period, key, sum(count) as count, count(distinct report) as n
    from spans group by app, metric, span, period, key
)
select p.app, p.metric, p.span, p.period, p.key, p.count, p.n, w.all_n
from parts p join whole w
    on w.app = p.app and w.metric = p.metric and w.span = p.span and w.period = p.period
"""
"""Fills ``totals`` for every (app, week) in ``touched``; the caller deletes the old ones first."""

FORGET_TOUCHED_WEEKS = """
delete from totals where exists (
    select 1 from touched t join periods p on p.week = t.week
    where t.app = totals.app and p.period = totals.period
)
"""
"""Deletes the totals of every (app, week) in ``touched``; ``periods`` names a week's periods."""
