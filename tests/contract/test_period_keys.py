"""What every PeriodKeys promises, over all its adapters."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.period_keys import FilePeriodKeys, MemoryPeriodKeys
from aboveboard.adapters.system import SystemChance
from aboveboard.errors import LogError
from aboveboard.model.period import Week
from aboveboard.ports.period_keys import PeriodKeys

OLD, NEW = Week.of(date(2026, 11, 9)), Week.of(date(2026, 11, 16))


@pytest.fixture(params=["files", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> PeriodKeys:
    makes: dict[str, Callable[[], PeriodKeys]] = {
        "files": lambda: FilePeriodKeys(tmp_path / "periods", SystemChance()),
        "memory": lambda: MemoryPeriodKeys(SystemChance()),
    }
    return makes[request.param]()


def test_a_week_has_one_key_and_another_week_another_one(keys: PeriodKeys) -> None:
    assert len(keys.key(OLD)) == 32
    assert keys.key(OLD) == keys.key(OLD)
    assert keys.key(OLD) != keys.key(NEW)


def test_what_is_forgotten_never_comes_back(keys: PeriodKeys) -> None:
    old, new = keys.key(OLD), keys.key(NEW)
    assert keys.forget(NEW) == 1
    assert keys.forget(NEW) == 0
    assert keys.key(NEW) == new
    assert keys.key(OLD) != old


def test_processes_that_ask_at_once_hear_the_same(tmp_path: Path) -> None:
    makers = [FilePeriodKeys(tmp_path / "periods", SystemChance()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda each: each.key(NEW), makers))) == 1
    assert [file.name for file in (tmp_path / "periods").iterdir()] == ["2026-W47.period"]
    assert (tmp_path / "periods" / "2026-W47.period").stat().st_mode & 0o077 == 0


def test_of_two_that_make_a_key_the_first_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (FilePeriodKeys(tmp_path, SystemChance()) for _ in range(2))
    link = os.link

    def late(*places: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        one.key(NEW)
        link(*places)

    monkeypatch.setattr(os, "link", late)
    assert two.key(NEW) == one.key(NEW)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "periods").write_text("a file")
    with pytest.raises(LogError, match="the key of a week cannot be kept"):
        FilePeriodKeys(tmp_path / "periods", SystemChance()).key(NEW)
