"""The same commands in programs of Click, of Typer and of argparse."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest
import typer
from click.testing import CliRunner
from typer.testing import CliRunner as TyperRunner

import aboveboard.commands
from aboveboard.commands import add_argparse, click_group, typer_app
from aboveboard.commands.listing import COMMANDS
from aboveboard.device.telemetry import Telemetry

Call = Callable[[Telemetry, list[str]], tuple[int, str]]


def with_click(telemetry: Telemetry, words: list[str]) -> tuple[int, str]:
    main = click.Group("editor")
    main.add_command(click_group(lambda: telemetry))
    done = CliRunner().invoke(main, words, prog_name="editor")
    return done.exit_code, done.output


def with_typer(telemetry: Telemetry, words: list[str]) -> tuple[int, str]:
    app = typer.Typer()
    app.add_typer(typer_app(lambda: telemetry))

    @app.command()
    def edit() -> None:
        """Edit."""

    done = TyperRunner().invoke(app, words, prog_name="editor")
    return done.exit_code, done.output


def with_argparse(telemetry: Telemetry, words: list[str]) -> tuple[int, str]:
    parser = argparse.ArgumentParser(prog="editor")
    add_argparse(parser.add_subparsers(required=True), lambda: telemetry)
    written = io.StringIO()
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        try:
            asked: Any = parser.parse_args(words)
            status = int(asked.func(asked))
        except SystemExit as end:
            status = int(end.code or 0)
    return status, written.getvalue()


MOUNTS = [with_click, with_typer, with_argparse]


@pytest.fixture(params=MOUNTS, ids=[each.__name__ for each in MOUNTS])
def call(request: pytest.FixtureRequest) -> Call:
    chosen: Call = request.param
    return chosen


def test_a_whole_conversation_is_the_same(call: Call, telemetry: Telemetry) -> None:
    def run(*words: str) -> tuple[int, str]:
        return call(telemetry, ["telemetry", *words])

    telemetry.choose("local")
    assert run("on", "--level", "usage", "--level", "errors")[0] == 0
    telemetry.count("file.opened")
    status, shown = run("show")
    assert (status, json.loads(shown)["entries"][0]["metric"]) == (0, "file.opened")
    assert run("outbox", "wait", "3")[1].startswith("Every report waits 3 days")
    assert run("outbox")[1].startswith("Nothing waits.")
    assert run("redirect", "--off")[1] == "Reports go to https://telemetry.editor.example.\n"
    assert run("also", "https://mine.example")[0] == 0
    assert run("outbox", "wait", "0")[0] == 0
    assert "delivered: 201 kept" in run("send-now")[1]
    assert "`editor telemetry forget --all`" in run("off")[1]
    assert run("forget", "--all")[0] == 0


def test_what_cannot_be_done_ends_with_one(call: Call, telemetry: Telemetry) -> None:
    status, said = call(telemetry, ["telemetry", "send-now"])
    assert status == 1
    assert said.startswith("editor telemetry: nothing may leave this machine\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="nothing"),
        pytest.param(["nonsense"], id="no-command"),
        pytest.param(["on", "--nonsense"], id="no-option"),
        pytest.param(["on", "--level", "nonsense"], id="no-level"),
        pytest.param(["outbox", "wait"], id="no-number"),
        pytest.param(["outbox", "wait", "many"], id="no-such-number"),
        pytest.param(["outbox", "nonsense"], id="no-command-below"),
        pytest.param(["outbox", "strike", "ffff", "file.opened"], id="no-report"),
        pytest.param(["forget"], id="which"),
        pytest.param(["also"], id="where"),
    ],
)
def test_what_is_not_understood_ends_with_two(
    call: Call, telemetry: Telemetry, words: list[str]
) -> None:
    assert call(telemetry, ["telemetry", *words])[0] == 2
    assert telemetry.consent.choice is None


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(each.words) for each in COMMANDS])
def test_every_command_has_its_help(call: Call, telemetry: Telemetry, command: Any) -> None:  # noqa: ANN401 a command
    status, said = call(telemetry, ["telemetry", *command.words, "--help"])
    assert status == 0
    words = " ".join(said.split())
    assert command.help.split(";")[0].split(",")[0] in words
    assert all(each.name in words for each in command.parameters if each.is_option)


def test_the_help_lists_the_commands_in_their_order(call: Call, telemetry: Telemetry) -> None:
    said = call(telemetry, ["telemetry", "--help"])[1]
    words = list(dict.fromkeys(each.words[0] for each in COMMANDS))
    listed = re.findall(rf"^[ │]+({'|'.join(words)})  ", said, re.MULTILINE)
    # Typer lists its groups last.
    assert listed == words if call is not with_typer else set(listed) == set(words)


def test_the_group_can_have_another_name(telemetry: Telemetry) -> None:
    parser = argparse.ArgumentParser(prog="editor")
    added = add_argparse(
        parser.add_subparsers(), lambda: telemetry, "counts", "What we count.", run_as="do"
    )
    assert added.prog == "editor counts"
    asked: Any = parser.parse_args(["counts", "show", "--next"])
    assert asked.do(asked) == 0
    assert click_group(lambda: telemetry, "counts", "What we count.").name == "counts"
    assert typer_app(lambda: telemetry, "counts", "What we count.").info.name == "counts"


def test_a_group_that_is_run_alone_names_itself(telemetry: Telemetry) -> None:
    done = CliRunner().invoke(click_group(lambda: telemetry), ["send-now"], prog_name="telemetry")
    assert done.output.startswith("telemetry: nothing may leave")


def test_the_public_names_are_one_sorted_list() -> None:
    assert aboveboard.commands.__all__ == dir(aboveboard.commands)
    assert aboveboard.commands.__all__ == sorted(aboveboard.commands.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = aboveboard.commands.nonsense


def test_a_program_that_mounts_them_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import argparse, sys; import aboveboard.commands;"
        "p = argparse.ArgumentParser(); s = p.add_subparsers();"
        "before = set(sys.modules);"
        "aboveboard.commands.add_argparse(s, None);"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("aboveboard")}
    assert ours == {
        "aboveboard.commands.command",
        "aboveboard.commands.listing",
        "aboveboard.commands.with_argparse",
    }
    assert not {"click", "typer", "sqlite3", "urllib.request"} & set(done.stdout.split())
