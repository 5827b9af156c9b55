"""Enters: nothing. Leaves: what DuckDB alone says its own way: it reads records, and is shut in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.adapters import facts_keeping, facts_sql
from aboveboard.adapters.facts_engine import gather_in_steps
from aboveboard.analysis import aggregate, aging, held, taking_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

STEPS = (
    (
        facts_sql.SCHEMA,
        aggregate.TOTALS,
        taking_back.TABLES,
        facts_keeping.SCHEMA,
        aging.TABLES,
    ),
    (held.TABLES,),
    (held.DAYS, aggregate.TOTALS_WITH_STATES),
)
"""What brings the tables of each version to the next (``facts_schema``)."""

_FACTS = "struct(m varchar, d date, k varchar, c bigint)[]"
_TABLES = "struct(m varchar, d date, k varchar[], c bigint[])[]"
_ASIDE = "struct(m varchar, r varchar, e varchar)[]"
_HAS = "struct(m varchar, k varchar)[]"
_REPORT = f"""{{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date', 'facts': '{_FACTS}',
    'tables': '{_TABLES}', 'aside': '{_ASIDE}', 'w': 'varchar', 'wire': 'varchar'
}}"""
_ANY = f"""{{
    'kind': 'varchar', 'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date',
    'facts': '{_FACTS}', 'tables': '{_TABLES}', 'aside': '{_ASIDE}', 'back': '{_ASIDE}',
    'stay': '{_ASIDE}', 'had': '{_HAS}', 'wire': 'varchar', 'reason': 'varchar',
    'body': 'varchar', 'm': 'varchar', 'r': 'varchar', 'on_day': 'date'
}}"""
_SAID = f"""{{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date', 'who': 'uuid',
    'part': 'varchar', 'facts': '{_FACTS}', 'sums': '{_FACTS}', 'once': '{_FACTS}',
    'aside': '{_ASIDE}', 'wire': 'varchar', 'on_day': 'date'
}}"""
_AGAIN = "{'id': 'uuid', 'app': 'varchar'}"
_READS = {
    "stage": ("*, id as uuid, row_number() over () as number", _REPORT),
    "other": ("*, id as uuid, row_number() over () as number", _ANY),
    "said": ("*, id as uuid, row_number() over () as number", _SAID),
    "again": ("app, id", _AGAIN),
}
"""What becomes of the records in each table, and what they hold."""
LONG = 32 * 1024
"""With more bytes, the counts of a report are too many to compare each with all others."""
_COUNTED = """
select app, metric, week, day, key, count, reports, n_key, n_week, n_day
from {} where what = 'counted'
"""
_LISTED = f"""{{
    'id': 'uuid', 'app': 'varchar', 'week': 'varchar', 'day': 'date',
    'facts': '{_FACTS.replace("d date", "d varchar")}', 'tables': '{_TABLES}', 'aside': '{_ASIDE}',
    'w': 'varchar', 'wire': 'varchar'
}}"""
"""A day is a text until it is counted: there are far fewer of them then."""
_FIRST = (
    "coalesce(unnest(list_transform({0}, lambda each, place: list_position({0}, each) = place)),"
    " true)"
)
_GATHER = f"""
with record as materialized (
    select *, id as uuid, row_number() over () as number from {{records}}
),
marked as (
    select app, week, facts, weeks, len(
        list_filter(weeks, lambda each, place: list_position(weeks, each) <> place)
    ) > 0 as repeats
    from (
        select app, week, facts, list_transform(facts, lambda fact: hash(fact.m)) as weeks
        from record
    ) as each
),
compared as (
    select app, week, facts, case when repeats then weeks end as weeks,
        case when repeats then list_transform(
            facts, lambda fact: hash(fact.m, coalesce(fact.k, ''))
        ) end as keys,
        case when repeats then list_transform(
            facts, lambda fact: hash(fact.m, cast(fact.d as date))
        ) end as days
    from marked
),
fact as (
    select app, week, unnest(facts) as fact, {_FIRST.format("keys")} as of_key,
        {_FIRST.format("weeks")} as of_week, {_FIRST.format("days")} as of_day
    from compared
),
named as (
    select app, week, tables, list_transform(tables, lambda each: each.m) as names
    from record where len(tables) > 0
),
told as (
    select app, week, tables, unnest(tables) as said, unnest(
        list_transform(names, lambda each, place: list_position(names, each) = place)
    ) as is_first, unnest(range(len(names))) as place
    from named
),
listed as (
    select app, week, said, is_first, case when not is_first then flatten(list_transform(
        list_filter(tables, lambda each, nth: nth <= place and each.m = said.m),
        lambda each: each.k
    )) end as before
    from told
),
keyed as (
    select app, week, said.m as metric, cast(said.d as varchar) as day, unnest(said.k) as key,
        unnest(said.c) as count, is_first, before, unnest(range(len(said.k))) = 0 as leads
    from listed
),
arrived as (
    select app, fact.m as metric, week, fact.d as day, coalesce(fact.k, '') as key,
        coalesce(fact.c, 1) as count, of_key, of_week, of_day
    from fact
    union all
    select app, metric, week, day, key, count, is_first or not list_contains(before, key),
        is_first and leads, leads
    from keyed
),
counted as (
    select app, metric, week, day, key, count, count(*) as reports,
        count(*) filter (of_key) as n_key, count(*) filter (of_week) as n_week,
        count(*) filter (of_day) as n_day
    from arrived group by all
)
select 'stage' as what, app, uuid, week, day, w, wire, aside, number from record
union all by name
select 'counted' as what, * replace (cast(day as date) as day) from counted
"""  # noqa: S608 ours
"""Reads reports and makes ``counted`` of them as ``aggregate.COUNTS`` does, in one statement.

