from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryWishes
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.commands.command import Given
from aboveboard.commands.files import why
from aboveboard.commands.listing import COMMANDS
from aboveboard.commands.writer import Writer
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import SealError, StoreError
from aboveboard.model.consent import Choice
from aboveboard.model.registry import Registry
from aboveboard.model.wishes import Wishes
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

Run = Callable[..., Any]
REGISTRY = read(EXAMPLE_REGISTRY)


class BrokenStore(MemoryEventStore):
    """A store whose choice cannot be kept and whose counts cannot be read."""

    def choose(self, _: object) -> None:
        message = "the choice cannot be kept"
        raise StoreError(message)

    def gather(self) -> None:
        message = "the counts cannot be gathered"
        raise StoreError(message)


class BrokenWishes(MemoryWishes):
    """Wishes that cannot be read."""

    def wishes(self) -> Wishes:
        message = "what was wished of delivery cannot be read; set it anew"
        raise StoreError(message)


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(each.words) for each in COMMANDS])
def test_every_command_has_a_function_and_a_sentence(command: Any) -> None:  # noqa: ANN401 a command
    assert callable(command.load())
    assert command.help.endswith(".")
    assert all(each.help.endswith(".") for each in command.parameters)


def test_where_telemetry_could_not_be_opened_every_command_says_so(
    run_with: Callable[[Telemetry], Run],
) -> None:
    broken = Telemetry(Registry("editor", "", "", "", "", ""), memory_parts(broken=True))
    for words in (["status"], ["on"], ["show"], ["outbox"]):
        said = run_with(broken)(*words)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("editor telemetry: telemetry could not be opened here\n")


def test_what_could_not_be_kept_is_said_and_what_to_do(
    run_with: Callable[[Telemetry], Run],
) -> None:
    said = run_with(Telemetry(REGISTRY, memory_parts(store=BrokenStore())))("on")
    assert (said.status, said.out) == (1, "")
    assert said.err.splitlines() == [
        "editor telemetry: the choice cannot be kept",
        "  What was asked for is not done.",
        "  Look whether the disk is full and whether its folder may be written, and try again.",
    ]
    said = run_with(Telemetry(REGISTRY, memory_parts(wishes=BrokenWishes())))("outbox")
    assert said.err.startswith("editor telemetry: what was wished of delivery cannot be read")


def test_an_error_that_was_held_back_is_not_taken_for_nothing(
    run_with: Callable[[Telemetry], Run],
) -> None:
    said = run_with(Telemetry(REGISTRY, memory_parts(store=BrokenStore())))("show", "--local")
    assert said.status == 1
    assert "what is kept here could not be read or written" in said.err


def test_what_cannot_be_sealed_says_how_it_could(
    run_with: Callable[[Telemetry], Run], telemetry: Telemetry, tmp_path: Path
) -> None:
    class NoSealer:
        def seal(self, *_: object) -> bytes:
            message = "sealing is not available here"
            raise SealError(message)

    del telemetry
    made = Telemetry(REGISTRY, memory_parts(sealer=NoSealer()))
    run = run_with(made)
    run("redirect", "https://mine.example", "--key", f"x25519:{'A' * 43}=")
    made.choose("on")
    made.count("file.opened")
    made.flush(now=True)
    said = run("outbox", "export", str(tmp_path / "out"))
    assert said.status == 1
    assert "Install aboveboard[seal]" in said.err


class Unreadable(MemoryEventStore):
    """A store whose choice cannot be read before it is made anew."""

    def choice(self) -> Choice | None:
        found = super().choice()
        if found is None:
            message = "the choice cannot be read"
            raise StoreError(message)
        return found


def test_a_broken_choice_is_never_hidden(run_with: Callable[[Telemetry], Run]) -> None:
    run = run_with(Telemetry(REGISTRY, memory_parts(store=Unreadable())))
    remark = "your own choice, because its file cannot be read; choose anew"
    said = run("status")
    assert said.status == 1
    assert said.lines[-1] == f"not counted: {remark}"
    assert said.err.splitlines() == [
        "editor telemetry: your own choice cannot be read",
        "  As long as it cannot, nothing is counted and nothing is sent.",
        "  Choose anew: `editor telemetry on`, `local` or `off`.",
    ]
    assert run("explain").lines[-1] == f"Not counted: {remark}"
    assert run("off").status == 0
    assert run("status").status == 0


def test_a_stream_that_cannot_show_a_sign_shows_another() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Writer("", out=stream).say("größer")
    assert raw.getvalue() == b"gr??er\n"


def test_whoever_has_read_enough_of_a_pipe_may_go() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w", encoding="utf-8") as stream:
        write = Writer("", out=stream)
        write.say("nobody reads this")
        write.say("nor this")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_lists_are_no_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    screen = Terminal()
    Writer("", out=screen).items(["a-word " * 10])
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= 30
    assert lines[1].startswith("  a-word")


def test_what_a_program_reads_has_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Writer("").items(["a-word " * 100])
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_moment_has_its_zone() -> None:
    assert Writer("", sys.stdout, sys.stderr, UTC).moment(0) == "1970-01-01 00:00 UTC"


def test_an_error_of_the_system_is_said_without_a_name() -> None:
    assert why(FileNotFoundError(2, "No such file or directory", "/home/ana")) == (
        "No such file or directory"
    )
    assert why(OSError("/home/ana")) == "the system does not say why"


def test_what_was_given_once_is_no_list() -> None:
    assert Given({"level": "usage"}).texts("level") == ()
