from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.bootstrap.backups import Backups, restore
from aboveboard.bootstrap.store import open_facts
from aboveboard.errors import SetupError
from aboveboard.ports.collector import LogPosition, LogSlice

RECORD = (
    b'{"id":"00000000000000000000000000000001","app":"editor","week":"2026-W47",'
    b'"day":"2026-11-16","facts":[],"aside":[]}'
)


def _ignore(_: int) -> None:
    pass


def test_tables_in_postgresql_are_in_the_backup(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.logs.mkdir(parents=True)
    folder.ledger.mkdir()
    there, here = postgres(tmp_path / "there"), postgres(tmp_path / "here")
    facts = PostgresFacts(there, "same")
    try:
        facts.load(LogSlice([RECORD], LogPosition(1, 500)))
        made = Backups(folder, facts, there, nullcontext, SetClock()).make(tmp_path / "backups")
    finally:
        facts.close()

    again = tmp_path / "again"
    with pytest.raises(SetupError, match="name an empty database"):
        restore(made.folder, again, "", _ignore)
    manifest = restore(made.folder, again, here, _ignore)
    assert manifest.tables == "postgresql"
    assert [each.name for each in again.iterdir()] == ["store.txt"]
    restored = PostgresFacts(here, "same")
    try:
        assert restored.apps() == {"editor": 1}
        assert restored.position("0") == LogPosition(1, 500)
    finally:
        restored.close()
    with pytest.raises(SetupError, match="pg_restore could not do it"):
        restore(made.folder, tmp_path / "third", here, _ignore)
    assert not (tmp_path / "third").exists()


def test_tables_of_duckdb_are_restored_to_where_the_store_is(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.logs.mkdir(parents=True)
    folder.ledger.mkdir()
    facts = open_facts("", folder)
    try:
        facts.load(LogSlice([RECORD], LogPosition(1, 500)))
        made = Backups(folder, facts, "", nullcontext, SetClock()).make(tmp_path / "backups")
    finally:
        facts.close()

    with pytest.raises(SetupError, match="cannot be put into a PostgreSQL"):
        restore(made.folder, tmp_path / "again", "postgresql://db/x", _ignore)
    (tmp_path / "taken").mkdir()
    with pytest.raises(SetupError, match="is there already"):
        restore(made.folder, tmp_path / "again", f"duckdb://{tmp_path}/taken", _ignore)
    with pytest.raises(SetupError, match="cannot be moved to"):
        restore(made.folder, tmp_path / "again", "duckdb:///dev/null/facts", _ignore)
    assert not (tmp_path / "again").exists()

    store, again = f"duckdb://{tmp_path}/elsewhere", DataFolder(tmp_path / "again")
    restore(made.folder, again.path, store, _ignore)
    assert again.store() == store
    restored = open_facts(store, again)
    try:
        assert restored.apps() == {"editor": 1}
    finally:
        restored.close()
