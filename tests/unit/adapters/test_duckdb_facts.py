from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import duckdb_facts
from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.errors import FactsError, QueryError
from aboveboard.model.total import Total
from aboveboard.ports.collector import ONLY_LOG, LogPosition, LogSlice


def part(*numbers: int) -> LogSlice:
    records = [
        {
            "id": f"{number:032x}",
            "app": "editor",
            "week": "2026-W47",
            "day": "2026-11-18",
            "facts": [{"m": "system.os", "d": None, "k": "linux", "c": 1}],
            "aside": [],
        }
        for number in numbers
    ]
    return LogSlice(
        [json.dumps(record).encode() for record in records], LogPosition(1, numbers[-1])
    )


def linux(n: int) -> list[Total]:
    return [Total("system.os", "week", "2026-W47", "linux", n, n, n)]


def test_what_was_loaded_is_there_after_a_crash(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path / "facts")
    store.load(part(1, 2))
    # What another process would find now if this one had been killed.
    shutil.copytree(tmp_path / "facts", tmp_path / "crashed")
    store.close()
    again = DuckdbFacts(tmp_path / "crashed")
    assert again.position(ONLY_LOG) == LogPosition(1, 2)
    assert again.load(part(2, 3)) == 1
    assert again.totals("editor") == linux(3)
    again.close()


def test_nothing_of_a_part_stays_beside_the_tables(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(1))
    broken = LogSlice([b"{"], LogPosition(1, 2))
    with pytest.raises(FactsError, match="a part of the log cannot be loaded"):
        store.load(broken)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path / "Ana's facts; 100 %")
    store.load(part(1))
    assert store.totals("editor") == linux(1)
    store.close()


def test_a_database_can_be_opened_for_reading_alone(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(1))
    store.close()
    reader = DuckdbFacts(tmp_path, read_only=True)
    assert reader.totals("editor") == linux(1)
    with pytest.raises(FactsError):
        reader.load(part(2))
    reader.close()


def test_no_database_is_made_by_opening_it_for_reading(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="the tables cannot be opened"):
        DuckdbFacts(tmp_path / "none", read_only=True)
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_database_is_a_facts_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(FactsError, match="the tables cannot be opened"):
        DuckdbFacts(tmp_path)


def test_a_part_that_cannot_be_written_aside_is_a_facts_error(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    (tmp_path / "loading.ndjson").mkdir()
    with pytest.raises(FactsError, match="a part of the log cannot be loaded"):
        store.load(part(1))
    store.close()


def test_a_query_without_an_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_facts, "QUERY_SECONDS", 0.2)
    store = DuckdbFacts(tmp_path)
    with pytest.raises(QueryError, match=r"(?i)interrupt"):
        store.query("select count(*) from range(100000000) a, range(100000000) b", 1)
    assert store.query("select 1", 1).rows == ((1,),)
    store.close()


def test_loading_goes_on_beside_a_long_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_facts, "QUERY_SECONDS", 0.5)
    store = DuckdbFacts(tmp_path)
    refused: list[QueryError] = []

    def ask() -> None:
        try:
            store.query("select count(*) from range(100000000) a, range(100000000) b", 1)
        except QueryError as error:
            refused.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    store.load(part(1))
    deadline = time.monotonic() + PATIENCE
    assert store.totals("editor") == linux(1)
    asker.join(deadline - time.monotonic())
    assert len(refused) == 1
    store.close()


def test_tables_that_somebody_reads_all_the_time_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(1))
    monkeypatch.setattr(duckdb_facts, "QUERY_SECONDS", 0.01)
    reading = store._cursor()  # noqa: SLF001 a query may end before it is looked at
    with reading, pytest.raises(FactsError, match="somebody reads the tables all the time"):
        store.rewrite()
    assert not (tmp_path / duckdb_facts.FRESH).exists()
    store.rewrite()
    assert store.totals("editor") == linux(1)
    store.close()


def test_ids_are_written_anew_without_compression_each_night(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(*range(1, 3000)))
    for _ in range(2):
        store.rewrite()
        used = store.query(
            "select distinct compression from pragma_storage_info('reports')"
            " where column_name = 'id' and segment_type = 'UUID'",
            9,
        )
        assert used.rows == (("Uncompressed",),)
    store.close()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("out.csv", id="a-new-file"),
        pytest.param(f"{FILE}.wal", id="the-write-ahead-log"),
    ],
)
def test_a_query_cannot_write_into_the_store_s_own_folder(file: str, tmp_path: Path) -> None:
    with closing(DuckdbFacts(tmp_path)) as store:
        store.load(part(1))
        before = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
        with pytest.raises(QueryError):
            store.query(f"explain analyze copy (select 1) to '{tmp_path / file}'", 1)
        assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == before


def test_a_query_may_ask_for_the_time(tmp_path: Path) -> None:
    with closing(DuckdbFacts(tmp_path)) as store:
        assert store.query("select now()", 1).rows
