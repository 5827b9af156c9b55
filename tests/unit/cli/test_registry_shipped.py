from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.cli.main import run


def test_what_is_shipped_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["registry", "shipped"]) == 0
    printed = capsys.readouterr().out
    assert all(app in printed for app in ("backdrop", "endless", "mattermost", "mongooseim"))
    assert f"They are in {shipped_folder()}" in printed


def test_a_product_is_copied_with_its_mappings_and_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "registry"
    assert run(["registry", "shipped", "endless", "--copy", str(folder)]) == 0
    found = sorted(str(each.relative_to(folder)) for each in folder.rglob("*.toml"))
    assert found == ["endless.toml", "mappings/endless-events.toml", "mappings/endless.toml"]
    (folder / "endless.toml").write_text("mine")
    assert run(["registry", "shipped", "endless", "--copy", str(folder)]) == 0
    assert (folder / "endless.toml").read_text() == "mine"
    assert "is there already and stays as it is" in capsys.readouterr().out


def test_an_unknown_product_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["registry", "shipped", "notes"]) != 0
    assert "no registry of notes comes with Aboveboard" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mappings").write_text("a file")
    assert run(["registry", "shipped", "endless", "--copy", str(tmp_path)]) != 0
    assert "cannot be written" in capsys.readouterr().err
