"""Enters: what was measured. Leaves: a section of the page, with its verdicts."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.device.contestants import MANY, OURS, QUEUE, RIVALS
from benchmarks.device.figures import LONG, PATIENCE, ROUNDS, Figure, Found, Values
from benchmarks.device.programs import BATCH, FEW_COUNTS, MANY_COUNTS

TITLE = "What telemetry costs the program that it lives in"


@dataclass(frozen=True, slots=True)
class Part:
    """One table.

    Attributes:
        title: its heading.
        about: how it was measured.
        figures: its columns.
        ours: what ours is made of, where it is not nothing.
    """

    title: str
    about: str
    figures: tuple[Figure, ...]
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What we want to hold.

    Attributes:
        words: what is held.
        figures: the keys, of which the worst counts.
        most: the largest value that is good enough.
        unit: of it.
    """

    words: str
    figures: tuple[str, ...]
    most: float
    unit: str = ""


PARTS = (
    Part(
        "One count",
        f"Medians are of batches of {BATCH} calls, 99th percentiles of single calls; what the timer"
        f" itself takes, measured between them, is taken off. There are {MANY:,} calls, shared by"
        f" the threads ({QUEUE:,} where a queue of 10,000 would lose the rest). The collector"
        " answers at once; threads that send do so meanwhile, and the garbage collector is on.",
        (
            Figure("median.1", "1 thread, median", "ns"),
            Figure("p99.1", "1 thread, p99", "ns"),
            Figure("median.8", "8 threads, median", "ns"),
            Figure("p99.8", "8 threads, p99", "ns"),
        ),
        "Ours looks up the metric by its name, asks whether day and consent are still those, and"
        " adds in a mapped file, which survives a kill; prometheus-client adds to an object that"
        " its caller holds, in memory that ends with the program.",
    ),
    Part(
        "Start",
        "From before the import until after it, until the first count is done, and how many modules"
        " the import brings into an interpreter that has none but its own.",
        (
            Figure("import", "import", "ms"),
            Figure("first", "first count done", "ms"),
            Figure("modules", "modules", ""),
        ),
        "Ours imports a name when it is asked for, so the first count pays for what the import does"
        " not: reading the registry and its rules is most of it.",
    ),
    Part(
        "Memory",
        "Resident memory (`Rss` of `/proc/self/smaps_rollup`) of the process, beyond that of an"
        " empty interpreter.",
        (
            Figure("memory.import", "after the import", "MB"),
            Figure("memory.init", "after the start", "MB"),
            Figure("memory.counts", f"after {MANY_COUNTS:,} counts", "MB"),
        ),
        "More than two thirds of ours are the interpreter's own modules, and most of those are what"
        " reading a registry takes: tomllib, which imports typing, re and datetime. The rest are"
        " our own modules. What makes and sends reports, SQLite and pathlib come when they are"
        " needed, and of the mapped file of counts a page is in use. Less would take a registry"
        " that need not be read as TOML at each start.",
    ),
    Part(
        "At idle",
        "A second after the start and one count, beyond an empty interpreter.",
        (
            Figure("threads", "threads", ""),
            Figure("files", "open files", ""),
            Figure("processes", "child processes", ""),
        ),
        "Our file is the one in which counts survive the program, mapped and locked as long as it"
        " lives; Python holds a mapped file open twice.",
    ),
    Part(
        "Exit with a dead network",
        f"From the last of {FEW_COUNTS} counts until the process is gone, beyond the same program"
        " without a library. Nobody listens at a closed port; a full backlog lets no connection"
        " come about; a silent server takes the request and never answers; a dripping one answers"
        f" a byte a second, without end. What takes longer than {LONG / 1e3:.0f} seconds is"
        f" measured once, and a program is killed after {PATIENCE:.0f}.",
        (
            Figure("exit.closed", "closed", "ms"),
            Figure("exit.full", "full", "ms"),
            Figure("exit.silent", "silent", "ms"),
            Figure("exit.dripping", "dripping", "ms"),
        ),
        "Ours hands what is due to a process of its own before it goes; prometheus-client has"
        " nothing to send, and no network makes a difference to it.",
    ),
)
TARGETS = (
    Target("one count, median, 1 thread", ("median.1",), 1_000, "ns"),
    Target("one count, p99, 1 thread", ("p99.1",), 5_000, "ns"),
    Target("one count, median, 8 threads", ("median.8",), 1_000, "ns"),
    Target("one count, p99, 8 threads", ("p99.8",), 5_000, "ns"),
    Target("import", ("import",), 25, "ms"),
    Target("memory", ("memory.import", "memory.init", "memory.counts"), 5, "MB"),
    Target("threads before the first report is sent", ("threads",), 0),
    Target(
        "exit with a dead network, the worst",
        ("exit.closed", "exit.full", "exit.silent", "exit.dripping"),
        50,
        "ms",
    ),
)
HOW = (
    "Each measurement is a fresh process with a home of its own; all take turns, {least} to {most}"
    " rounds of everything, and each number is the median of its rounds. Every collector is on this"
    " machine. What each was made to do for a count:"
)


