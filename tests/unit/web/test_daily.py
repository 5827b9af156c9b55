from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.backups import Backups
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.daily import DailyBackup, Days
from aboveboard.web.vitals import Vitals

START = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Collector]:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    made = collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry"))
    yield made
    made.facts.close()
    made.control.close()
    made.log.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def vitals(parts: Collector, clock: SetClock) -> Vitals:
    return Vitals(parts, clock)


def daily(parts: Collector, clock: SetClock, vitals: Vitals, into: Path | None) -> DailyBackup:
    backups = Backups(parts.folder, parts.facts, "", nullcontext, clock)
    return DailyBackup(backups, Days(into, 2), clock, vitals, parts.control)


def test_a_backup_is_made_each_day_and_goes_when_it_is_old(
    parts: Collector, clock: SetClock, vitals: Vitals, tmp_path: Path
) -> None:
    each_day = daily(parts, clock, vitals, tmp_path / "backups")
    made = []
    for _ in range(8):
        made.append(each_day.look())
        clock.move(timedelta(hours=12, seconds=1))
    assert made == [True, False] * 4
    names = sorted(each.name for each in (tmp_path / "backups").iterdir())
    assert names == [
        "aboveboard-20261120T120004Z",
        "aboveboard-20261121T120006Z",
    ]
    assert vitals.jobs["backup"] == (START + timedelta(days=3, seconds=6)).timestamp()


def test_a_backup_of_the_future_is_no_reason_to_make_none(
    parts: Collector, clock: SetClock, vitals: Vitals, tmp_path: Path
) -> None:
    each_day = daily(parts, clock, vitals, tmp_path / "backups")
    clock.move(timedelta(days=1000))
    assert each_day.look()
    before = SetClock(START)
    assert daily(parts, before, vitals, tmp_path / "backups").look()


def test_without_a_folder_there_is_none(parts: Collector, clock: SetClock, vitals: Vitals) -> None:
    assert not daily(parts, clock, vitals, None).look()
    assert vitals.jobs == {}


def test_a_backup_that_fails_is_told_and_tried_again(
    parts: Collector,
    clock: SetClock,
    vitals: Vitals,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING, "aboveboard"):
        assert not daily(parts, clock, vitals, tmp_path / "file").look()
    assert caplog.messages[0].startswith("the backup of the day was not made: no backup can be")
    assert vitals.jobs == {}


def test_it_looks_again_and_again(
    parts: Collector, clock: SetClock, vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_day = daily(parts, clock, vitals, None)
    left = [1, 2]

    def look() -> bool:
        left.pop()  # the third look ends it
        return True

    monkeypatch.setattr(each_day, "look", look)
    monkeypatch.setattr("aboveboard.web.daily.PAUSE_SECONDS", 0)
    with pytest.raises(IndexError):
        asyncio.run(each_day.run())


def test_the_control_store_is_in_the_backup(
    parts: Collector, clock: SetClock, vitals: Vitals, tmp_path: Path
) -> None:

    connection = sqlite3.connect(parts.folder.path / "control.sqlite")
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table runs (name)")
    connection.execute("insert into runs values ('close')")
    connection.commit()  # in the write-ahead log, and not yet in the file
    each_day = daily(parts, clock, vitals, None)
    told = each_day.asked({"into": str(tmp_path / "b"), "with_keys": True})
    connection.close()
    copy = sqlite3.connect(Path(told["folder"]) / "control.sqlite")
    assert copy.execute("select name from runs").fetchall() == [("close",)]
    copy.close()
    assert (Path(told["folder"]) / "keys" / "0001.x25519").exists()


def test_the_backups_that_there_are_are_noted_down(
    parts: Collector, clock: SetClock, vitals: Vitals, tmp_path: Path
) -> None:
    each_day = daily(parts, clock, vitals, tmp_path / "backups")
    for _ in range(4):
        each_day.look()
        clock.move(timedelta(days=1, seconds=1))
    each_day.asked({"into": str(tmp_path / "mine")})
    noted = parts.control.backups()
    there = [*(tmp_path / "mine").iterdir(), *(tmp_path / "backups").iterdir()]
    assert {each.place for each in noted} == set(map(str, there))
    assert all(each.size for each in noted)
    assert noted[0].until == clock.now().date() + timedelta(days=2)


def test_a_backup_is_made_where_it_cannot_be_noted_down(
    parts: Collector,
    clock: SetClock,
    vitals: Vitals,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts.control.close()
    assert daily(parts, clock, vitals, tmp_path / "backups").look()
    assert "it is not noted down that a backup was made" in caplog.text
