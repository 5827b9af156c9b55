from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from aboveboard.cli.key import key_line
from aboveboard.cli.main import run
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

if TYPE_CHECKING:
    from pathlib import Path


def test_the_line_is_what_a_registry_takes() -> None:
    key = bytes(range(32))
    collector = f'[collector]\nurl = "https://collector.example"\n{key_line(key)}\n'
    found = read(EXAMPLE_REGISTRY + collector.encode()).collector
    assert found is not None
    assert found.key == key


def test_the_command_makes_a_key_once_and_prints_its_public_half_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "collector"
    printed = []
    for _ in range(2):
        assert run(["key", "--data", str(data)]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    files = list((data / "keys").iterdir())
    assert sorted(file.name for file in files) == ["0001.x25519", "log.ed25519"]
    for file in files:
        assert base64.b64encode(file.read_bytes()).decode() not in printed[0]


def test_the_line_of_the_log_is_what_a_registry_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["key", "--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out
    body = EXAMPLE_REGISTRY + f'[collector]\nurl = "https://x.example"\n{lines}'.encode()
    found = read(body).collector
    assert found is not None
    assert found.log.startswith("collector-")
    assert f'log = "{found.log}"' in lines


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run(["key", "--data", str(tmp_path / "file" / "collector")]) == 1
    assert capsys.readouterr().err.startswith("aboveboard: ")


def test_a_broken_key_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "0001.x25519").write_bytes(b"short")
    assert run(["key", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("aboveboard: ")
