from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters import detach
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.bootstrap import late, sender
from aboveboard.bootstrap.device import assemble
from aboveboard.model.stored import Lost
from aboveboard.registry.read import read
from aboveboard.settings import AUTOMATION, DeviceSettings
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, with_collector

KEY = bytes(range(32))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ABOVEBOARD", "DO_NOT_TRACK", *AUTOMATION):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    file = tmp_path / "editor.toml"
    file.write_bytes(with_collector(EXAMPLE_REGISTRY, "https://collector.example"))
    return file


def count(home: Path, registry: Path) -> None:
    """Count in a home of somebody who said on, and have it all wait."""
    known = read(registry.read_bytes())
    parts: dict[str, Any] = {
        "clock": SetClock(),
        "transport": FakeCollector(known),
        "background": False,
    }
    with assemble(known, DeviceSettings(str(home)), **parts) as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")


def paper(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((home / "papers" / "report.json").read_text())
    return found


def test_it_puts_a_home_in_order_from_within_it(home: Path, registry: Path) -> None:
    count(home, registry)

    sender.main([str(home), str(registry), str(registry.parent), "", "10000000"])

    assert str(paper(home)["mode"]).startswith("on: chosen by you")
    assert Path.cwd() == home


@pytest.mark.parametrize("mode", ["local", "off"])
def test_the_mode_of_the_program_holds(home: Path, registry: Path, mode: str) -> None:
    count(home, registry)
    before = sorted(home.rglob("report.json"))

    sender.main([str(home), str(registry), str(registry.parent), mode, "10000000"])

    if mode == "off":
        assert sorted(home.rglob("report.json")) == before
    else:
        assert paper(home)["mode"] == "local: the program was told so for this run"


def test_the_project_is_the_one_that_the_program_was_opened_in(home: Path, registry: Path) -> None:
    count(home, registry)
    project = registry.parent / "project"
    project.mkdir()
    (project / ".aboveboard.toml").write_text('mode = "local"\n')

    sender.main([str(home), str(registry), str(project), "", "10000000"])

    assert str(paper(home)["mode"]).startswith("local: the project that it runs in says so")


def test_it_keeps_no_more_than_it_was_told(
    home: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    prune = SqliteEventStore.prune

    def note(store: SqliteEventStore, most_bytes: int, oldest: date) -> Lost:
        told.append(most_bytes)
        return prune(store, most_bytes, oldest)

    monkeypatch.setattr(SqliteEventStore, "prune", note)
    count(home, registry)

    sender.main([str(home), str(registry), str(registry.parent), "", "2000000"])

    assert told == [2_000_000]


def test_a_program_that_began_before_an_upgrade_does_not_say_how_much_may_be_kept(
    home: Path, registry: Path
) -> None:
    count(home, registry)

    sender.main([str(home), str(registry), str(registry.parent), ""])

    assert str(paper(home)["mode"]).startswith("on: chosen by you")


@pytest.mark.parametrize("words", [[], ["none"], ["none", "none", "none", "", "much"]])
def test_what_it_is_told_wrong_reaches_nobody(words: list[str]) -> None:
    sender.main(words)


def test_only_where_something_can_be_kept_a_sender_is_started(
    home: Path, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        detach, "_start", lambda words, environment: started.append((words, environment))
    )
    monkeypatch.setenv("bamboo_buildKey", "an automation that looks like a secret")
    monkeypatch.setenv("EDITOR_API_KEY", "a secret")
    assert not late.detach(str(home), str(registry), "/", "")

    home.mkdir()
    assert late.detach(str(home), str(registry), "/", "")

    ((words, environment),) = started
    assert words[-5:] == [late.SENDER, str(home), str(registry), "/", ""]
    assert "bamboo_buildKey" in environment
    assert "EDITOR_API_KEY" not in environment


@pytest.mark.parametrize("key", [None, KEY])
def test_what_sending_takes_can_be_imported_at_once(key: bytes | None) -> None:
    late.ready(read(with_collector(EXAMPLE_REGISTRY, "https://collector.example", key)))
