"""Enters: nothing. Leaves: how much memory a collector holds that has nothing to do.

The whole collector, as ``aboveboard serve`` starts it: once with one product, once with all that
are shipped. Its keeper and all else that begins by itself has begun when it is looked at.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

from aboveboard.adapters.registry_files import shipped_folder
from benchmarks.intake import started
from benchmarks.intake_memory import resident
from benchmarks.intake_tables import number

TITLE = "Memory at idle"
MOST = 120.0
SECONDS = 90.0
ONE = "backdrop"
MAIN = "import sys; from aboveboard.cli.main import main; sys.exit(main())"
ABOUT = f"""\
Resident memory (`VmRSS`, in units of 1024² bytes) of `aboveboard serve` on DuckDB, pages and loader
included, {SECONDS:.0f} seconds after its start: what it does by itself once a minute was done then.
"""


def section() -> str:
    """Measure, and write the section of the page."""
    return written(measure())


def measure(seconds: float = SECONDS) -> dict[str, float]:
    """Start a collector with one product and one with all; look at both after a while."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        one = Path(name) / "one"
        one.mkdir()
        shutil.copy(shipped_folder() / f"{ONE}.toml", one)
        ways = {"one product": one, "all products that are shipped": shipped_folder()}
        pids: dict[str, int] = {}
        for what, registries in ways.items():
            data = Path(name) / f"data of {what}"
            told = ["serve", "--data", str(data), "--registry", str(registries), "--port", "0"]
            process, _ = stack.enter_context(started([sys.executable, "-c", MAIN, *told]))
            pids[what] = process.pid
        time.sleep(seconds)
        return {what: resident(pid) for what, pid in pids.items()}


def written(found: dict[str, float]) -> str:
    """Write the section."""
    lines = [f"## {TITLE}\n\n{ABOUT}", "| | at most, MB | resident, MB | |", "|---|---:|---:|---|"]
    for what, size in found.items():
        verdict = "met" if size <= MOST else "**not met**"
        lines.append(f"| {what} | {number(MOST)} | {number(size)} | {verdict} |")
    return "\n".join(lines) + "\n"
