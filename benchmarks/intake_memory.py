"""Enters: nothing. Leaves: how much memory the collector holds after millions of reports.

One server process takes batches; the loader is not in it, and its log is cut behind it, so that
neither the disk nor a table has to hold them all.
"""

from __future__ import annotations

import contextlib
import re
import statistics
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.collector.seen import MOST_PER_GENERATION
from benchmarks.intake import BATCHES, prepared, sent, started
from benchmarks.intake_tables import number

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "Memory over many reports"
REPORTS = 10_000_000
FLAT = 1.05
SECONDS = 10.0
EVERY = 0.1
"""Seconds between two looks: a tooth of the saw takes ten."""
FILLING = 2
"""Teeth before both generations are full."""
LEFT = 2
"""Segments of the log that are not cut: one may be written just now."""
TOOTH = MOST_PER_GENERATION
ABOUT = """\
Resident memory of a server process that takes batches of 500 over 8 connections; the reports are
those of the section above. Ids are remembered in two generations of a million each, of which the
older one is forgotten when the newer is full: memory goes up and down like a saw. It is looked at
ten times a second, and the peak of each million reports is taken. Once both generations are full,
the median of the peaks in the second half is compared with that in the first: one peak alone may be
higher by chance, what leaks raises all. The loader is not in this process, and loaded segments are
dropped.
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
                with watched(process.pid) as looks:
                    values = sent(file, port, process.pid, seconds, BATCHES)
                now = int(values["kept"])
                found += [
                    (kept + round(now * n / len(looks)), size) for n, size in enumerate(looks)
                ]
                kept += now
                _cut(Path(data))
            found.append((kept, resident(process.pid)))
    return found


@contextlib.contextmanager
def watched(pid: int, every: float = EVERY) -> Iterator[list[float]]:
    """Look at the memory of a process again and again, at the beginning as well."""
    looks = [resident(pid)]
    over = threading.Event()

    def look() -> None:
        while not over.wait(every):
            looks.append(resident(pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        over.set()
        watcher.join()


def peaks(found: list[Point]) -> list[float]:
    """Give the largest size within each million reports that is whole."""
    teeth: defaultdict[int, list[float]] = defaultdict(list)
    for kept, size in found:
        teeth[kept // TOOTH].append(size)
    return [max(teeth[n]) for n in range(found[-1][0] // TOOTH)]


def written(found: list[Point]) -> str:
    """Write the section."""
    teeth = peaks(found)
    half = len(teeth) // 2
    early, late = (statistics.median(some) for some in (teeth[FILLING:half], teeth[half:]))
    ratio, verdict = number(late / early), "met" if late <= FLAT * early else "**not met**"
    asked = "the peaks of the second half, beside those of the first"
    lines = [
        f"## {TITLE}\n\n{ABOUT}",
        "| target | at most | measured | |",
        "|---|---:|---:|---|",
        f"| {asked} | {FLAT} | {ratio} | {verdict} |",
        "",
        "| of the reports the | peak of resident memory, MB |",
        "|---|---:|",
        *(f"| {n}. million | {number(size)} |" for n, size in enumerate(teeth, 1)),
    ]
    return "\n".join(lines) + "\n"


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
