"""Enters: what to measure (device, counting, loading, intake, wires …). Leaves: tables.

With ``--write`` they go into docs/benchmarks.md; groups that were not measured stay there as they
are.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import counting, device, growth, idle, intake, intake_memory, loading, wires
from benchmarks.page import renewed
from benchmarks.rounds import Row, table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Group:
    """One section of the page.

    Attributes:
        title: its heading.
        section: measures, and writes the section.
    """

    title: str
    section: Callable[[], str]


def _rates(title: str, about: str, measure: Callable[[], list[Row]]) -> Group:
    return Group(title, lambda: table(title, about, measure()))


GROUPS = {
    "device": Group(device.TITLE, device.section),
    "counting": _rates(
        "What one count costs",
        "One thread, one counter, as fast as it goes.",
        counting.measure,
    ),
    "loading": _rates(
        "From the log into tables",
        "Records of ten facts; ours also judges duplicates and brings totals up to date.",
        loading.measure,
    ),
    "growth": Group(growth.TITLE, growth.section),
    "intake": Group(intake.TITLE, intake.section),
    "idle": Group(idle.TITLE, idle.section),
    "memory": Group(intake_memory.TITLE, intake_memory.section),
    "wires": Group(wires.TITLE, wires.section),
}
HEAD = """# Benchmarks

`make bench` measured this on {cores} cores with Python {python}, each section in a run of its own.
Compare ratios within a table: every number depends on the machine, and on what else it is doing.
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument("groups", nargs="*", help=", ".join(GROUPS))
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    told = parser.parse_args()
    if unknown := set(told.groups) - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    sections = []
    for name in told.groups or GROUPS:
        sys.stderr.write(f"measuring {name} …\n")
        sections.append(GROUPS[name].section())
        sys.stdout.write(sections[-1] + "\n")
    if told.write:
        head = HEAD.format(cores=os.cpu_count(), python=platform.python_version())
        titles = [group.title for group in GROUPS.values()]
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(renewed(page, head, sections, titles), encoding="utf-8")


main()