To keep the facts between two costs as much as to read them, and to tell reports apart by a table of
all pairs costs more. So the first of its kind is found among the few of one report. Of ``facts`` it
is by hashes of 64 bits: two would have to be equal within a report for it to be counted once too
rarely; and most reports say a metric once, so that each of their facts is the first of all kinds.
Of ``tables`` the first of a metric is the first with all of its keys, and only the keys of others
are looked for in those before them.
"""
_KNOWN = "select app, id from reports where id in (select uuid from {records})"
"""Finds the ids that are there already, in one pass over all ids.

The engine makes a filter of the few that it looks for. It does so for one column alone; with the
app beside it, each id of the table is looked up.
"""
_LEAVE_OUT = facts_sql.LEAVE_OUT_REPEATED.replace("from reports as r", "from known as r")
_LESS = """
select app, metric, week, day, key, count, cast(sum(reports) as bigint) as reports,
    cast(sum(n_key) as bigint) as n_key, cast(sum(n_week) as bigint) as n_week,
    cast(sum(n_day) as bigint) as n_day
from (
    select * from counted
    union all
    select app, metric, week, day, key, count, -reports, -n_key, -n_week, -n_day
    from repeated where what = 'counted'
) as each
group by app, metric, week, day, key, count having sum(reports) > 0
"""
"""Takes what was repeated out of ``counted``: what one report adds does not rest on the others."""


class DuckdbEngine:
    """The engine of one connection.

    Args:
        connection: to the tables.
        file: holds the records while they are read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        self._connection = connection
        self._file = file

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        return self._connection.execute(statement, values).fetchall()

    def fill(self, table: str, select: str) -> None:
        """Make a temporary table anew."""
        self._connection.execute(f"create or replace temp table {table} as {select}")

    def gather(self, reports: Sequence[bytes]) -> Sequence[bytes]:
        """Make temporary tables of new reports and their counts, all of one reading.

        Most parts have no report that is there already, or few. So all are counted, and then those
        are taken out again: to leave them out before, all would have to be kept until they are
        known.
        """
        if max(map(len, reports), default=0) > LONG:
            return gather_in_steps(self, reports)
        self._gather("stage", reports)
        self.fill("counted", _COUNTED.format("stage"))
        self.run("delete from stage where what <> 'stage'")
        gone = self.leave_out_repeated("stage")
        repeated = [reports[number - 1] for number in gone]
        if len(repeated) * 2 > len(reports):
            self._gather("new", [each for n, each in enumerate(reports, 1) if n not in gone])
            self.fill("counted", _COUNTED.format("new"))
        elif repeated:
            self._gather("repeated", repeated)
            self.fill("counted", _LESS)
        return repeated

    def leave_out_repeated(self, table: str) -> set[int]:
        """Delete the records that are there already, and tell which they were."""
        self.fill("known", _KNOWN.format(records=table))
        return {number for (number,) in self.run(_LEAVE_OUT.format(records=table))}

    def _gather(self, table: str, reports: Sequence[bytes]) -> None:
        self.fill(table, _GATHER.format(records=self._records(reports, _LISTED)))

    def read(self, table: str, records: Sequence[bytes]) -> None:
        """Make a temporary table of records."""
        what, columns = _READS[table]
        self.fill(table, f"select {what} from {self._records(records, columns)}")  # noqa: S608 ours

    def _records(self, records: Sequence[bytes], columns: str) -> str:
        """Write records aside; DuckDB reads them itself."""
        self._file.write_bytes(b"\n".join([*records, b""]))
        place = str(self._file).replace("'", "''")
        return f"read_json('{place}', format = 'newline_delimited', columns = {columns})"


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
