from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
import pytest

from aboveboard.adapters import duckdb_sql, facts_schema, facts_sql, postgres_sql
from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.adapters.facts_schema import Ask
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.errors import FactsError
from aboveboard.model.total import Total
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.ports.keeping import Tables

FIRST = ("create table first (a bigint)",)
SECOND = ("create table second (a bigint)", "insert into second values (7)")


@pytest.fixture(params=["duckdb", "postgres"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ask]:
    if request.param == "duckdb":
        with duckdb.connect() as database:
            yield lambda statement: database.execute(statement).fetchall()
        return
    url: str = request.getfixturevalue("postgres")(tmp_path)
    with psycopg.connect(url) as connection:
        connection.execute("create schema aboveboard; set search_path = aboveboard")

        def run(statement: str) -> list[tuple[object, ...]]:
            cursor = psycopg.RawCursor(connection).execute(statement)
            return cursor.fetchall() if cursor.description else []

        yield run


def test_an_empty_database_goes_through_every_step(ask: Ask) -> None:
    assert facts_schema.version(ask) == 0
    facts_schema.upgrade(ask, [FIRST, SECOND])
    assert facts_schema.version(ask) == 2
    assert ask("select a from second") == [(7,)]


def test_an_older_database_goes_through_the_steps_that_it_has_not_seen(ask: Ask) -> None:
    facts_schema.upgrade(ask, [FIRST])
    ask("insert into first values (1)")
    facts_schema.upgrade(ask, [FIRST, SECOND])
    facts_schema.upgrade(ask, [FIRST, SECOND])
    assert ask("select a from first") == [(1,)]
    assert ask("select a from second") == [(7,)]


def test_a_newer_database_is_refused(ask: Ask) -> None:
    facts_schema.upgrade(ask, [FIRST, SECOND])
    with pytest.raises(FactsError, match="of version 2, and this Aboveboard knows none after 1"):
        facts_schema.upgrade(ask, [FIRST])


def test_both_engines_are_brought_through_as_many_steps() -> None:
    assert len(duckdb_sql.STEPS) == len(postgres_sql.STEPS)


def test_both_engines_have_the_same_columns(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    columns = (
        "select table_name, column_name from information_schema.columns"
        " where table_schema = current_schema() and table_name <> 'whose'"
        " order by table_name, ordinal_position"
    )
    with (
        closing(DuckdbFacts(tmp_path)) as here,
        closing(PostgresFacts(postgres(tmp_path))) as there,
    ):
        assert here.query(columns, 999) == there.query(columns, 999)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_file_is_refused_and_let_go_of(read_only: bool, tmp_path: Path) -> None:  # noqa: FBT001 parametrised
    DuckdbFacts(tmp_path).close()
    with duckdb.connect(str(tmp_path / FILE)) as database:
        database.execute("insert into schema_version values (999)")
    with pytest.raises(FactsError, match="of version 999"):
        DuckdbFacts(tmp_path, read_only=read_only)
    with duckdb.connect(str(tmp_path / FILE)) as database:
        assert database.execute("select max(version) from schema_version").fetchall() == [(999,)]


def test_a_newer_postgresql_is_refused(postgres: Callable[[Path], str], tmp_path: Path) -> None:
    PostgresFacts(postgres(tmp_path)).close()
    with psycopg.connect(postgres(tmp_path), autocommit=True) as connection:
        connection.execute("insert into aboveboard.schema_version values (999)")
    with pytest.raises(FactsError, match="the tables cannot be opened: the tables are of version"):
        PostgresFacts(postgres(tmp_path))


def test_tables_from_before_there_were_versions_are_kept(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / FILE)) as database:
        database.execute(facts_sql.SCHEMA)
        database.execute("insert into position values ('0', 3, 9)")
    with closing(DuckdbFacts(tmp_path)) as store:
        assert store.position("0").segment == 3


OLD_ROWS = """
insert into reports (app, id, week, received)
values ('chat', '00000000-0000-0000-0000-000000000001', '2026-W47', '2026-11-17');
insert into held values ('chat', '2026-W47', 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', 'server',
    'server.version', null, '5.36', 1);
insert into facts values ('chat', 'server.version', '2026-W47', '5.36', 1, 1);
insert into group_totals values ('chat', 'server.version', 'week', '2026-W47', '5.36', 1, 1);
insert into period_totals values ('chat', 'server.version', 'week', '2026-W47', 1)
"""
"""What one server had said before days of states were kept."""


def say(store: Tables) -> None:
    """Let it say on the next day that it is another version."""
    record: dict[str, object] = {
        "kind": "said",
        "id": f"{2:032x}",
        "app": "chat",
        "week": "2026-W47",
    }
    record |= {"day": "2026-11-18", "wire": "segment", "who": "a" * 32, "part": "server"}
    record |= {"facts": [{"m": "server.version", "k": "5.37"}], "on_day": "2026-11-18"}
    line = json.dumps(record, separators=(",", ":")).encode()
    store.load(LogSlice([line], LogPosition(1, 9)))


AFTER = [
    Total("server.version", "day", "2026-11-18", "5.37", 1, 1, 1),
    Total("server.version", "week", "2026-W47", "5.37", 1, 1, 1),
]


def test_a_file_without_days_of_states_goes_on_with_them(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / FILE)) as database:
        facts_schema.upgrade(lambda text: database.execute(text).fetchall(), duckdb_sql.STEPS[:2])
        database.execute(OLD_ROWS)
    with closing(DuckdbFacts(tmp_path)) as store:
        assert [each.key for each in store.totals("chat")] == ["5.36"]
        say(store)
        assert store.totals("chat") == AFTER


def test_a_postgresql_without_days_of_states_goes_on_with_them(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    with psycopg.connect(postgres(tmp_path)) as connection:
        connection.execute("create schema aboveboard; set search_path = aboveboard")

        def ask(statement: str) -> list[tuple[object, ...]]:
            cursor = psycopg.RawCursor(connection).execute(statement)
            return cursor.fetchall() if cursor.description else []

        facts_schema.upgrade(ask, postgres_sql.STEPS[:2])
        ask(OLD_ROWS)
    with closing(PostgresFacts(postgres(tmp_path))) as store:
        assert [each.key for each in store.totals("chat")] == ["5.36"]
        say(store)
        assert store.totals("chat") == AFTER
