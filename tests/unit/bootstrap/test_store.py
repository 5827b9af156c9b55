from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.control_store import FILE as CONTROL_FILE
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.duckdb_facts import FILE
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.bootstrap.store import look_into, open_control, open_facts, shown
from aboveboard.errors import SetupError


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def test_the_tables_are_in_the_data_folder_unless_told_otherwise(folder: DataFolder) -> None:
    open_facts("", folder).close()
    assert (folder.facts / FILE).is_file()


@pytest.mark.parametrize("store", ["duckdb://facts", "duckdb:facts", "duckdb://"])
def test_a_store_without_a_whole_path_is_refused_with_what_to_write(
    store: str, folder: DataFolder
) -> None:
    with pytest.raises(SetupError, match="must be duckdb:///folder or postgresql://"):
        open_facts(store, folder)


def test_who_forgets_to_name_the_store_does_not_begin_another(
    folder: DataFolder, tmp_path: Path
) -> None:
    elsewhere = f"duckdb://{tmp_path}/elsewhere"
    folder.path.mkdir()
    open_facts(elsewhere, folder).close()
    with pytest.raises(SetupError, match=f"are in {elsewhere}: name it with --store"):
        open_facts("", folder)
    assert not folder.facts.exists()
    open_facts(f"duckdb://{folder.facts}", folder).close()
    open_facts("", folder).close()


def test_a_folder_that_cannot_remember_its_store_is_told(
    folder: DataFolder, tmp_path: Path
) -> None:
    (folder.path / "store.txt").mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot be read"):
        open_facts("", folder)
    (folder.path / "store.txt").rmdir()
    with pytest.raises(SetupError, match="cannot be written"):
        DataFolder(tmp_path / "nobody").remember_store("duckdb:///srv")


def test_duckdb_s_folder_may_be_elsewhere_and_have_any_name(
    folder: DataFolder, tmp_path: Path
) -> None:
    folder.path.mkdir()
    open_facts(f"duckdb://{tmp_path}/my%20facts", folder).close()
    assert (tmp_path / "my facts" / FILE).is_file()
    assert not folder.facts.exists()


def test_a_database_of_postgresql_belongs_to_a_data_folder(
    folder: DataFolder, postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    url = postgres(tmp_path)
    for _ in range(2):
        store = open_facts(url, folder)
        assert isinstance(store, PostgresFacts)
        store.close()
    assert folder.store().startswith("postgresql://admin@")
    with pytest.raises(SetupError, match="name it with --store"):
        open_facts("", folder)
    with pytest.raises(SetupError, match="another data folder"):
        open_facts(url, DataFolder(tmp_path / "other"))


def test_who_merely_looks_makes_no_tables(
    folder: DataFolder, postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    assert look_into("", folder) is None
    assert not folder.path.exists()
    open_facts("", folder).close()
    for store in ("", postgres(tmp_path)):
        found = look_into(store, folder)
        assert found is not None
        assert found.apps() == {}
        found.close()
    with pytest.raises(SetupError, match="name it with --store"):
        look_into("", folder)


def test_an_address_without_a_whole_path_is_refused(folder: DataFolder) -> None:
    with pytest.raises(SetupError, match="must be duckdb:///folder"):
        open_facts("duckdb://facts", folder)


def test_an_address_is_shown_without_its_password() -> None:
    assert shown("postgresql://ana:hunter2@db/x") == "postgresql://ana@db/x"
    assert shown("duckdb:///srv") == "duckdb:///srv"


@pytest.mark.parametrize(
    ("opens", "module"),
    [
        (open_facts, "postgres_connections"),
        (open_facts, "postgres_facts"),
        (open_control, "postgres_connections"),
    ],
)
def test_without_its_library_a_postgresql_is_refused_with_what_to_do(
    opens: Callable[[str, DataFolder], object],
    module: str,
    folder: DataFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, f"aboveboard.adapters.{module}", None)
    with pytest.raises(SetupError, match=r"pip install 'aboveboard\[postgres\]'"):
        opens("postgresql://ana:hunter2@db.example/x", folder)


def test_the_control_store_is_a_file_beside_the_tables_of_duckdb(folder: DataFolder) -> None:
    open_control("duckdb:///elsewhere", folder).close()
    assert (folder.path / CONTROL_FILE).is_file()


def test_the_control_store_is_in_the_same_postgresql_as_the_tables(
    folder: DataFolder, postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    url = postgres(tmp_path)
    open_facts(url, folder).close()
    store = open_control(url, folder)
    assert store.last_runs() == []
    store.close()
    assert not (folder.path / CONTROL_FILE).exists()
