"""Enters: the tables and statements of the facts. Leaves: what of them PostgreSQL says its own way.

Everything else is shared with DuckDB: what ``analysis/`` defines, and the modules ``facts_…`` here.
"""

from __future__ import annotations

import re

from aboveboard.adapters import facts_keeping, facts_sql
from aboveboard.analysis import aggregate, aging, held, taking_back

SCHEMA_NAME = "aboveboard"
_VARCHAR = re.compile(r"varchar(\[\])?")
READER = "aboveboard_reader"
"""The role of people's own queries: it may read the tables of this schema, and nothing else."""


def _text(shared: str) -> str:
    """Let texts be compared byte by byte, as DuckDB does, whatever the database's language is."""
    return _VARCHAR.sub(r'\g<0> collate "C"', shared)


STEPS = (
    (
        _text(facts_sql.SCHEMA),
        "create unique index reports_once on reports (app, id)",
        aggregate.TOTALS,
        _text(taking_back.TABLES),
        _text(facts_keeping.SCHEMA),
        # The server keeps examples of a column's values; of these they would outlive their row.
        "alter table quarantine alter column entries set statistics 0",
        _text(aging.TABLES),
        "create table whose (folder varchar not null)",
    ),
    (_text(held.TABLES), "create index held_by on held (app, week, who)"),
    (
        _text(held.DAYS),
        "create index held_days_by on held_days (app, day, who)",
        aggregate.TOTALS_WITH_STATES,
    ),
)

MAKE_SCHEMA = f"create schema if not exists {SCHEMA_NAME}"
LOCK = "select pg_advisory_xact_lock(hashtext('aboveboard'))"
"""Lets two programs that start at once bring the tables up one after the other."""

SIZE = f"""
select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class
where relnamespace = '{SCHEMA_NAME}'::regnamespace and relkind = 'r'
"""  # noqa: S608 ours

MAY_MAKE_READER = """
select not exists (select from pg_roles where rolname = $1)
   and (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)
"""
MAKE_READER = f"create role {READER} nologin; grant {READER} to current_user"

LET_READ = f"""
grant usage on schema {SCHEMA_NAME} to {READER};
grant select on all tables in schema {SCHEMA_NAME} to {READER}
"""
BECOME_READER = f"set local role {READER}"

READ_ONLY = "set transaction isolation level repeatable read, read only"

_RECORD = """
    id uuid, app varchar, week varchar, day date, facts fact_form[],
    tables table_form[], aside aside_form[], back aside_form[], stay aside_form[], had had_form[],
    w varchar, wire varchar, kind varchar, reason varchar, body varchar, m varchar, r varchar,
    who uuid, part varchar, sums fact_form[], once fact_form[], on_day date
"""
_ENTRIES = """
    app varchar, day date, wire varchar, metric varchar, reason varchar, week varchar,
    entry varchar, report bigint
"""
_TABLES = {
    "part": "number bigint generated always as identity, line varchar",
    "stage": f"{_RECORD}, uuid uuid, number bigint",
    "other": f"{_RECORD}, uuid uuid, number bigint",
    "said": f"{_RECORD}, uuid uuid, number bigint",
    "more": f"{_RECORD}, uuid uuid, number bigint",
    "again": "app varchar, id uuid",
    "arrived": "app varchar, metric varchar, week varchar, day date, key varchar, count bigint,"
    " report bigint",
    "counted": "app varchar, metric varchar, week varchar, day date, key varchar, count bigint,"
    " reports bigint, n_key bigint, n_week bigint, n_day bigint",
    "had": "metric varchar, key varchar, report bigint",
    "waits": _ENTRIES,
    "ends": _ENTRIES,
    "senders": "app varchar, week varchar, who uuid, number bigint",
    "newest": "app varchar, week varchar, who uuid, part varchar, number bigint",
    "spoke": "app varchar, day date, who uuid, number bigint",
    "newest_of_day": "app varchar, day date, who uuid, part varchar, number bigint",
    "summed": "app varchar, week varchar, who uuid, metric varchar, day date, key varchar,"
    " count bigint, adds boolean",
    "drops": "app varchar, metric varchar, reason varchar, day date",
}
_FORMS = {
    "fact_form": "m varchar, d date, k varchar, c bigint",
    "table_form": "m varchar, d date, k varchar[], c bigint[]",
    "aside_form": "m varchar, r varchar, e varchar",
    "had_form": "m varchar, k varchar",
    "record_form": _RECORD,
}
PREPARE_LOADING = _text(
    "set work_mem = '64MB';"
    + "".join(f"create temp table {name} ({columns});" for name, columns in _FORMS.items())
    + "".join(
        f"create temp table {name} ({columns}) on commit delete rows;"
        for name, columns in _TABLES.items()
    )
)
"""The forms of a record and the tables of one load; the loader's connection keeps them, empty."""

COPY = r"copy part (line) from stdin (format csv, quote e'\x01', delimiter e'\x02')"
"""Takes lines as they are: neither of the two characters can stand in JSON."""

_READ = r"""
select {what}
from part, json_populate_record(null::record_form, replace(line, '\u0000', '\ufffd')::json)
    as record
"""
READS = {
    "stage": _READ.format(what="record.*, id as uuid, number"),
    "other": _READ.format(what="record.*, id as uuid, number"),
    "said": _READ.format(what="record.*, id as uuid, number"),
    "again": _READ.format(what="app, id"),
}
"""Reads the records that were copied in.

PostgreSQL's texts cannot hold a zero character; it becomes the mark of one that cannot be shown.
"""

INDEXES = """
select i.indrelid::regclass::text, c.relname from pg_index as i join pg_class as c
on c.oid = i.indexrelid
where (i.indisunique or c.relname in ('held_by', 'held_days_by'))
    and c.relnamespace = current_schema()::regnamespace order by 1
"""
"""Each table, with an index that has an order of its rows by their values."""

WAIT_FOR_READERS = "set lock_timeout = '60s'"
"""Nobody's query may take longer than half of that."""

VOLATILE = """
select min(proname) from pg_proc
where lower(proname) = any($1) and proname <> all($2)
  and (provolatile = 'v' or pronamespace <> all(
      array['pg_catalog'::regnamespace, 'information_schema'::regnamespace]))
"""
"""Finds a function that may do more than read, by the words of a query."""

HARMLESS = [
    "bernoulli",
    "clock_timestamp",
    "current_query",
    "gen_random_uuid",
    "pg_column_size",
    "pg_database_size",
    "pg_indexes_size",
    "pg_relation_size",
    "pg_table_size",
    "pg_total_relation_size",
    "random",
    "random_normal",
    "system",
    "timeofday",
    "uuidv4",
    "uuidv7",
]
"""Their answers change from call to call, and that is all."""
