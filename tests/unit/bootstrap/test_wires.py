from __future__ import annotations

from pathlib import Path

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.translators import translator
from aboveboard.bootstrap.wire_makers import MAKERS, backdrop_projects
from aboveboard.bootstrap.wires import wires
from aboveboard.registry.read import read
from aboveboard.settings.collector import WIRES, CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY


def settings(tmp_path: Path, *names: str) -> CollectorSettings:
    return CollectorSettings(data=tmp_path, registry=tmp_path, wires=names)


def test_all_wires_are_on_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert set(WIRES) == set(MAKERS)
    usual = CollectorSettings(data=tmp_path, registry=tmp_path)
    assert [wire.name for wire in wires(usual, {})] == list(MAKERS)
    assert wires(settings(tmp_path), {}) == []


def test_projects_of_backdrop_are_those_of_the_registries_and_of_the_settings(
    tmp_path: Path,
) -> None:
    registries = {"backdrop": read_file(shipped_folder() / "backdrop.toml")}
    usual = CollectorSettings(data=tmp_path, registry=tmp_path)
    assert list(backdrop_projects(usual, registries)) == ["backdrop", "bee"]
    assert backdrop_projects(settings(tmp_path), registries) == {}


def test_a_mapping_of_the_own_folder_goes_before_the_one_that_is_shipped(tmp_path: Path) -> None:
    registry = read(EXAMPLE_REGISTRY)
    assert translator(registry, tmp_path).registry is registry
    (tmp_path / "mappings").mkdir()
    file = tmp_path / "mappings" / "editor.toml"
    file.write_text('format = 1\napp = "editor"\n')
    assert translator(registry, tmp_path).registry is registry
    file.chmod(0)
    file.unlink()
    file.mkdir()
    assert translator(registry, tmp_path).registry is registry
