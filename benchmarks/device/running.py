"""Enters: a program. Leaves: what it printed of itself, and how long it took to end.

Each runs in a fresh process with the rivals' environment (`make bench` makes it), an empty home and
no variables but those that every program has. What it started is killed when it has ended.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.device.contestants import Contestant

PYTHON = Path(__file__).parents[2] / ".venv" / "bench" / "bin" / "python"
LONGEST = 120.0
"""Seconds after which a program is stuck."""

Told = dict[str, list[list[int]]]
"""The lines that a program printed: the numbers of each, by its word."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended, or was killed.

    Attributes:
        told: what it printed.
        at: when it was gone, on the clock of ``time.monotonic_ns``; infinity if it was killed.
    """

    told: Told
    at: float


class Homes:
    """A folder in which every program gets a home of its own.

    Args:
        folder: empty; who made it removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    def new(self, contestant: Contestant, port: int, earlier: Path | None = None) -> Path:
        """Make a home, with what an earlier program left in its own."""
        home = self._folder / str(next(self._numbers))
        if earlier is None:
            home.mkdir()
        else:
            shutil.copytree(earlier, home)
        for name, text in contestant.files.items():
            whole = text.replace("URL", f"http://127.0.0.1:{port}")
            (home / name).write_text(whole, encoding="utf-8")
        return home


def run(program: str, home: Path, port: int, longest: float = LONGEST) -> Ended:
    """Run a program to its end.

    Args:
        program: its text.
        home: where it may keep things.
        port: of its collector.
        longest: the seconds after which it is killed.

    Raises:
        RuntimeError: it failed.
    """
    script, output, errors = (home / name for name in ("program.py", "output", "errors"))
    script.write_text(program, encoding="utf-8")
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(  # noqa: S603 ours
            [PYTHON, "-I", script, home, str(port)],
            cwd=home,
            env={"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        killed = threading.Event()
        watch = threading.Timer(longest, _kill, (process, killed))
        watch.start()
        status = process.wait()  # without a timeout of its own, which would look only now and then
        at = time.monotonic_ns()
    watch.cancel()
    _end_what_stayed(home)
    if status and not killed.is_set():
        message = f"a program failed: {errors.read_text(errors='replace')[-2000:]}"
        raise RuntimeError(message)
    return Ended(read(output.read_text()), math.inf if killed.is_set() else at)


def read(text: str) -> Told:
    """Read what a program printed: lines of a word and numbers."""
    told: Told = {}
    for line in text.splitlines():
        word, *numbers = line.split()
        told.setdefault(word, []).append([int(number) for number in numbers])
    return told


def _kill(process: subprocess.Popen[bytes], killed: threading.Event) -> None:
    killed.set()
    process.kill()


def _end_what_stayed(home: Path) -> None:
    """Kill what the program left behind, a sender of its own for example: it has the same home."""
    mark = f"HOME={home}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or is somebody else's
            if mark in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)
