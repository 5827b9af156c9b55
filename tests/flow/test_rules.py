"""Every rule around a choice, through a program that is opened as programs open it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import aboveboard
from aboveboard.adapters import word_files
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Mode, Rule
from aboveboard.settings import AUTOMATION

Write = Callable[..., bytes]
Place = Callable[[pytest.MonkeyPatch, Path], object]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no rule of the machine that runs the tests decide."""
    for name in ("ABOVEBOARD", "DO_NOT_TRACK", *AUTOMATION):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("aboveboard.settings._policy", lambda _: tmp_path / "policy.toml")
    monkeypatch.setattr(word_files, "ROOT", os.getuid() if hasattr(os, "getuid") else 0)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    tmp_path.chmod(0o755)


@pytest.fixture
def start(tmp_path: Path, write: Write) -> Callable[..., Telemetry]:
    """Open the telemetry of a person who said on."""
    body, home = write(), tmp_path / "home"
    aboveboard.open("editor", registry=body, home=home).choose("on")
    return lambda **more: aboveboard.open("editor", registry=body, home=home, **more)


def switched(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setenv("ABOVEBOARD", "local")


def refused(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setenv("DO_NOT_TRACK", "1")


def policy(_: pytest.MonkeyPatch, folder: Path) -> None:
    place = folder / "policy.toml"
    place.write_text('mode = "local"\n')
    place.chmod(0o644)


def project(_: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "work" / ".aboveboard.toml").write_text('mode = "on"\n[levels]\nusage = "off"\n')


def automation(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setenv("CI", "true")


RULES: dict[Rule, tuple[Place, Mode]] = {
    Rule.ENVIRONMENT: (switched, Mode.LOCAL),
    Rule.DO_NOT_TRACK: (refused, Mode.OFF),
    Rule.POLICY: (policy, Mode.LOCAL),
    Rule.PROJECT: (project, Mode.ON),
    Rule.AUTOMATION: (automation, Mode.LOCAL),
    Rule.CHOICE: (lambda *_: None, Mode.ON),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_decides_alone_and_is_told(
    start: Callable[..., Telemetry],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    rule: Rule,
) -> None:
    place, mode = RULES[rule]
    place(monkeypatch, tmp_path)

    with start() as telemetry:
        assert (telemetry.consent.rule, telemetry.mode) == (rule, mode)
        assert telemetry.person.status()[0] == telemetry.consent.explain()
        assert ("overridden" in telemetry.person.status()[1]) == (rule is not Rule.CHOICE)
        (deciding,) = [line for line in telemetry.person.explain() if "(this decides)" in line]
        assert f": {mode.value}" in deciding


def test_the_stronger_rule_wins_and_the_switch_over_all(
    start: Callable[..., Telemetry], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    decided = []
    for rule in reversed(RULES):
        RULES[rule][0](monkeypatch, tmp_path)
        with start() as telemetry:
            decided.append(telemetry.consent.rule)
    with start(mode="off") as telemetry:
        decided.append(telemetry.consent.rule)
        assert telemetry.mode is Mode.OFF
        overridden = [line for line in telemetry.person.explain() if "(overridden)" in line]
        assert len(overridden) == 6

    assert decided == [*reversed(RULES), Rule.SWITCH]


@pytest.mark.parametrize("word", ["no", "", "yes please"])
def test_a_switch_that_is_no_mode_counts_as_off(start: Callable[..., Telemetry], word: str) -> None:
    with start(mode=word) as telemetry:
        assert telemetry.consent.rule is Rule.SWITCH
        assert telemetry.mode is Mode.OFF


def test_a_project_that_asks_for_less_of_one_part_leaves_the_rest_as_the_person_chose(
    start: Callable[..., Telemetry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(monkeypatch, tmp_path)
    with start() as telemetry:
        assert telemetry.consent.of_level("usage") is Mode.OFF
        assert telemetry.consent.of_level("errors") is Mode.ON
    monkeypatch.setenv("CI", "true")
    with start() as telemetry:
        assert telemetry.consent.of_level("usage") is Mode.OFF
        assert telemetry.consent.of_level("errors") is Mode.LOCAL


def test_a_project_says_yes_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    project(monkeypatch, tmp_path)
    with aboveboard.open("editor", registry=write(), home=tmp_path / "another") as telemetry:
        assert not telemetry.consent.may_send
