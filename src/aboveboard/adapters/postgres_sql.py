"""Enters: the tables and statements of the facts. Leaves: what of them PostgreSQL says its own way.

Everything else is shared with DuckDB: ``analysis/aggregate.py``, and what ``duckdb_sql`` holds
besides reading the log.
"""

from __future__ import annotations

from aboveboard.adapters import duckdb_keeping, duckdb_sql
from aboveboard.analysis import aggregate, aging, taking_back

SCHEMA_NAME = "aboveboard"
READER = "aboveboard_reader"
"""The role of people's own queries: it may read the tables of this schema, and nothing else."""


def _text(shared: str) -> str:
    """Let texts be compared byte by byte, as DuckDB does, whatever the database's language is."""
    return shared.replace("varchar", 'varchar collate "C"')


STEPS = (
    (
        _text(duckdb_sql.SCHEMA),
        "create unique index reports_once on reports (app, id)",
        aggregate.TOTALS,
        "create table whose (folder varchar not null)",
        _text(taking_back.TABLES),
        _text(duckdb_keeping.SCHEMA),
        # The server keeps examples of a column's values; of these they would outlive their row.
        "alter table quarantine alter column entries set statistics 0",
        _text(aging.TABLES),
    ),
)

MAKE_SCHEMA = f"create schema if not exists {SCHEMA_NAME}"
LOCK = "select pg_advisory_xact_lock(hashtext('aboveboard'))"
"""Lets two programs that start at once bring the tables up one after the other."""

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

PREPARE_LOADING = _text("""
set work_mem = '64MB';
create temp table part (
    line varchar, number bigint generated always as identity
) on commit delete rows;
create temp table again (app varchar, id uuid) on commit delete rows;
create temp table fact_form (m varchar, d date, k varchar, c bigint);
create temp table aside_form (m varchar, r varchar, e varchar);
create temp table had_form (m varchar, k varchar);
create temp table record_form (
    id uuid, app varchar, week varchar, day date, facts fact_form[], aside aside_form[], w varchar,
    wire varchar
);
create temp table any_form (
    kind varchar, id uuid, app varchar, week varchar, day date, facts fact_form[],
    aside aside_form[], back aside_form[], stay aside_form[], had had_form[], wire varchar,
    reason varchar, body varchar, m varchar, r varchar
);
create temp table stage (
    app varchar, uuid uuid, week varchar, day date, facts fact_form[], aside aside_form[],
    w varchar, wire varchar, number bigint, stay aside_form[], had had_form[]
) on commit delete rows;
create temp table other (like any_form, number bigint) on commit delete rows;
create temp table more (like other) on commit delete rows;
create temp table waits (
    app varchar, day date, wire varchar, metric varchar, reason varchar, week varchar,
    entry varchar, report bigint
) on commit delete rows;
create temp table ends (like waits) on commit delete rows;
create temp table had (metric varchar, key varchar, report bigint) on commit delete rows;
create temp table drops (
    app varchar, metric varchar, reason varchar, day date
) on commit delete rows;
create temp table arrived (
    app varchar, metric varchar, week varchar, day date, key varchar, count bigint, report bigint
) on commit delete rows;
create temp table grouped (
    app varchar, metric varchar, span varchar, period varchar, key varchar, count bigint, n bigint
) on commit delete rows;
""")
"""The forms of a record and the tables of one load; the loader's connection keeps them, empty."""

COPY = r"copy part (line) from stdin (format csv, quote e'\x01', delimiter e'\x02')"
"""Takes lines as they are: neither of the two characters can stand in JSON."""

_READ = r"""
with read as (
    select record.*, number
    from part, json_populate_record(null::{form}, replace(line, '\u0000', '\ufffd')::json)
        as record
)
"""
_READ_REPORTS = _READ.format(form="record_form")
_READ_ANY = _READ.format(form="any_form")
STAGE = f"""{_READ_REPORTS}, once as (
    select distinct on (app, id) * from read order by app, id, number
)
insert into stage (app, uuid, week, day, facts, aside, w, wire, number)
select app, id, week, day, facts, aside, w, wire, number
from once where not exists (
    select from reports r where r.app = once.app and r.id = once.id
)
"""  # noqa: S608 ours
"""Reads a part of the log; leaves out each report that is there already.

Of two in the part the first counts, which is the first in the log as well: it is found again.
PostgreSQL's texts cannot hold a zero character; it becomes the mark of one that cannot be shown.
"""

STAGE_AGAIN = f"""{_READ_ANY}
insert into stage (app, uuid, week, day, facts, aside, wire, number, stay, had)
select app, id, week, day, facts, aside, wire, number, stay, had from read
"""  # noqa: S608 ours
"""Reads records that were loaded, so that their counts can be taken out."""

OTHER = f"{_READ_ANY} insert into other select * from read"  # noqa: S608 ours
"""Reads records that are no reports."""

AGAIN = f"{_READ_REPORTS} insert into again select app, id from read"  # noqa: S608 ours
"""Reads whose the records are."""

GROUPED = f"insert into grouped {aggregate.GROUPS}"

ARRIVED = f"insert into arrived {duckdb_sql.SELECT_ARRIVED}"

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
