"""Programs of Click, Typer and argparse that mount the commands, and a person who uses them."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.outside.conftest import Run

PROGRAMS = Path(__file__).parents[1] / "data" / "mounted"
REGISTRY = """
format = 1
[product]
id = "editor"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"
[product.levels]
usage = "Which parts of the editor are used."
[collector]
url = "http://127.0.0.1:9"
[metric."file.opened"]
kind = "counter"
title = "Files opened"
question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }
level = "usage"
"""
OWN_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
Editor = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(params=["with_argparse", "with_click", "with_typer"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a program beside its registry."""
    place = tmp_path / "program"
    place.mkdir()
    shutil.copy(PROGRAMS / f"{request.param}.py", place / "editor.py")
    (place / "editor.toml").write_text(REGISTRY, encoding="utf-8")
    return place / "editor.py"


@pytest.fixture
def editor(program: Path, home: Path) -> Editor:
    """Give what runs it."""
    assert home.is_dir()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(program), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_a_person_sees_decides_and_takes_back(editor: Editor, run: Run, tmp_path: Path) -> None:
    assert editor("edit").returncode == 0
    assert '"file.opened"' in editor("telemetry", "show", "--local").stdout
    assert editor("telemetry", "on").stdout.startswith("on: chosen by you on ")
    editor("edit")
    sent = editor("telemetry", "send-now")
    assert sent.returncode == 1
    assert "waiting: not reached" in sent.stdout
    (line, *_) = editor("telemetry", "outbox").stdout.splitlines()
    report = line.split()[0]
    carried = tmp_path / "carried"
    assert editor("telemetry", "outbox", "export", str(carried)).returncode == 0
    assert json.loads(carried.read_bytes().splitlines()[0])["app"] == "editor"
    listed = run("apps").stdout
    assert "An editor for tests" in listed
    assert editor("telemetry", "outbox", "strike", report).returncode == 0
    assert editor("telemetry", "outbox").stderr == "Nothing waits.\n"
    assert run("apps", "off", "editor").returncode == 0
    assert editor("telemetry", "status").stdout.startswith("off: chosen by you on ")


def test_what_is_not_understood_ends_with_two(editor: Editor) -> None:
    assert editor("telemetry", "on", "--level", "nonsense").returncode == 2
    assert editor("telemetry", "nonsense").returncode == 2
    done = editor("telemetry", "forget")
    assert done.stderr.startswith("editor telemetry: which report?\n")


def test_a_person_at_a_terminal_is_asked(
    program: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    asking = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, str(program), "telemetry", "ask"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = read_until(ours, b"One key: ")
    assert b"May An editor for tests send usage counts?" in shown
    os.write(ours, b"n")
    assert b"local: chosen by you on " in read_until(ours, b"chosen by you on ")
    assert asking.wait(30) == 0
    os.close(ours)


def read_until(terminal: int, words: bytes) -> bytes:
    shown, end = b"", time.monotonic() + 30
    while words not in shown:
        assert time.monotonic() < end, shown.decode()
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65_536)
    return shown
