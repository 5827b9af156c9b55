"""Enters: nothing. Leaves: how much memory the collector holds after millions of reports.

One server process takes batches; the loader is not in it, and its log is cut behind it, so that
neither the disk nor a table has to hold them all.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
from pathlib import Path

from benchmarks.intake import BATCHES, prepared, sent, started
from benchmarks.intake_tables import number

TITLE = "Memory over many reports"
REPORTS = 10_000_000
FLAT = 1.05
SECONDS = 10.0
STEPS = 10
LEFT = 2
"""Segments of the log that are not cut: one may be written just now."""
ABOUT = """\
Resident memory of a server process that takes batches of 500 over 8 connections; the reports are
those of the section above. Ids are remembered in two generations of a million each, of which the
older one is forgotten when the newer is full: memory goes up and down like a saw, so peaks are
compared. The loader is not in this process, and loaded segments are dropped.
"""

Point = tuple[int, float]
"""How many reports were kept, and the megabytes then."""


def section() -> str:
    """Measure, and write the section of the page."""
    return written(measure(REPORTS))


def measure(reports: int, seconds: float = SECONDS) -> list[Point]:
    """Send so many reports; look at the memory from time to time."""
    found: list[Point] = []
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as data:
        registries, file = prepared(Path(name))
        told = [sys.executable, "-m", "benchmarks.intake_server", data, str(registries)]
        with started([*told, "asgi", "alone"]) as (process, port):
            kept = 0
            while kept < reports:
                found.append((kept, resident(process.pid)))
                values = sent(file, port, process.pid, seconds, BATCHES)
                kept += int(values["kept"])
                _cut(Path(data))
            found.append((kept, resident(process.pid)))
    return found


def written(found: list[Point]) -> str:
    """Write the section."""
    half = found[-1][0] / 2
    early = max(size for kept, size in found if kept < half)
    late = max(size for kept, size in found if kept >= half)
    ratio, verdict = number(late / early), "met" if late <= FLAT * early else "**not met**"
    lines = [
        f"## {TITLE}\n\n{ABOUT}",
        "| target | at most | measured | |",
        "|---|---:|---:|---|",
        f"| the peak of the second half, beside that of the first | {FLAT} | {ratio} | {verdict} |",
        "",
        "| reports | resident, MB |",
        "|---:|---:|",
        *(f"| {kept:,} | {number(size)} |" for kept, size in _some(found)),
    ]
    return "\n".join(lines) + "\n"


def _some(found: list[Point]) -> list[Point]:
    """Give about as many points as a reader wants to see, the first and the last among them."""
    step = max(1, (len(found) - 1) // STEPS)
    return [*found[:-1:step], found[-1]]


def resident(pid: int) -> float:
    """Give the resident memory of a process, in units of 1024² bytes."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = re.search(r"VmRSS:\s+([0-9]+)", text)
    return int(kilobytes[1]) / 1024 if kilobytes else 0.0


def _cut(data: Path) -> None:
    segments = sorted(data.rglob("*.log"), key=lambda file: file.stat().st_mtime)
    for segment in segments[:-LEFT]:
        with contextlib.suppress(FileNotFoundError):
            segment.unlink()
