"""Step 11. Enters: the counts of new reports. Leaves: the one definition of a total, as SQL.

Every report is loaded once and whole, in one transaction with the place in the log. So how many
reports said something may simply be added up, and nothing that is kept has to tell which counts
came from the same report. The dialect is what DuckDB and PostgreSQL share.

The statements read ``arrived (app, metric, week, day, key, count, report)``, the counts of the new
reports, whose ``report`` lives as long as the transaction, and ``grouped``, which the caller fills
with GROUPS.
"""

from __future__ import annotations

GROUPS = """
select app, metric, 'week' as span, week as period, key, cast(sum(count) as bigint) as count,
    count(distinct report) as n
from arrived group by app, metric, week, key
union all
select app, metric, 'day', cast(day as varchar), key, cast(sum(count) as bigint), count(report)
from arrived where day is not null group by app, metric, day, key
"""
"""What is added to each group. Of a day a report says each value once, so nothing is told apart."""

_SEVERAL = (
    "(select 1 from grouped as s where s.app = {0}.app and s.metric = {0}.metric and s.key <> '')"
)
PERIODS = f"""
select app, metric, span, period, n from grouped as g where not exists {_SEVERAL.format("g")}
union all
select app, metric, 'week', week, count(distinct report)
from arrived as a where exists {_SEVERAL.format("a")} group by app, metric, week
union all
select app, metric, 'day', cast(day as varchar), count(distinct report)
from arrived as a where day is not null and exists {_SEVERAL.format("a")}
group by app, metric, day
"""  # noqa: S608 ours
"""What is added to each period; reads GROUPS as ``grouped``.

Of a metric with one value alone, as many reports said it as said anything.
"""

ADD_GROUPS = """
insert into group_totals (app, metric, span, period, key, count, n)
select app, metric, span, period, key, count, n from grouped
on conflict (app, metric, span, period, key)
do update set count = group_totals.count + excluded.count, n = group_totals.n + excluded.n
"""
"""Adds to each group its sum, and how many reports it rests on."""

ADD_PERIODS = (
    "insert into period_totals (app, metric, span, period, n)"
    + PERIODS
    + """
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

ADD = (ADD_FACTS, ADD_GROUPS, ADD_PERIODS)

TOTALS = """
create or replace view totals as
select g.app, g.metric, g.span, g.period, g.key, g.count, g.n, p.n as all_n
from group_totals g join period_totals p
    on p.app = g.app and p.metric = g.metric and p.span = g.span and p.period = g.period
"""
"""Joins a group with its period."""
