from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest

from aboveboard.cli.main import COMMANDS, Exit, commands, main, run
from aboveboard.cli.own import own_telemetry, version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _counted() -> dict[str, Any]:
    with own_telemetry() as own:
        [body] = own.preview(local=True)
    return {entry["metric"]: entry["value"] for entry in json.loads(body)["entries"]}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], str]:
    """Give what adds a command that ends with an error."""

    def add(error: BaseException) -> str:
        def fail() -> None:
            raise error

        monkeypatch.setitem(commands.commands, "broken", click.Command("broken", callback=fail))
        return "broken"

    return add


@pytest.mark.parametrize("word", ["--help", "-h", "--version"])
def test_what_only_tells_something_succeeds(word: str) -> None:
    assert run([word]) is Exit.SUCCESS


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--version"])
    assert capsys.readouterr().out == f"aboveboard, version {version()}\n"


def test_without_a_word_the_help_is_shown_and_nothing_was_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([]) is Exit.REFUSED
    printed = capsys.readouterr()
    assert all(f"  {name} " in printed.err for name in COMMANDS)
    assert printed.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["nonsense"], "No such command 'nonsense'", id="no-such-command"),
        pytest.param(["key", "--colour"], "No such option '--colour'", id="no-such-option"),
        pytest.param(["sql"], "Missing argument 'QUERY'", id="no-query"),
        pytest.param(["serve"], "registry must be given", id="no-registry"),
        pytest.param(["demo", "--mode", "maybe"], "'maybe' is not one of", id="no-such-mode"),
        pytest.param(["sql", "select 1", "--format", "xml"], "'xml' is not", id="no-such-form"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert words in capsys.readouterr().err


def test_what_cannot_be_done_fails_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "registry").mkdir()
    where = ["--registry", str(tmp_path / "registry"), "--data", str(tmp_path / "data")]
    assert run(["serve", "--port", "99999", *where]) == 2
    assert "port must lie between 0 and 65535, not 99999 (--port)" in capsys.readouterr().err
    assert run(["serve", *where]) == 2
    said = capsys.readouterr().err
    assert "there is no registry file (*.toml)" in said
    assert "`aboveboard registry shipped --copy registry`" in said


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(KeyboardInterrupt(), id="ctrl-c"),
        pytest.param(click.exceptions.Abort(), id="ctrl-c-at-a-question"),
    ],
)
def test_an_interrupted_command_says_so_with_its_status(
    broken: Callable[[BaseException], str], error: BaseException
) -> None:
    assert run([broken(error)]) == 130
    assert _counted()["exit.interrupted"] == 1


def test_each_run_is_counted_with_its_end() -> None:
    run(["telemetry", "status"])
    run(["telemetry", "nonsense"])
    run(["nonsense"])
    counted = _counted()
    assert counted["command.telemetry"] == 2
    assert counted["exit.success"] == 1
    assert counted["exit.refused"] == 2
    assert sum(counted["command.duration"].values()) == 3


def test_a_command_that_breaks_is_counted_as_broken(
    broken: Callable[[BaseException], str],
) -> None:
    with pytest.raises(ZeroDivisionError):
        run([broken(ZeroDivisionError())])
    assert _counted()["exit.failure"] == 1


def test_where_nothing_may_be_recorded_no_file_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    assert run(["telemetry", "show"]) is Exit.SUCCESS
    assert list(home.iterdir()) == []


def test_the_process_ends_with_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["aboveboard", "nonsense"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2


def test_every_way_to_end_is_a_metric() -> None:
    with own_telemetry() as own:
        assert {f"exit.{end.name.lower()}" for end in Exit} <= set(own.registry.metrics)
        assert {f"command.{name.replace('-', '_')}" for name in COMMANDS} <= set(
            own.registry.metrics
        )
