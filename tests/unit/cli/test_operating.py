"""load, status, backup and restore, of a folder that no collector serves from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder, ServedBy
from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.file_log import FileLog
from aboveboard.cli.main import run
from aboveboard.cli.status import running
from aboveboard.collector.records import Gone, encode
from aboveboard.errors import FactsError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder whose log holds three reports that are not in the tables."""
    folder = tmp_path / "data"
    log = FileLog(folder / "log" / "0")
    log.append([_record(number) for number in range(3)])
    log.close()
    (folder / "ledger" / "blobs").mkdir(parents=True)
    (folder / "ledger" / "checkpoint").write_text("signed", encoding="utf-8")
    (folder / "ledger" / "entries.ndjson").write_text("{}\n", encoding="utf-8")
    (folder / "keys").mkdir()
    (folder / "keys" / "0001.x25519").write_bytes(bytes(32))
    return folder


@pytest.fixture
def backed(data: Path, tmp_path: Path, capsys: Printed) -> Callable[..., Path]:
    """Give what makes a backup."""

    def make(*words: str) -> Path:
        into = tmp_path / "backups"
        command = ["backup", "--data", str(data), "--backup-folder", str(into), *words]
        assert run(command) == 0
        capsys.readouterr()
        [made] = into.iterdir()
        return made

    return make


def _record(number: int) -> bytes:
    fact = {"m": "file.opened", "d": "2026-11-16", "k": "", "c": 1}
    content = {"id": f"{number:032x}", "app": "editor", "week": "2026-W47", "day": "2026-11-16"}
    return json.dumps(content | {"facts": [fact], "aside": []}).encode()


def reports(data: Path) -> int:
    facts = DuckdbFacts(data / "facts")
    try:
        return facts.apps().get("editor", 0)
    finally:
        facts.close()


def test_loading_brings_all_of_the_log_into_the_tables(data: Path, capsys: Printed) -> None:
    assert run(["load", "--data", str(data)]) == 0
    assert capsys.readouterr().out.startswith("3 records loaded (")
    assert reports(data) == 3
    assert run(["load", "--data", str(data)]) == 0
    assert capsys.readouterr().out == "0 records loaded (0 bytes); the tables are up to date.\n"


@pytest.mark.parametrize("word", ["load", "status", "migrate"])
def test_a_folder_without_anything_is_told(word: str, tmp_path: Path, capsys: Printed) -> None:
    assert run([word, "--data", str(tmp_path / "none")]) == 1
    assert "no collector has kept anything" in capsys.readouterr().err


