from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.wires import wires
from aboveboard.errors import SetupError
from aboveboard.settings.collector import CollectorSettings
from aboveboard.wires.foreign import Asked

NOTICE = """format = 1
id = "msb-1"
title = "A hole"
applies_to_version = ["5.37.0"]
html = "<p>Update.</p>"
"""
NAME = "mattermost-security"


def settings(folder: Path, bulletins: Path | None) -> CollectorSettings:
    return CollectorSettings(data=folder, registry=folder, wires=(NAME,), bulletins=bulletins)


def test_without_the_registry_and_a_folder_the_check_is_none_of_its_business(
    tmp_path: Path,
) -> None:
    [wire] = wires(settings(tmp_path, None), {})
    assert not wire.takes("GET", "/security")


def test_with_the_registry_servers_are_counted_and_hear_of_nothing(tmp_path: Path) -> None:
    registries = {"mattermost": read_file(shipped_folder() / "mattermost.toml")}
    [wire] = wires(settings(tmp_path, None), registries)
    understood = wire.read(Asked("GET", "/security", "id=w&os=linux"))
    assert (understood.answer.body, len(understood.said)) == (b"[]", 1)


def test_with_a_folder_servers_hear_of_its_notices_and_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(NOTICE, encoding="utf-8")
    [wire] = wires(settings(tmp_path, tmp_path), {})
    understood = wire.read(Asked("GET", "/security", "id=w&os=linux"))
    assert b"msb-1" in understood.answer.body
    assert list(understood.said) == []


def test_a_folder_that_cannot_be_read_keeps_a_collector_from_starting(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"the notices in .* cannot be read"):
        wires(settings(tmp_path, tmp_path / "nowhere"), {})
