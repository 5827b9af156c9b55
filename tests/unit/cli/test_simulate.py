from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.cli.simulate import (
    COMMANDS,
    EXITS,
    PYTHONS,
    SYSTEMS,
    TYPICAL_MS,
    WEEKS,
    person,
    simulate,
)
from aboveboard.model.period import Week
from aboveboard.registry import bounds

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Delivery

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Give a registry without a collector: what is made up waits on the made-up devices."""
    return read_file(shipped_folder() / "aboveboard.toml")


def _waiting(home: Path) -> list[Delivery]:
    file = SqliteFile(home)
    deliveries = SqliteOutbox(file).deliveries()
    file.close()
    return deliveries


@pytest.fixture(scope="module")
def homes(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give the homes of four installs, two of each run."""
    folder = tmp_path_factory.mktemp("simulated")
    for _ in range(2):
        assert len(list(simulate(registry, folder, 2, TODAY))) == 2
    return sorted(folder.iterdir())


@pytest.mark.parametrize("seed", [f"install {number}" for number in range(30)])
def test_a_person_is_one_that_the_registry_can_describe(seed: str, registry: Registry) -> None:
    who = person(Dice(seed))
    assert who == person(Dice(seed))
    assert who.system in registry.metrics["system.os"].choices
    assert bounds.reduce(registry.metrics["system.python"], who.python) == who.python
    assert 0 <= who.first_week < WEEKS
    assert 0 < who.activity <= 1


def test_what_is_made_up_is_what_the_registry_names(registry: Registry) -> None:
    assert {f"command.{name}" for name in COMMANDS} <= set(registry.metrics)
    assert {f"exit.{name}" for name in EXITS} <= set(registry.metrics)
    assert set(TYPICAL_MS) == set(COMMANDS)
    assert set(SYSTEMS) <= set(registry.metrics["system.os"].choices)
    python = registry.metrics["system.python"]
    assert all(bounds.reduce(python, version) == version for version in PYTHONS)


def test_people_differ() -> None:
    people = [person(Dice(f"install {number}")) for number in range(50)]
    assert len({who.system for who in people}) > 1
    assert len({who.python for who in people}) > 1
    assert len({who.first_week for who in people}) > 1


def test_a_later_run_adds_new_installs_and_keeps_the_old(homes: list[Path]) -> None:
    assert [home.name for home in homes] == ["00001", "00002", "00003", "00004"]


def test_every_report_is_of_one_of_the_twelve_weeks_before_this_one(homes: list[Path]) -> None:
    monday = Week.of(TODAY).first
    allowed = {Week.of(monday - timedelta(weeks=back)) for back in range(1, WEEKS + 1)}
    for home in homes:
        reports = _waiting(home)
        weeks = [report.week for report in reports]
        assert reports
        assert set(weeks) <= allowed


def test_every_report_says_what_the_registry_allows(homes: list[Path], registry: Registry) -> None:
    for report in [report for home in homes for report in _waiting(home)]:
        content = json.loads(report.body)
        assert content["registry"] == registry.fingerprint
        for entry in content["entries"]:
            counted = bounds.counts(registry.metrics[entry["metric"]], entry["value"])
            assert isinstance(counted, dict), entry


def test_what_was_not_delivered_is_not_counted_as_delivered(
    registry: Registry, tmp_path: Path
) -> None:
    assert list(simulate(registry, tmp_path, 1, TODAY)) == [0]


def test_no_installs_leave_no_trace(registry: Registry, tmp_path: Path) -> None:
    assert list(simulate(registry, tmp_path / "none", 0, TODAY)) == []
    assert not (tmp_path / "none").exists()
