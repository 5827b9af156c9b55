"""Our own tool mounts the commands that every program can mount; these are tested by themselves."""

from __future__ import annotations

import json

import pytest

from aboveboard.cli.main import run
from aboveboard.cli.own import own_telemetry
from aboveboard.model.consent import Mode


@pytest.mark.parametrize("mode", list(Mode), ids=[mode.value for mode in Mode])
def test_a_choice_is_kept_and_said(mode: Mode, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["telemetry", mode.value]) == 0
    assert capsys.readouterr().out.startswith(f"{mode.value}: chosen by you on ")
    with own_telemetry() as own:
        assert own.mode is mode
    run(["telemetry", "status"])
    status = capsys.readouterr().out
    assert f"your own choice: {mode.value}, of " in status
    assert "reports go: nowhere; no collector is named" in status


def test_what_is_shown_is_what_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with own_telemetry() as own:
        own.count("command.key", 5)
        expected = json.loads(own.preview(local=True)[0])["entries"]
    assert run(["telemetry", "show", "--local"]) == 0
    shown = json.loads(capsys.readouterr().out)["entries"]
    assert [entry for entry in shown if entry["metric"] == "command.key"] == [
        entry for entry in expected if entry["metric"] == "command.key"
    ]


def test_off_shows_that_nothing_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    run(["telemetry", "off"])
    capsys.readouterr()
    run(["telemetry", "show"])
    assert capsys.readouterr().err == "Nothing is counted.\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param(["outbox"], 0, id="done"),
        pytest.param(["send-now"], 1, id="could-not"),
        pytest.param(["forget"], 2, id="not-understood"),
        pytest.param(["on", "--nonsense"], 2, id="no-option"),
    ],
)
def test_the_exit_status_tells_how_it_ended(words: list[str], status: int) -> None:
    assert run(["telemetry", *words]) == status


def test_hints_name_the_command_as_it_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    run(["telemetry", "forget"])
    assert "`aboveboard telemetry forget --all`" in capsys.readouterr().err
