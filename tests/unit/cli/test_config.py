from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.cli.main import run
from aboveboard.testing import EXAMPLE_REGISTRY


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
    file, registry = tmp_path / "c.toml", tmp_path / "r"
    registry.mkdir()
    (registry / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    file.write_text('registry = "r"\n', encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"The settings are well; {file} was read.\n"
    file.write_text('registry = "r"\nrate_per_minute = 999\n', encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 0
    assert capsys.readouterr().err.startswith("! rate_per_minute: One request may bring")
    file.write_text("", encoding="utf-8")
    assert run(["config", "check", "--config", str(file)]) == 2
    assert "registry must be given. [missing]" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["config", "check"], ["serve", "--port", "0"], ["check"]])
def test_three_commands_tell_the_same_of_settings_that_cannot_work(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    file = tmp_path / "settings" / "c.toml"
    file.parent.mkdir()
    lines = ('registry = ".."', 'data = "data"', 'wires = ["foo"]', 'segment_keys = ["K=nope"]')
    file.write_text("\n".join([*lines, 'country_file = "none"']), encoding="utf-8")
    assert run([*command, "--config", str(file)]) == 2
    first, *told = capsys.readouterr().err.splitlines()
    assert first == "aboveboard: the settings have 3 problems"
    assert [line.split(":")[0].strip() for line in told] == [
        "wires",
        "country_file",
        "segment_keys",
    ]
    assert all(f"({file})" in line for line in told)
    assert not (file.parent / "data").exists()


def test_without_a_file_the_settings_can_be_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_REGISTRY", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")
    assert run(["config", "check"]) == 0
    assert "no file was read" in capsys.readouterr().out


def test_a_command_finds_the_data_folder_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_DATA", str(tmp_path / "named"))
    assert run(["sql", "select 1"]) == 1
    assert str(tmp_path / "named") in capsys.readouterr().err
