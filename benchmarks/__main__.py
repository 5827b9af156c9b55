"""Enters: what to measure (counting, loading, intake; all by default). Leaves: the tables.

With ``--write`` they become docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from benchmarks import counting, intake, loading
from benchmarks.rounds import table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
GROUPS = {
    "counting": (
        counting.measure,
        "What one count costs",
        "One thread, one counter, as fast as it goes.",
    ),
    "loading": (
        loading.measure,
        "From the log into tables",
        "Records of ten facts; ours also judges duplicates and brings totals up to date.",
    ),
    "intake": (
        intake.measure,
        "Reports kept per second",
        "64 connections, reports of ten entries, one server process, senders on the same cores.",
    ),
}
HEAD = """# Benchmarks

`make bench` measured this on {cores} cores with Python {python}. Compare ratios within a table:
every number depends on the machine, and on what else it is doing.
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument("groups", nargs="*", help=", ".join(GROUPS))
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    told = parser.parse_args()
    if unknown := set(told.groups) - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    parts = [HEAD.format(cores=os.cpu_count(), python=platform.python_version())]
    for name in told.groups or GROUPS:
        measure, title, about = GROUPS[name]
        sys.stderr.write(f"measuring {name} …\n")
        parts.append(table(title, about, measure()))
        sys.stdout.write(parts[-1] + "\n")
    if told.write:
        PAGE.write_text("\n".join(parts), encoding="utf-8")


main()
