"""Step 11. Enters: the counts of new reports. Leaves: the one definition of a total, as SQL.

Every report is loaded once and whole, in one transaction with the place in the log. So how many
reports said something may simply be added up, and nothing that is kept has to tell which counts
came from the same report. The dialect is what DuckDB and PostgreSQL share.

COUNTS reads ``arrived (app, metric, week, day, key, count, report)``, the counts of new reports,
whose ``report`` lives as long as the transaction. Everything else reads ``counted``, which is what
COUNTS gives, however the caller makes it. What has a day and no week is a state of that day, as
clients of others tell it (``held``): it is no part of a week's total, and of no count.
"""

from __future__ import annotations

COUNTS = """
select app, metric, week, day, key, count, count(*) as reports,
    count(*) filter (where of_key = 1) as n_key, count(*) filter (where of_week = 1) as n_week,
    count(*) filter (where of_day = 1) as n_day
from (
    select *, row_number() over (partition by report, metric, key) as of_key,
        row_number() over (partition by report, metric) as of_week,
        row_number() over (partition by report, metric, day) as of_day
    from arrived
) as each
group by app, metric, week, day, key, count
"""
"""How many reports had exactly each count, in few rows.

A report that says a metric on several days, or with several keys, must be counted once. So one of
its counts is its first of the metric and key, one its first of the metric, and one its first of the
metric on each day; ``n_key``, ``n_week`` and ``n_day`` are how many are, and may be added up.
"""

GROUPS = """
select app, metric, 'week' as span, week as period, key,
    cast(sum(count * reports) as bigint) as count, cast(sum(n_key) as bigint) as n
from counted where week is not null group by app, metric, week, key
union all
select app, metric, 'day', cast(day as varchar), key,
    cast(sum(count * reports) as bigint), cast(sum(reports) as bigint)
from counted where day is not null and week is not null group by app, metric, day, key
union all
select app, metric, 'state', cast(day as varchar), key,
    cast(sum(count * reports) as bigint), cast(sum(n_key) as bigint)
from counted where week is null group by app, metric, day, key
"""
"""What is added to each group. Of a day a report says each value once, so nothing is told apart."""

PERIODS = """
select app, metric, 'week' as span, week as period, cast(sum(n_week) as bigint) as n
from counted where week is not null group by app, metric, week
union all
select app, metric, 'day', cast(day as varchar), cast(sum(n_day) as bigint)
from counted where day is not null and week is not null group by app, metric, day
union all
select app, metric, 'state', cast(day as varchar), cast(sum(n_day) as bigint)
from counted where week is null group by app, metric, day
"""
"""What is added to each period: in how many reports anything was said of the metric."""

FACTS = """
select app, metric, coalesce(cast(day as varchar), week) as period, key, count,
    cast(sum(reports) as bigint) as reports
from counted where week is not null
group by app, metric, coalesce(cast(day as varchar), week), key, count
"""
"""What is added to each count: how many reports had exactly it."""

ADD_GROUPS = f"""
insert into group_totals (app, metric, span, period, key, count, n)
select app, metric, span, period, key, count, n from ({GROUPS}) as new
on conflict (app, metric, span, period, key)
do update set count = group_totals.count + excluded.count, n = group_totals.n + excluded.n
"""  # noqa: S608 ours
"""Adds to each group its sum, and how many reports it rests on."""

ADD_PERIODS = f"""
insert into period_totals (app, metric, span, period, n)
select app, metric, span, period, n from ({PERIODS}) as new
on conflict (app, metric, span, period)
do update set n = period_totals.n + excluded.n
"""  # noqa: S608 ours
"""Adds to each metric and period how many reports said anything: one may be in several groups."""

ADD_FACTS = f"""
insert into facts (app, metric, period, key, count, reports)
select app, metric, period, key, count, reports from ({FACTS}) as new
on conflict (app, metric, period, key, count)
do update set reports = facts.reports + excluded.reports
"""  # noqa: S608 ours
"""Adds to each count how many reports had exactly it: all that is kept of a loaded report."""

ADD = (ADD_FACTS, ADD_GROUPS, ADD_PERIODS)

TOTALS = """
create or replace view totals as
select g.app, g.metric, g.span, g.period, g.key, g.count, g.n, p.n as all_n
from group_totals g join period_totals p
    on p.app = g.app and p.metric = g.metric and p.span = g.span and p.period = g.period
"""
"""Joins a group with its period."""

TOTALS_WITH_STATES = """
create or replace view totals as
select g.app, g.metric, case when g.span = 'state' then 'day' else g.span end as span, g.period,
    g.key, g.count, g.n, p.n as all_n
from group_totals g join period_totals p
    on p.app = g.app and p.metric = g.metric and p.span = g.span and p.period = g.period
"""
"""The same, since there are days of states: they are days, and kept apart because they grow old."""
