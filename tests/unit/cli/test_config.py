from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.cli.main import run


def test_what_holds_is_shown_with_its_source_and_what_is_wrong_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.toml"
    file.write_text('workers = 2\nport = "x"\n', encoding="utf-8")
    assert run(["config", "show", "--config", str(file)]) == 0
    printed = capsys.readouterr()
    assert f"  {file}\n" in next(x for x in printed.out.splitlines(keepends=True) if "workers" in x)
    assert printed.err.startswith("! port: port must be a whole number")


def test_settings_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.toml"
    file.write_text('registry = "r"\n', encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"The settings are well; {file} was read.\n"
    file.write_text('registry = "r"\nrate_per_minute = 999\n', encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 0
    assert capsys.readouterr().err.startswith("! rate_per_minute: One request may bring")
    file.write_text("", encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 1
    assert "registry must be given. [missing]" in capsys.readouterr().err


def test_without_a_file_the_settings_can_be_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_REGISTRY", "r")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")
    assert run(["config", "check"]) == 0
    assert "no file was read" in capsys.readouterr().out


def test_a_command_finds_the_data_folder_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_DATA", str(tmp_path / "named"))
    assert run(["sql", "select 1"]) == 1
    assert str(tmp_path / "named") in capsys.readouterr().err
