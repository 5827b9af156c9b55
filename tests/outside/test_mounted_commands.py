"""Programs of Click, Typer and argparse that mount the commands, and a person who uses them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.outside.editors import ABOUT, PRODUCT
from tests.outside.terminals import Terminal
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Run

PROGRAMS = Path(__file__).parents[1] / "data" / "mounted"
REGISTRY = f"""{PRODUCT}
[collector]
url = "http://127.0.0.1:9"
[metric."file.opened"]
kind = "counter"
title = "Files opened"
level = "usage"
{ABOUT}
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
            timeout=PATIENCE,
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
    screen = Terminal(OWN_TERMINAL, str(program), "telemetry", "ask")
    screen.read_until("One key: ")
    assert "May An editor for tests send usage counts?" in screen.shown
    screen.press("n")
    screen.read_until("local: chosen by you on ")
    assert screen.end() == 0
    screen.leave()
