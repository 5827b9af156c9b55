from __future__ import annotations

import os
from pathlib import Path

import pytest

from aboveboard.adapters import word_files
from aboveboard.bootstrap.surroundings import surroundings
from aboveboard.model.consent import Mode
from aboveboard.model.surroundings import Surroundings, Word
from aboveboard.settings import DeviceSettings


def test_a_machine_on_which_nobody_says_anything(tmp_path: Path) -> None:
    settings = DeviceSettings(str(tmp_path), person=str(tmp_path))
    assert surroundings(settings, "editor", start=tmp_path) == Surroundings()


def test_everybody_s_word_is_brought_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "etc" / "policy.toml"
    policy.parent.mkdir(mode=0o755)
    policy.write_text('mode = "local"\n')
    policy.chmod(0o644)
    project = tmp_path / ".aboveboard.toml"
    project.write_text('[apps.editor]\nmode = "off"\n')
    settings = DeviceSettings(
        str(tmp_path), "on", "1", automation="CI", policy=str(policy), person=str(tmp_path)
    )
    monkeypatch.setattr(word_files, "ROOT", os.getuid())
    around = surroundings(settings, "editor", Mode.OFF, tmp_path)
    assert around == Surroundings(
        switch=Mode.OFF,
        override="on",
        do_not_track="1",
        policy=Word(Mode.LOCAL, str(policy)),
        project=Word(Mode.OFF, str(project)),
        automation="CI",
    )


def test_a_policy_that_does_not_count_is_remarked(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('mode = "on"\n')
    policy.chmod(0o666)
    around = surroundings(
        DeviceSettings(str(tmp_path), policy=str(policy)), "editor", start=tmp_path
    )
    assert around.policy is None
    assert around.remarks[0].startswith(f"{policy}, because others than whoever runs")