def test_the_state_of_a_folder_is_told_in_words(data: Path, capsys: Printed) -> None:
    assert run(["status", "--data", str(data)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"No collector serves from {data}."
    assert said[1].startswith("1 log with ")
    assert said[2].startswith("There are no tables yet")
    run(["load", "--data", str(data)])
    capsys.readouterr()
    assert run(["status", "--data", str(data)]) == 0
    assert capsys.readouterr().out.endswith("Not in the tables yet: 0 bytes of the log.\n")


def test_a_collector_that_was_killed_is_not_mistaken_for_one_that_serves(
    data: Path, capsys: Printed
) -> None:
    DataFolder(data).serving(ServedBy(1, 1, "token", "http://127.0.0.1:1"))
    assert run(["status", "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["serving"] is False


def test_a_state_that_is_not_well_is_told_in_words() -> None:
    well = {"state": "ok"}
    health = {
        "log": well,
        "loader": well | {"behind_bytes": None},
        "store": {"state": "failing"},
        "transparency": well,
        "outcomes": {"kept": 1, "too_large": 2},
        "entries_set_aside": 4,
        "keeping": {"jobs": {}, "replay": {"state": "idle"}},
    }
    ready = {"log_well": True, "not_stopping": True, "disk_free": False, "loader_keeps_up": True}
    found = {"address": "http://h", "pid": 7, "health": health, "ready": ready}
    assert list(running(found)) == [
        "A collector serves at http://h (process 7).",
        "! The disk is nearly full: make room.",
        "! The store of the tables is not well.",
        "Since its start: 1 report kept, 0 repeats.",
        "Refused: 2 too_large.",
        "Entries set aside: 4.",
    ]


def test_a_backup_is_restored_whole(
    data: Path, tmp_path: Path, backed: Callable[..., Path], capsys: Printed
) -> None:
    run(["load", "--data", str(data)])
    made = backed("--with-keys")
    again = tmp_path / "again"
    assert run(["restore", str(made), "--data", str(again)]) == 0
    assert f"{again} is as it was on " in capsys.readouterr().out
    assert reports(again) == 3
    for name in ("ledger/checkpoint", "keys/0001.x25519", "log/0/0000000001.log"):
        assert (again / name).read_bytes() == (data / name).read_bytes()
        assert (again / name).stat().st_mode & 0o077 == 0
    assert run(["load", "--data", str(again)]) == 0
    assert reports(again) == 3


def test_a_backup_has_no_keys_unless_they_are_asked_for(
    tmp_path: Path, backed: Callable[..., Path], capsys: Printed
) -> None:
    made = backed()
    assert not (made / "keys").exists()
    assert run(["restore", str(made), "--data", str(tmp_path / "again")]) == 0
    assert "Put the folder keys/" in capsys.readouterr().out


def test_a_backup_needs_a_place(data: Path, capsys: Printed) -> None:
    assert run(["backup", "--data", str(data)]) == 1
    assert "--backup-folder" in capsys.readouterr().err


def test_backups_that_are_too_old_are_deleted(data: Path, tmp_path: Path, capsys: Printed) -> None:
    into = tmp_path / "backups"
    old = into / "aboveboard-20200101T000000Z"
    old.mkdir(parents=True)
    (old / "manifest.json").write_text("{}", encoding="utf-8")
    for name in ("aboveboard-20200102T000000Z", "aboveboard-mine"):
        (into / name).mkdir()
    (into / "aboveboard-mine" / "manifest.json").touch()
    assert run(["backup", "--data", str(data), "--backup-folder", str(into)]) == 0
    assert f"{old} was older than 30 days and is deleted." in capsys.readouterr().out
    assert not old.exists()
    assert (into / "aboveboard-20200102T000000Z").exists()
    assert (into / "aboveboard-mine").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            lambda made: (made / "log" / "0" / "0000000001.log").write_bytes(b"x"),
            "log/0/0000000001.log is not what it was.",
            id="changed",
        ),
        pytest.param(
            lambda made: (made / "ledger" / "checkpoint").unlink(),
            "ledger/checkpoint is missing.",
            id="missing",
        ),
        pytest.param(
            lambda made: (made / "more").touch(), "more is not of this backup.", id="strange"
        ),
        pytest.param(
            lambda made: (made / "manifest.json").write_text("{}"), "no backup", id="no-manifest"
        ),
        pytest.param(
            lambda made: (made / "manifest.json").write_text(
                (made / "manifest.json").read_text().replace('"ledger/', '"../')
            ),
            "no backup",
            id="leads-outside",
        ),
        pytest.param(
            lambda made: (made / "manifest.json").write_text(
                (made / "manifest.json").read_text().replace('"layout": 2', '"layout": 99')
            ),
            "restore it with that or a newer",
            id="newer",
        ),
        pytest.param(
            lambda made: (made / "manifest.json").write_text(
                (made / "manifest.json").read_text().replace('"format": 1', '"format": 2')
            ),
            "no backup",
            id="another-format",
        ),
        pytest.param(
            lambda made: (made / "manifest.json").write_text(
                (made / "manifest.json").read_text().replace('"duckdb"', '"postgresql"')
            ),
            "name an empty database with --store",
            id="no-database",
        ),
    ],
)
def test_a_backup_that_is_not_whole_is_not_restored(
    tmp_path: Path,
    backed: Callable[..., Path],
    spoil: Callable[[Path], object],
    words: str,
    capsys: Printed,
) -> None:
    made = backed()
    spoil(made)
    assert run(["restore", str(made), "--data", str(tmp_path / "again")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_nothing_is_restored_over_something(
    data: Path, tmp_path: Path, backed: Callable[..., Path], capsys: Printed
) -> None:
    made = backed()
    assert run(["restore", str(made), "--data", str(data)]) == 1
    assert "is not empty" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert run(["restore", str(made), "--data", str(tmp_path / "empty")]) == 0


def test_a_place_that_cannot_be_written_is_told(
    data: Path, tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "file").touch()
    command = ["backup", "--data", str(data), "--backup-folder", str(tmp_path / "file")]
    assert run(command) == 1
    assert "no backup can be made" in capsys.readouterr().err


def _take_back(data: Path, number: int) -> None:
    log = FileLog(data / "log" / "0")
    log.append([encode(Gone(f"{number:032x}", "editor", "2026-W47", "2026-11-17", "ab" * 32))])
    log.close()


def test_what_was_taken_back_since_is_taken_out_of_a_restored_backup(
    data: Path, tmp_path: Path, backed: Callable[..., Path], capsys: Printed
) -> None:
    assert run(["load", "--data", str(data)]) == 0
    made = backed()
    _take_back(data, 0)
    assert run(["load", "--data", str(data)]) == 0
    assert reports(data) == 2
    _take_back(data, 1)  # and this one is in the log alone

    again = tmp_path / "again"
    newer = ["--taken-back-in", str(data)]
    assert run(["restore", str(made), "--data", str(again), *newer]) == 0
    assert "2 reports taken back since" in capsys.readouterr().out
    assert run(["load", "--data", str(again)]) == 0
    assert reports(again) == 1
    body = b"".join(file.read_bytes() for file in (again / "log" / "0").glob("*.log"))
    assert [body.count(b'"facts"'), body.count(b"erased")] == [1, 2]


def test_newer_data_without_tables_or_withdrawals_changes_nothing(
    data: Path, tmp_path: Path, backed: Callable[..., Path], capsys: Printed
) -> None:
    made = backed()
    (data / "facts" / "facts.duckdb").unlink()
    command = [
        "restore",
        str(made),
        "--data",
        str(tmp_path / "again"),
        "--taken-back-in",
        str(data),
    ]
    assert run(command) == 0
    assert "0 reports taken back since" in capsys.readouterr().out


def test_tables_that_cannot_be_loaded_are_told(
    data: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        message = "the disk is full"
        raise FactsError(message)

    monkeypatch.setattr(DuckdbFacts, "load", broken)
    assert run(["load", "--data", str(data)]) == 1
    assert "not all could be loaded" in capsys.readouterr().err


def test_every_command_takes_tables_that_are_elsewhere(
    data: Path, tmp_path: Path, capsys: Printed
) -> None:
    store = ["--store", f"duckdb://{tmp_path}/elsewhere"]
    assert run(["load", "--data", str(data), *store]) == 0
    assert not (data / "facts").exists()
    into = ["--backup-folder", str(tmp_path / "backups")]
    asked = (["load"], ["status"], ["backup", *into], ["quarantine", "list"], ["sql", "select 1"])
    for words in asked:
        capsys.readouterr()
        assert run([*words, "--data", str(data)]) == 1
        assert "name it with --store" in capsys.readouterr().err
        assert run([*words, "--data", str(data), *store]) == 0
    run(["status", "--data", str(data), *store])
    told = capsys.readouterr().out
    assert f"Tables in {store[1]} with " in told
    assert "Not in the tables yet: 0 bytes of the log." in told
    [made] = (tmp_path / "backups").iterdir()
    _take_back(data, 0)
    command = [
        "restore",
        str(made),
        "--data",
        str(tmp_path / "again"),
        "--taken-back-in",
        str(data),
    ]
    assert run(command) == 1
    assert "name the store with --taken-back-store" in capsys.readouterr().err
    assert run([*command, "--taken-back-store", store[1]]) == 0
    assert "1 report taken back since" in capsys.readouterr().out


def test_every_command_takes_tables_in_postgresql(
    data: Path, postgres: Callable[[Path], str], tmp_path: Path, capsys: Printed
) -> None:
    store = ["--store", postgres(tmp_path)]
    into = ["--backup-folder", str(tmp_path / "backups")]
    for words in (["load"], ["status"], ["backup", *into], ["quarantine", "list"]):
        assert run([*words, "--data", str(data), *store]) == 0
    assert "Tables in postgresql://admin@" in capsys.readouterr().out
    assert not (data / "facts").exists()
    _take_back(data, 0)
    assert run(["load", "--data", str(data), *store]) == 0
    [made] = (tmp_path / "backups").iterdir()
    again = ["--data", str(tmp_path / "again"), "--store", postgres(tmp_path / "again")]
    newer = ["--taken-back-in", str(data), "--taken-back-store", store[1]]
    capsys.readouterr()
    assert run(["restore", str(made), *again, *newer]) == 0
    assert "1 report taken back since" in capsys.readouterr().out