def section(found: Found, versions: Mapping[str, str]) -> str:
    """Write everything, below one heading.

    Args:
        found: the values of each contestant.
        versions: of the packages.
    """
    parts = [
        f"## {TITLE}\n",
        wrapped(HOW.format(least=min(ROUNDS.values()), most=max(ROUNDS.values()))),
        told(versions),
        targets(found[OURS.name]),
        best(found),
        *(part_of(part, found) for part in PARTS),
    ]
    return "\n".join(parts)


def part_of(part: Part, found: Found) -> str:
    """Write one table below its own heading."""
    made_of = f"\n{wrapped(part.ours)}" if part.ours else ""
    return f"### {part.title}\n\n{wrapped(part.about)}\n{table(part.figures, found)}{made_of}"


def told(versions: Mapping[str, str]) -> str:
    """Write what each contestant was made to do."""
    return "".join(
        wrapped(f"- **{one.name}** {versions[one.package]}: `{one.count}`. {one.about}", "  ")
        for one in (OURS, *RIVALS)
    )


def table(figures: Iterable[Figure], found: Found) -> str:
    """Write one table: ours, each rival, and ours compared with the best of them."""
    columns = list(figures)
    heads = [f"{one.title}, {one.unit}" if one.unit else one.title for one in columns]
    lines = [("", *heads), ("---", *("---:" for _ in columns))]
    lines += [
        (name, *(number(values[one.key]) for one in columns)) for name, values in found.items()
    ]
    lines.append(("**ours to the best rival**", *(compared(one.key, found) for one in columns)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def compared(key: str, found: Found) -> str:
    """Say how ours stands to the best rival: as a ratio, or a difference where that is next to 0.

    Example:
        >>> compared("x", {"aboveboard": {"x": 3}, "rival": {"x": 2}, "other": {"x": 9}})
        '1.5 times rival'
    """
    ours = found[OURS.name][key]
    name, value = best_rival(key, found)
    if value < 1:
        return f"{ours - value:+.3g} to {name}" if ours != value else f"as {name}"
    return f"{ours / value:.3g} times {name}"


def best_rival(key: str, found: Found) -> tuple[str, float]:
    """Find the rival with the smallest value."""
    rivals = {name: values[key] for name, values in found.items() if name != OURS.name}
    name = min(rivals, key=lambda rival: rivals[rival])
    return name, rivals[name]


def targets(ours: Values) -> str:
    """Write what we want to hold, and whether we do."""
    lines = ["| target | at most | measured | |\n|---|---:|---:|---|\n"]
    for target in TARGETS:
        worst = max(ours[key] for key in target.figures)
        verdict = "met" if worst <= target.most else "**not met**"
        cells = (target.words, *(measured(value, target.unit) for value in (target.most, worst)))
        lines.append(f"| {' | '.join(cells)} | {verdict} |\n")
    return "".join(lines)


def best(found: Found) -> str:
    """Say where ours is the best of all, and where it is not by how much."""
    columns = [(part, figure) for part in PARTS for figure in part.figures]
    behind = [
        f"- {part.title.lower()}, {figure.title}: {compared(figure.key, found)}\n"
        for part, figure in columns
        if found[OURS.name][figure.key] > best_rival(figure.key, found)[1]
    ]
    count = f"{len(columns) - len(behind)} of {len(columns)}"
    if not behind:
        return f"Ours is the best, or as good as the best, in {count} columns.\n"
    return f"Ours is the best, or as good as the best, in {count} columns. It is not in:\n\n" + (
        "".join(behind)
    )


def wrapped(text: str, indent: str = "") -> str:
    """Write a paragraph as the pages have it: lines of a hundred characters at most."""
    return textwrap.fill(text, 100, subsequent_indent=indent, break_on_hyphens=False) + "\n"


def measured(value: float, unit: str) -> str:
    """Write a number and its unit, if it has one."""
    return f"{number(value)} {unit}".rstrip()


def number(value: float) -> str:
    """Write a number with three digits, large ones whole.

    Example:
        >>> number(1234.5), number(0.1234), number(math.inf)
        ('1,234', '0.123', '> 20,000')
    """
    if value == math.inf:
        return f"> {PATIENCE * 1e3:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 three digits
