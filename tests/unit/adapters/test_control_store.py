from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from tests.postgres import Server

from aboveboard.adapters.control_migrate import FOLDER, migrate
from aboveboard.adapters.control_migrations import env
from aboveboard.adapters.control_store import FILE, in_folder, in_postgres
from aboveboard.adapters.control_tables import HEAD, METADATA
from aboveboard.adapters.postgres_connections import connect
from aboveboard.errors import ControlError, SetupError

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


def differences(connection: Connection) -> list[object]:
    migrate(connection)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, METADATA))


def test_the_migrations_make_the_tables_that_the_program_knows_in_sqlite() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_program_knows_in_postgresql(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    url = postgres(tmp_path)
    in_postgres(url).close()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(url, "control", autocommit=False)
    )
    with engine.begin() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_the_last_step_is_the_one_that_an_open_store_has_seen() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    store = in_folder(tmp_path / "data")
    store.begin("vacuum", NOON)
    for file in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.close()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    store = in_folder(tmp_path / "Ana's data; 100 %?mode=memory")
    store.begin("vacuum", NOON)
    store.close()
    assert (tmp_path / "Ana's data; 100 %?mode=memory" / FILE).is_file()


def test_the_store_of_a_newer_program_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    in_folder(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    with pytest.raises(ControlError, match="of version 9999, which this Aboveboard does not know"):
        in_folder(tmp_path)
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("select version_num from alembic_version").fetchone() == ("9999",)
    connection.close()


def test_a_step_that_fails_leaves_nothing_of_itself(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("create table backups (mine integer)")
    connection.commit()
    with pytest.raises(ControlError, match="cannot be opened: OperationalError"):
        in_folder(tmp_path)
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    assert tables == [("backups",)]
    connection.close()


def test_a_file_that_is_no_database_is_a_control_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(ControlError, match="the control store cannot be opened: DatabaseError"):
        in_folder(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_control_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ControlError, match="cannot be opened: FileExistsError"):
        in_folder(tmp_path / "data")


def test_an_address_that_is_none_is_refused_without_being_shown() -> None:
    with pytest.raises(SetupError) as caught:
        in_postgres("postgresql://ana:mel lon@db.example/x")
    assert "mel" not in str(caught.value)


def test_a_postgresql_that_was_away_is_used_again(
    postgres_server: Server, postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    store = in_postgres(postgres(tmp_path))
    store.begin("vacuum", NOON)
    postgres_server.stop()
    with pytest.raises(ControlError, match="cannot be used"):
        store.last_runs()
    postgres_server.start()
    assert [run.job for run in store.last_runs()] == ["vacuum"]
    store.close()


def test_the_file_that_alembic_runs_does_nothing_by_itself() -> None:
    assert callable(env.run)


def test_a_schema_of_its_own_holds_it_in_postgresql(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    url = postgres(tmp_path)
    in_postgres(url).close()
    with connect(url, "public") as connection:
        found = connection.execute(
            "select distinct table_schema from information_schema.tables"
            " where table_name in ('job_runs', 'backups', 'alembic_version')"
        ).fetchall()
    assert found == [("control",)]
