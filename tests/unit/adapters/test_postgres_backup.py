from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from aboveboard.adapters.postgres_backup import dump, restore
from aboveboard.errors import SetupError

ENVIRONMENT = {"PATH": os.defpath}
TABLES = "create schema facts; create table facts.x (n int); insert into facts.x values (1), (2)"


def test_a_dump_makes_the_same_tables_in_an_empty_database(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    there, here = postgres(tmp_path / "there"), postgres(tmp_path / "here")
    with psycopg.connect(there) as connection:
        connection.execute(TABLES)
    dump(there, tmp_path / "dump", ENVIRONMENT)
    assert (tmp_path / "dump").stat().st_mode & 0o077 == 0
    restore(here, tmp_path / "dump", ENVIRONMENT)
    with psycopg.connect(here) as connection:
        assert connection.execute("select sum(n) from facts.x").fetchall() == [(3,)]
    with pytest.raises(SetupError, match="pg_restore could not do it"):
        restore(here, tmp_path / "dump", ENVIRONMENT)
    with psycopg.connect(here) as connection:
        assert connection.execute("select sum(n) from facts.x").fetchall() == [(3,)]


def test_no_password_is_told(tmp_path: Path) -> None:
    url = "postgresql://ana:horse@127.0.0.1:1/horse?connect_timeout=2"
    with pytest.raises(SetupError) as caught:
        dump(url, tmp_path / "dump", ENVIRONMENT)
    assert "pg_dump could not do it" in str(caught.value)
    assert "horse" not in str(caught.value)


def test_a_program_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SetupError, match="pg_dump is not installed"):
        dump("postgresql://h/d", tmp_path / "dump", ENVIRONMENT)


def test_a_program_that_cannot_be_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path / "none"))
    with pytest.raises(SetupError, match="pg_restore did not end: FileNotFoundError"):
        restore("postgresql://h/d", tmp_path / "dump", ENVIRONMENT)
