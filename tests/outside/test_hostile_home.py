"""Disks that are full, files in the way and clocks that jump: the program never notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.disks import disk_or_skip, fill
from tests.patience import PATIENCE

HEAD = """
import json, logging, os, signal, sys
from pathlib import Path
import aboveboard

registry, home, *rest = sys.argv[1:]
telemetry = aboveboard.open("editor", registry=Path(registry), home=home)
"""
USE = """
def use(times):
    for _ in range(times):
        telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    with telemetry.time("no.such"):
        pass
    telemetry.preview(local=True)
    telemetry.flush()
    telemetry.journal()

def counted():
    bodies = [json.loads(body) for body in telemetry.preview(local=True)]
    entries = [entry for body in bodies for entry in body["entries"]]
    return sum(entry["value"] for entry in entries if entry["metric"] == "file.opened")
"""
PLAIN = HEAD + USE + "use(100)\ntelemetry.close()\nprint(counted())"
FULL_FOR_A_WHILE = (
    HEAD
    + USE
    + """
use(100)
telemetry.close()
Path(rest[0]).unlink()
use(1)
telemetry.close()
print(counted())
"""
)
HOLDER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""
LOCKED = (
    HEAD
    + USE
    + f"HOLDER = {HOLDER!r}"
    + """
import subprocess, time
use(1)
telemetry.close()
holder = subprocess.Popen(
    [sys.executable, "-c", HOLDER, home + "/counts.sqlite"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
)
holder.stdout.readline()
telemetry.count("file.opened")
begun = time.monotonic()
telemetry.close()
print(time.monotonic() - begun)
holder.communicate()
print(counted())
"""
)
NO_LARGE_FILES = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(__import__("sys").argv[3]), resource.RLIM_INFINITY))
"""
LARGE_FILES_AGAIN = """
use(100)
telemetry.close()
limit = resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
use(1)
telemetry.close()
print(counted())
"""


@pytest.fixture
def runs(registry: Path, home: Path) -> Callable[..., str]:
    """Give what runs a program to its end and gives what it printed; it must print no error."""

    def run_program(text: str, *arguments: object, folder: Path = home / "counts") -> str:
        command = [sys.executable, "-c", text, str(registry / "editor.toml"), str(folder)]
        done = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    return run_program


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 400 kB."""
    with disk_or_skip(tmp_path / "disk", "400k") as folder:
        yield folder


def test_a_disk_that_is_full_for_a_while_loses_nothing_of_a_program_that_runs_on(
    small_disk: Path, runs: Callable[..., str]
) -> None:
    filling = small_disk / "filling"
    fill(filling)

    assert runs(FULL_FOR_A_WHILE, filling, folder=small_disk / "home") == "101"


def test_a_disk_that_becomes_full_keeps_what_was_counted(
    small_disk: Path, runs: Callable[..., str]
) -> None:
    home, filling = small_disk / "home", small_disk / "filling"
    counted_only = HEAD + "\nfor _ in range(100):\n    telemetry.count('file.opened')"
    runs(counted_only, folder=home)
    fill(filling)

    assert runs(PLAIN, folder=home) in {"0", "100", "200"}
    filling.unlink()

    assert int(runs(HEAD + USE + "print(counted())", folder=home)) in {200, 300}


@pytest.mark.parametrize("mapped", [True, False], ids=["mapped", "in-memory"])
def test_a_program_that_ends_does_not_wait_for_who_has_the_store_locked(
    home: Path, runs: Callable[..., str], *, mapped: bool
) -> None:
    if not mapped:  # then only the store can take what was counted
        (home / "counts").mkdir(parents=True)
        (home / "counts" / "live").write_text("in the way")

    seconds, counted = runs(LOCKED).split()

    assert float(seconds) < 1.0  # of the two that others would be waited for
    assert counted == "2"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limit")
@pytest.mark.parametrize("most", [pytest.param(n, id=f"{n}-bytes") for n in (0, 1000, 70_000)])
def test_files_that_may_not_grow_lose_nothing_of_a_program_that_runs_on(
    runs: Callable[..., str], most: int
) -> None:
    assert runs(NO_LARGE_FILES + HEAD + USE + LARGE_FILES_AGAIN, most) == "101"


@pytest.mark.parametrize(
    ("way", "counted"),
    [
        pytest.param("counts", "0", id="home-is-a-file"),
        pytest.param("counts/live", "100", id="tallies-are-a-file"),
        pytest.param("counts/counts.sqlite/x", "0", id="store-is-a-folder"),
        pytest.param("counts/counts.lock/x", "0", id="lock-is-a-folder"),
        pytest.param("counts/choice.json/x", "0", id="choice-is-a-folder"),
    ],
)
def test_what_lies_in_the_way_is_not_the_programs_trouble(
    home: Path, runs: Callable[..., str], way: str, counted: str
) -> None:
    (home / way).parent.mkdir(parents=True, exist_ok=True)
    (home / way).write_text("in the way")

    assert runs(PLAIN) == counted


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        pytest.param("counts.sqlite", {"100", "0"}, id="store"),
        pytest.param("counts.lock", {"100"}, id="lock"),
        pytest.param("live/0.tally", {"100"}, id="tally"),
    ],
)
def test_broken_files_are_not_the_programs_trouble(
    home: Path, runs: Callable[..., str], name: str, counted: set[str]
) -> None:
    path = home / "counts" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(os.urandom(70_000))

    assert runs(PLAIN) in counted
    assert int(runs(PLAIN)) >= 100


def test_while_a_choice_cannot_be_read_nothing_is_kept(
    home: Path, runs: Callable[..., str]
) -> None:
    path = home / "counts" / "choice.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(os.urandom(70_000))

    assert runs(PLAIN) == "0"
    path.unlink()
    assert runs(PLAIN) == "100"


CLOCK = """
from datetime import UTC, datetime, timedelta
from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.device import assemble
from aboveboard.registry.read import read
from aboveboard.settings import DeviceSettings
clock = SetClock(datetime(1970, 1, 1, tzinfo=UTC))
known = read(Path(registry).read_bytes(), "editor")
telemetry = assemble(known, DeviceSettings(home), clock=clock)
telemetry.count("file.opened")
telemetry.flush()
clock.move(timedelta(days=365 * 130))
telemetry.count("file.opened", 10)
telemetry.set("system.os", "linux")
telemetry.flush()
clock.move(datetime(2026, 11, 18, tzinfo=UTC) - clock.now())
telemetry.count("file.opened", 100)
telemetry.flush()
print(json.dumps([json.loads(body) for body in telemetry.preview(local=True)]))
"""


def test_a_clock_that_jumps_loses_nothing(runs: Callable[..., str]) -> None:
    reports: list[dict[str, Any]] = json.loads(runs(HEAD + CLOCK))
    (report,) = reports

    assert report["period"] == "2026-W47"
    said = {entry["metric"]: entry["value"] for entry in report["entries"]}
    assert said == {"file.opened": 111, "system.os": "linux"}
