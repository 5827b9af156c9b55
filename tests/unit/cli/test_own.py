from __future__ import annotations

import json
import re
import sys

import pytest

from aboveboard.cli.own import count_command, count_surroundings, version
from aboveboard.testing import memory_telemetry


def _said(platform: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr(sys, "platform", platform)
    telemetry = memory_telemetry(strict=False)
    count_surroundings(telemetry)
    [body] = telemetry.preview(local=True)
    return {entry["metric"]: entry["value"] for entry in json.loads(body)["entries"]}


@pytest.mark.parametrize(
    ("platform", "system"),
    [
        pytest.param("linux", "linux", id="linux"),
        pytest.param("darwin", "macos", id="macos"),
        pytest.param("win32", "windows", id="windows"),
        pytest.param("freebsd14", "freebsd", id="freebsd"),
        pytest.param("haiku1", "other", id="one-that-nobody-asked-for"),
    ],
)
def test_the_system_is_one_of_a_closed_list(
    platform: str, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _said(platform, monkeypatch)["system.os"] == system


def test_python_is_named_without_its_last_part(monkeypatch: pytest.MonkeyPatch) -> None:
    said = _said("linux", monkeypatch)
    assert said["system.python"] == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert isinstance(said["system.container"], bool)


@pytest.mark.parametrize("word", ["", "nonsense", "/home/ana/secret.txt"])
def test_a_word_that_is_no_command_is_not_counted(word: str) -> None:
    telemetry = memory_telemetry()
    count_command(telemetry, word)
    assert telemetry.preview(local=True) == []


def test_the_version_is_one() -> None:
    assert re.match(r"\d+\.\d+", version())
