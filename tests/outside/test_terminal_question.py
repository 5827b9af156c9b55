"""A program that asks, on a real terminal of its own; nothing here imports anything of ours."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.outside.editors import ABOUT, PRODUCT
from tests.outside.terminals import Terminal
from tests.patience import PATIENCE

REGISTRY = f"""{PRODUCT}system = "Which operating system it runs on."
[collector]
url = "https://telemetry.editor.example"
[metric."file.opened"]
kind = "counter"
title = "Files opened"
level = "usage"
{ABOUT}
[metric."system.starts"]
kind = "counter"
title = "Starts"
level = "system"
{ABOUT}
"""

PROGRAM = r"""
import fcntl, json, os, sys, termios
if os.isatty(0):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if "background" in sys.argv:
    child = os.fork()
    if child:
        sys.exit(os.waitpid(child, 0)[1])
    os.setpgid(0, 0)  # the terminal stays with the group that had it
from aboveboard.adapters.terminal_question import TerminalQuestion
from aboveboard.device.question import question
from aboveboard.registry.read import read

asked = question(read(open(sys.argv[1], "rb").read()), data=[b'{"format":1,"entries":[]}'])
asker = TerminalQuestion(os.environ.get("TERM", ""))
if not asker.can_ask(asked):
    print("Nobody is asked.")
    sys.exit()
reply = asker.ask(asked)
with open(sys.argv[2], "w") as file:
    said = {"answer": reply.answer, "mode": reply.mode, "levels": dict(reply.levels)}
    json.dump({**said, "wording": reply.wording, "digest": asked.digest}, file)
print("The program goes on.")
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Give the registry's file, and the one that the program writes its answer to."""
    monkeypatch.setenv("TERM", "xterm-256color")
    registry = tmp_path / "editor.toml"
    registry.write_text(REGISTRY)
    return str(registry), str(tmp_path / "answer.json")


@pytest.fixture
def terminal(files: tuple[str, str]) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*options: str) -> Terminal:
        started.append(Terminal(PROGRAM, *files, *options))
        return started[-1]

    yield start
    for one in started:
        one.leave()


def answer(files: tuple[str, str]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(files[1]).read_text())
    return content


def test_a_person_answers_with_a_key_and_the_program_goes_on(
    terminal: Callable[..., Terminal], files: tuple[str, str]
) -> None:
    screen = terminal()
    screen.read_until("One key: ")
    lines = screen.shown.split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert b"\x1b" not in screen.raw  # no colour, so that none stands out
    screen.press("n")
    assert screen.end() == 0
    assert screen.shown.endswith(
        "Your answer: No: count, but do not send\n\nThe program goes on.\n"
    )
    said = answer(files)
    assert (said["answer"], said["mode"], said["levels"]) == ("local", "local", {})
    assert said["wording"] in screen.shown
    assert said["wording"].startswith("May An editor for tests send usage counts?\n")
    assert f"(SHA-256 {said['digest'][:16]})" in said["wording"]


def test_the_answers_are_written_alike(terminal: Callable[..., Terminal]) -> None:
    screen = terminal()
    screen.read_until("One key: ")
    answers = re.findall(r"^  (\w)  (\S.*)$", screen.shown, re.MULTILINE)
    assert [key for key, _ in answers] == ["y", "n", "o", "p", "d", "t", "l"]
    assert not re.search(r"\[|\(default|recommended|>|\*", "".join(label for _, label in answers))


def test_enter_alone_answers_nothing(
    terminal: Callable[..., Terminal], files: tuple[str, str]
) -> None:
    screen = terminal()
    screen.read_until("One key: ")
    screen.press("\n\n")
    time.sleep(1)
    assert screen.process.poll() is None
    screen.press("l")
    assert screen.end() == 0
    assert answer(files)["answer"] == "later"


def test_ctrl_c_means_later_and_the_program_goes_on(
    terminal: Callable[..., Terminal], files: tuple[str, str]
) -> None:
    screen = terminal()
    screen.read_until("One key: ")
    screen.press("\x03")
    assert screen.end() == 0
    assert screen.shown.endswith("The program goes on.\n")
    assert "Traceback" not in screen.shown
    said = answer(files)
    assert (said["answer"], said["mode"], said["wording"]) == ("later", None, "")


def test_part_by_part_on_a_real_terminal(
    terminal: Callable[..., Terminal], files: tuple[str, str]
) -> None:
    screen = terminal()
    screen.read_until("One key: ")
    screen.press("p")
    screen.read_until("usage: Which parts of the editor are used. (1 count)\n  y")
    screen.press("y")
    screen.read_until("system: Which operating system it runs on. (1 count)\n  y")
    screen.press("o")
    assert screen.end() == 0
    said = answer(files)
    assert (said["mode"], said["levels"]) == ("on", {"system": "off"})


def test_in_the_background_nobody_is_asked_and_nothing_stops(
    terminal: Callable[..., Terminal],
) -> None:
    screen = terminal("background")
    screen.read_until("Nobody is asked.")
    assert screen.end() == 0


@pytest.mark.parametrize("pipe", ["stdin", "stdout", "stderr"])
def test_in_a_pipe_nobody_is_asked(files: tuple[str, str], pipe: str) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *files],
        stdin=subprocess.PIPE if pipe == "stdin" else theirs,
        stdout=subprocess.PIPE if pipe == "stdout" else theirs,
        stderr=subprocess.PIPE if pipe == "stderr" else theirs,
        start_new_session=True,
    )
    process.communicate(timeout=PATIENCE)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0
    assert not Path(files[1]).exists()


def test_on_a_dumb_terminal_nobody_is_asked(
    terminal: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = terminal()
    screen.read_until("Nobody is asked.")
    assert screen.end() == 0
