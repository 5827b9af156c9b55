from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.cli.demo_registry import REAL, SIMULATED, demo_copy, write_registries
from aboveboard.cli.key import key_line, log_line
from aboveboard.registry.read import read
from aboveboard.transparency.note import Key

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.model.registry import Registry

URL = "http://127.0.0.1:8790"
KEY = bytes(range(32))
LOG = Key("editor.example/log", bytes(32))
LINES = (key_line(KEY), log_line(LOG))


def _read(folder: Path) -> dict[str, Registry]:
    return {registry.app: registry for registry in map(read_file, folder.glob("*.toml"))}


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Registry]:
    folder = tmp_path / "demo" / "registry"
    write_registries(folder, URL, *LINES)
    return _read(folder)


@pytest.mark.parametrize("app", [REAL, SIMULATED])
def test_each_copy_measures_what_the_shipped_registry_says_and_shows_every_group(
    written: dict[str, Registry], app: str
) -> None:
    shipped = read_file(shipped_folder() / f"{REAL}.toml")
    copy = written[app]
    together = sorted(shipped.metrics) if app == SIMULATED else []
    expected = {
        name: replace(
            metric,
            threshold=1,
            correlates_with=tuple(
                other for other in shipped.metrics if other in together and other != name
            ),
        )
        for name, metric in shipped.metrics.items()
    }
    assert dict(copy.metrics) == expected
    assert copy.levels == shipped.levels
    assert (copy.contact, copy.policy) == (shipped.contact, shipped.policy)


@pytest.mark.parametrize("app", [REAL, SIMULATED])
def test_each_copy_has_its_reports_sealed_for_the_collector_beside_it(
    written: dict[str, Registry], app: str
) -> None:
    collector = written[app].collector
    assert collector is not None
    assert (collector.url, collector.key, collector.log) == (URL, KEY, str(LOG))


def test_made_up_numbers_have_an_app_of_their_own_that_says_so(
    written: dict[str, Registry],
) -> None:
    assert set(written) == {REAL, SIMULATED}
    assert "made up" in written[SIMULATED].note
    assert "simulated" in written[SIMULATED].title
    assert "simulated" not in written[REAL].title.lower() + written[REAL].note.lower()
    assert "threshold 1" in written[REAL].note


def test_a_second_run_writes_its_own_address(tmp_path: Path) -> None:
    write_registries(tmp_path, URL, *LINES)
    write_registries(tmp_path, "http://127.0.0.1:4321", *LINES)
    for registry in _read(tmp_path).values():
        assert registry.collector is not None
        assert registry.collector.url == "http://127.0.0.1:4321"


def test_the_shipped_registry_is_left_as_it_is(tmp_path: Path) -> None:
    file = shipped_folder() / f"{REAL}.toml"
    before = file.read_bytes()
    write_registries(tmp_path, URL, *LINES)
    assert file.read_bytes() == before
    assert read(before).collector is None


def test_a_copy_adds_and_changes_nothing_else() -> None:
    text = (shipped_folder() / f"{REAL}.toml").read_text(encoding="utf-8")
    before, after = tomllib.loads(text), tomllib.loads(demo_copy(text, "A note.", URL, *LINES))
    assert after.pop("collector")["url"] == URL
    assert after["product"].pop("note") == "A note."
    for metric in after["metric"].values():
        assert metric.pop("threshold") == 1
    assert after == before
