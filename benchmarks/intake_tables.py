"""Enters: what was measured of the intake. Leaves: a section of the page, with its verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Found = dict[str, dict[str, float]]

STEADY = 1_000
"""Reports a second that come at times of their own: thirty times what a million installs send that
report once a day, in eight hours of it."""
NAMES = {
    "ours.alone": "aboveboard",
    "ceiling.alone": "(a) the ceiling: a protocol made by hand, the same core",
    "ours.loader": "aboveboard, loader live on the same cores",
    "ceiling.loader": "(a) likewise",
    "ours.steady": f"aboveboard, {STEADY:,} reports/s that come at times of their own",
    "ceiling.steady": "(a) likewise",
    "batches": "aboveboard, 500 reports in a request, 8 connections",
    "batches.two": "likewise two processes, as two workers are, 4 connections each",
    "json": "a core that does nothing but json.loads of them, which ours does not read with",
    "fastapi": "(b) FastAPI, SQLAlchemy, an insert per request into PostgreSQL",
    "queue": "(c) aiohttp into Redis, looking at nothing",
    "worker": "(c) what its worker drains, SQLAlchemy into PostgreSQL",
}
ABOUT = f"""\
64 connections, reports of 1.1 KB and ten entries, one server process, the sender on the same two
cores. All are sent the same 20,000 reports over and over, each time with new ids. They vary as
those of real installs do: counts are log-normal (sigma 1.5), each entry has a day of its own of a
week, tables of eight keys hold two to eight of them, and systems, versions and flags are unevenly
spread; two reports are hardly ever the same. Ours are checked strictly, kept once, and on disk
before the answer. CPU is that of the server process alone; what PostgreSQL and Redis take comes on
top of it for the rivals. All take turns, and each number is the median of its rounds. The ceiling
has no limits, no timeouts and knows one request. Where {STEADY:,} reports a second come at times of
their own (a million installs that report once a day, in eight hours of it, send 35), each is timed
from when it was due, so that one that holds up others pays for them; elsewhere a connection sends
its next report when the last one was answered, and what is timed is how long 64 wait for one
another.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What we want to hold.

    Attributes:
        words: what is held.
        bound: the number that is good enough.
        at_least: whether more is better.
        value: finds the number.
        unit: of it.
    """

    words: str
    bound: float
    at_least: bool
    value: Callable[[Found], float]
    unit: str = ""


def _at_least(words: str, bound: float, value: Callable[[Found], float]) -> Target:
    return Target(words, bound, at_least=True, value=value)


def _at_most(words: str, bound: float, value: Callable[[Found], float], unit: str = "") -> Target:
    return Target(words, bound, at_least=False, value=value, unit=unit)


def _times(what: str, one: str, other: str) -> Callable[[Found], float]:
    return lambda found: found[one][what] / found[other][what]


def _of(what: str, one: str) -> Callable[[Found], float]:
    return lambda found: found[one][what]


OURS, CEILING = "ours.alone", "ceiling.alone"
LOADED = _times("rate", "ours.loader", "ceiling.loader")
TARGETS = (
    _at_least("reports/s, beside (a)", 0.65, _times("rate", OURS, CEILING)),
    _at_most("CPU per report, beside (a)", 1.7, _times("cpu", OURS, CEILING)),
    _at_most("p99", 5, _of("p99", OURS), " ms"),
    _at_least("reports/s, beside (b)", 30, _times("rate", OURS, "fastapi")),
    _at_least("reports/s, beside what (c) drains", 50, _times("rate", OURS, "worker")),
    _at_least("reports/s with the loader live, beside (a) likewise", 0.6, LOADED),
    _at_most("the loader is behind at the end", 2, _of("behind", "ours.loader"), " s"),
    _at_least("reports/s in batches", 80_000, _of("rate", "batches")),
)
THERE = {"rate": 36_800, "p99": 3.4, "worker": 406}
"""What the ceiling and the worker of (c) did on the machine that the targets were set on."""
BESIDE = f"""\
Some of these are numbers of a machine: of one on which the ceiling kept {THERE["rate"]:,} reports a
second with a p99 of {THERE["p99"]} ms, and what (c) drained was {THERE["worker"]}. What asks for
as much of the ceiling here:
"""
BESIDE_CEILING = (
    _at_most("p99, beside (a)", 5 / THERE["p99"], _times("p99", OURS, CEILING)),
    _at_least(
        "what (c) drains, fifty times, beside (a)",
        50 * THERE["worker"] / THERE["rate"],
        _times("rate", OURS, CEILING),
    ),
    _at_least(
        "reports/s in batches, beside (a) one by one",
        80_000 / THERE["rate"],
        _times("rate", "batches", CEILING),
    ),
)


def written(title: str, found: Found) -> str:
    """Write the section."""
    absolute, beside = targets(found, TARGETS), targets(found, BESIDE_CEILING)
    return f"## {title}\n\n{ABOUT}\n{absolute}\n{BESIDE}\n{beside}\n{table(found)}"


def targets(found: Found, wanted: Iterable[Target]) -> str:
    """Write the verdicts."""
    lines = ["| target | | measured | |", "|---|---:|---:|---|"]
    for target in wanted:
        value = target.value(found)
        met = value >= target.bound if target.at_least else value <= target.bound
        sign = "≥" if target.at_least else "≤"
        bound, shown = f"{number(target.bound)}{target.unit}", f"{number(value)}{target.unit}"
        verdict = "met" if met else "**not met**"
        lines.append(f"| {target.words} | {sign} {bound} | {shown} | {verdict} |")
    return "\n".join(lines) + "\n"


def table(found: Found) -> str:
    """Write what was measured of each."""
    lines = ["| | reports/s | p50, ms | p99, ms | CPU, µs a report |", "|---|---:|---:|---:|---:|"]
    for key, name in NAMES.items():
        values = found[key]
        shown = [number(values[what]) if what in values else "" for what in ("p50", "p99", "cpu")]
        lines.append(f"| {name} | {number(values['rate'])} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Write a number with three digits that count.

    Example:
        >>> number(12345.6), number(0.6543)
        ('12,346', '0.654')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 three digits
