"""Step 11. Enters: the counts of new reports. Leaves: the one definition of a total, as SQL.

Every report is loaded once and whole, in one transaction with the place in the log. So how many
reports said something may simply be added up, and nothing that is kept has to tell which counts
came from the same report. The dialect is what DuckDB and PostgreSQL share.

The statements read ``arrived (app, metric, week, day, key, count, report)``, the counts of the new
reports, whose ``report`` lives as long as the transaction.
"""

from __future__ import annotations

SPANS = """
with spans as (
    select app, metric, 'week' as span, week as period, key, count, report from arrived
    union all
    select app, metric, 'day' as span, cast(day as varchar) as period, key, count, report
    from arrived where day is not null
)
"""

ADD_GROUPS = (
    "insert into group_totals (app, metric, span, period, key, count, n)"
    + SPANS
    + """
select app, metric, span, period, key, sum(count), count(distinct report)
from spans group by app, metric, span, period, key
on conflict (app, metric, span, period, key)
do update set count = group_totals.count + excluded.count, n = group_totals.n + excluded.n
"""
)
"""Adds to each group its sum, and how many reports it rests on."""

ADD_PERIODS = (
    "insert into period_totals (app, metric, span, period, n)"
    + SPANS
    + """
select app, metric, span, period, count(distinct report)
from spans group by app, metric, span, period
on conflict (app, metric, span, period)
do update set n = period_totals.n + excluded.n
"""
)
"""Adds to each metric and period how many reports said anything: one may be in several groups."""

ADD_FACTS = """
insert into facts (app, metric, period, key, count, reports)
select app, metric, coalesce(cast(day as varchar), week), key, count, count(*)
from arrived
group by app, metric, coalesce(cast(day as varchar), week), key, count
on conflict (app, metric, period, key, count)
do update set reports = facts.reports + excluded.reports
"""
"""Adds to each count how many reports had exactly it: all that is kept of a loaded report."""

TOTALS = """
create or replace view totals as
select g.app, g.metric, g.span, g.period, g.key, g.count, g.n, p.n as all_n
from group_totals g join period_totals p
    on p.app = g.app and p.metric = g.metric and p.span = g.span and p.period = g.period
"""
"""Joins a group with its period."""
