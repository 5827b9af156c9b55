from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.backup_files import (
    Manifest,
    backups_in,
    copy_back,
    copy_folder,
    copy_sqlite,
    finish,
    new_backup,
    read_manifest,
)
from aboveboard.errors import SetupError

NOW = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)


def manifest() -> Manifest:
    return Manifest(NOW.isoformat(), "1", 2, "duckdb", keys=False, loaded={})


def test_a_backup_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="File exists"), new_backup(tmp_path, NOW) as (part, _):
        part.mkdir()
    assert list(tmp_path.iterdir()) == []


def test_a_system_that_refuses_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(SetupError, match="No space left"),
        new_backup(tmp_path, NOW),
    ):
        raise OSError(28, "No space left on device")


def test_no_backup_takes_the_place_of_another(tmp_path: Path) -> None:
    with new_backup(tmp_path, NOW) as (part, final):
        finish(part, manifest())
    assert backups_in(tmp_path) == [(NOW, final)]
    with pytest.raises(SetupError, match="is there already"), new_backup(tmp_path, NOW):
        pass
    assert backups_in(tmp_path) == [(NOW, final)]


def test_what_goes_away_meanwhile_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    for name in ("1.log", "2.log", "place"):
        (tmp_path / "log" / name).write_text(name, encoding="utf-8")
    copy, copied = shutil.copyfile, []

    def vanishing(source: Path, target: Path) -> None:
        copied.append(source.name)
        if source.name == "1.log":
            source.unlink()
        copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", vanishing)
    copy_folder(tmp_path / "log", tmp_path / "copy")
    assert copied == ["place", "1.log", "2.log"]
    assert sorted(each.name for each in (tmp_path / "copy").iterdir()) == ["2.log", "place"]


def test_a_copy_is_as_old_as_what_was_copied_there_and_back(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "1.log").write_bytes(b"one")
    os.utime(tmp_path / "log" / "1.log", (1_000_000_000, 1_000_000_000))
    with new_backup(tmp_path / "backups", NOW) as (part, final):
        copy_folder(tmp_path / "log", part / "log")
        made = manifest()
        finish(part, made)
    copy_back(final, made, tmp_path / "again", lambda _: None)
    back = tmp_path / "again" / "log" / "1.log"
    assert (back.stat().st_mtime, back.read_bytes()) == (1_000_000_000, b"one")


def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "control.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(SetupError, match=r"control\.sqlite cannot be copied"):
        copy_sqlite(tmp_path / "control.sqlite", tmp_path / "copy")


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    ).map(lambda x: json.dumps({**asdict(manifest()), "files": x}).encode())
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_strange_manifest_is_refused_or_leads_nowhere_else(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(body)
    try:
        read = read_manifest(tmp_path)
    except SetupError:
        return
    assert all((tmp_path / name).is_relative_to(tmp_path) for name in read.files)


def test_a_manifest_of_endless_depth_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(SetupError, match="holds no backup"):
        read_manifest(tmp_path)


def test_a_restore_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    (backup / "file").touch()
    made = manifest()
    finish(backup, made)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(SetupError, match="No space left"):
        copy_back(backup, made, tmp_path / "data", lambda _: None)
    assert list(tmp_path.iterdir()) == [backup]
