"""Notes as people run it: in processes of their own, with files on disk and a real connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import aboveboard
import notes
from aboveboard.adapters.registry_files import read_file
from aboveboard.testing import FakeCollector, assert_nothing_private, counted, with_collector

KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT")
"""The variables that a program needs; the others may say something about telemetry."""


class Installed:
    """Notes, copied to a folder where it can do no harm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = folder / "notes.toml"
        self.home = folder / "state" / "aboveboard" / "notes"
        for file in (Path(notes.__file__), notes.REGISTRY):
            shutil.copy(file, folder)

    def start(self, *words: str, file: str = "notes.json") -> subprocess.Popen[str]:
        """Start it in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "notes.py", "--file", file, *words],
            cwd=self.folder,
            env={
                **{name: os.environ[name] for name in KEPT if name in os.environ},
                "HOME": str(self.folder),
                "XDG_STATE_HOME": str(self.folder / "state"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        """Run it, and give what it prints."""
        printed, _ = self.start(*words).communicate(timeout=30)
        return printed.strip()

    def telemetry(self) -> aboveboard.Telemetry:
        """Open its counts, as it does itself."""
        return aboveboard.open("notes", registry=self.registry, home=self.home)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Give a copy of the program."""
    return Installed(tmp_path)


def test_reports_reach_a_collector_and_hold_nothing_private(installed: Installed) -> None:
    collector = FakeCollector(read_file(installed.registry))
    with collector.serving() as url:
        installed.registry.write_bytes(with_collector(installed.registry.read_bytes(), url))
        installed.run("telemetry", "on")
        installed.run("add", "call Ana Okonkwo")
        assert "delivered: 201 kept" in installed.run("telemetry", "send-now")

    assert counted(collector, "command.used", "add") == 1
    assert counted(collector, "note.words") == 1
    assert collector.set_aside == []
    assert_nothing_private(collector, "Okonkwo", "call Ana", files=installed.home)


def test_a_collector_that_hangs_up_makes_nothing_worse(installed: Installed) -> None:
    collector = FakeCollector(read_file(installed.registry))
    collector.will_close(times=100)
    with collector.serving() as url:
        installed.registry.write_bytes(with_collector(installed.registry.read_bytes(), url))
        installed.run("telemetry", "on")
        installed.run("add", "buy milk")
        assert "waiting: not reached" in installed.run("telemetry", "send-now")

    assert installed.run("list") == "1  buy milk"


def test_programs_that_run_at_the_same_time_lose_no_count(installed: Installed) -> None:
    running = [installed.start("add", "buy milk", file=f"{number}.json") for number in range(4)]
    for each in running:
        each.communicate(timeout=30)

    assert counted(installed.telemetry(), "command.used", "add") == 4


def test_where_it_breaks_is_counted_and_not_what_it_was_reading(installed: Installed) -> None:
    (installed.folder / "notes.json").write_text("secret, and no JSON", encoding="utf-8")
    assert "JSONDecodeError" in installed.run("list")

    telemetry = installed.telemetry()
    assert counted(telemetry, "notes.broke") == 1
    assert_nothing_private(telemetry, "secret", str(installed.folder), files=installed.home)
