from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap import collector as joined
from aboveboard.bootstrap.backups import Backups
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.bootstrap.daily import DailyBackup
from aboveboard.errors import SetupError
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

START = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> CollectorSettings:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry")


def close(parts: Collector) -> None:
    parts.facts.close()
    parts.control.close()
    parts.log.close()


@pytest.fixture
def parts(settings: CollectorSettings) -> Iterator[Collector]:
    made = collector(settings)
    yield made
    close(made)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def daily(parts: Collector, clock: SetClock) -> DailyBackup:
    backups = Backups(parts.folder, parts.facts, "", nullcontext, clock)
    return DailyBackup(backups, 2, clock, parts.control)


def test_a_backup_goes_on_the_day_on_which_it_is_old(
    daily: DailyBackup, clock: SetClock, tmp_path: Path
) -> None:
    deleted = []
    for _ in range(4):
        deleted.append(daily.run(tmp_path / "backups", clock.now().date())["deleted"])
        clock.move(timedelta(days=1, minutes=-1))  # a little earlier than the day before
    names = sorted(each.name for each in (tmp_path / "backups").iterdir())
    assert names == ["aboveboard-20261120T115800Z", "aboveboard-20261121T115700Z"]
    assert deleted == [0, 0, 1, 1]


def test_what_was_copied_is_counted(daily: DailyBackup, clock: SetClock, tmp_path: Path) -> None:
    numbers = daily.run(tmp_path / "backups", clock.now().date())
    [made] = (tmp_path / "backups").iterdir()
    files = [each for each in made.rglob("*") if each.is_file() and each.name != "manifest.json"]
    assert numbers["files"] == len(files)
    assert numbers["bytes"] == sum(each.stat().st_size for each in files)


def test_old_backups_go_though_no_new_one_can_be_made(
    daily: DailyBackup, clock: SetClock, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    daily.run(folder, clock.now().date())
    clock.move(timedelta(days=3))
    (folder / "aboveboard-20261121T120000Z").mkdir()
    with pytest.raises(SetupError, match="is there already"):
        daily.run(folder, clock.now().date())
    assert [each.name for each in folder.iterdir()] == ["aboveboard-20261121T120000Z"]


def test_the_control_store_is_in_the_backup(
    parts: Collector, daily: DailyBackup, tmp_path: Path
) -> None:
    connection = sqlite3.connect(parts.folder.path / "control.sqlite")
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table runs (name)")
    connection.execute("insert into runs values ('close')")
    connection.commit()  # in the write-ahead log, and not yet in the file
    told = daily.asked({"into": str(tmp_path / "b"), "with_keys": True})
    connection.close()
    copy = sqlite3.connect(Path(told["folder"]) / "control.sqlite")
    assert copy.execute("select name from runs").fetchall() == [("close",)]
    copy.close()
    assert (Path(told["folder"]) / "keys" / "0001.x25519").exists()


def test_the_backups_that_there_are_are_noted_down(
    parts: Collector, daily: DailyBackup, clock: SetClock, tmp_path: Path
) -> None:
    for _ in range(4):
        daily.run(tmp_path / "backups", clock.now().date())
        clock.move(timedelta(days=1, seconds=1))
    daily.asked({"into": str(tmp_path / "mine")})
    noted = parts.control.backups()
    there = [*(tmp_path / "mine").iterdir(), *(tmp_path / "backups").iterdir()]
    assert {each.place for each in noted} == set(map(str, there))
    assert all(each.size for each in noted)
    assert noted[0].until == clock.now().date() + timedelta(days=2)


def test_a_backup_is_made_where_it_cannot_be_noted_down(
    parts: Collector,
    daily: DailyBackup,
    clock: SetClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts.control.close()
    with caplog.at_level(logging.WARNING, "aboveboard"):
        assert daily.run(tmp_path / "backups", clock.now().date())["files"]
    assert "it is not noted down that a backup was made" in caplog.text


def test_a_collector_with_a_folder_for_them_makes_one_a_day_and_tells_of_it(
    settings: CollectorSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(START)
    monkeypatch.setattr(joined, "SystemClock", lambda: clock)
    parts = collector(replace(settings, backup_folder=tmp_path / "backups"))
    parts.follower.well = False  # a backup waits for nothing, and neither does room for it
    for hours in (1, 1, 25):
        clock.move(timedelta(hours=hours))
        parts.keeping.keeper.look()
    [first, second] = sorted((tmp_path / "backups").iterdir())
    assert (first.name, second.name) == (
        "aboveboard-20261118T130000Z",
        "aboveboard-20261119T150000Z",
    )
    state: Any = parts.keeping.state()
    assert state["jobs"].keys() == {"log", "backup"}
    assert state["jobs"]["backup"]["started"] == "2026-11-19T15:00:00+00:00"
    assert state["jobs"]["backup"]["outcome"] == "done"
    noted = {run.job: run for run in parts.control.last_runs()}
    assert (noted["backup"].outcome, noted["backup"].numbers["deleted"]) == ("done", 0)
    close(parts)


def test_a_collector_without_a_folder_makes_none(parts: Collector) -> None:
    assert "backup" not in [job.name for job in parts.keeping.keeper._jobs]  # noqa: SLF001 what it would do
