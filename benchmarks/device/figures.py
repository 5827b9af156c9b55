"""Enters: what programs told of themselves. Leaves: figures, each the median of its rounds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.device.programs import BATCH
from benchmarks.device.running import Ended, Told

BILLION = 1e9
MILLION = 1e6
KILO = 1e3

ROUNDS = {"starting": 11, "counting": 5, "memory": 5, "idle": 3, "leaving": 5}
"""How many times each is measured."""
LONG = 5_000
"""Milliseconds that are long enough to be measured once: no noise makes them short."""
PATIENCE = 20.0
"""Seconds after which nobody waits any longer for a program to end."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of a table.

    Attributes:
        key: its name in what was found.
        title: of the column.
        unit: of the values.
    """

    key: str
    title: str
    unit: str


Values = dict[str, float]
"""A value per figure."""
Found = dict[str, Values]
"""The values of each contestant."""


def percentile(values: Iterable[float], share: float) -> float:
    """Give the value that ``share`` of them do not exceed: the nearest rank, never between two.

    Example:
        >>> percentile(range(1, 101), 0.99)
        99
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def of_cost(told: Told, threads: int) -> Values:
    """Give the median of batches and the 99th percentile of single calls, less the timer."""
    batches, singles, timers = (
        [number for line in told[word] for number in line] for word in ("batch", "single", "timer")
    )
    timer = statistics.median(timers)
    return {
        f"median.{threads}": (statistics.median(batches) - timer) / BATCH,
        f"p99.{threads}": percentile(singles, 0.99) - timer,
    }


def of_starting(told: Told) -> Values:
    """Give milliseconds, and how many modules the import brought."""
    return {
        "import": one(told, "import") / MILLION,
        "first": one(told, "first") / MILLION,
        "modules": one(told, "modules"),
    }


def of_memory(told: Told) -> Values:
    """Give megabytes after each step."""
    return {f"memory.{word}": one(told, word) / KILO for word in ("import", "init", "counts")}


def of_idle(told: Told) -> Values:
    """Give what is there while nothing happens."""
    return {word: one(told, word) for word in ("threads", "files", "processes")}


def one(told: Told, word: str) -> int:
    """Give the one number of the one line of this word."""
    ((number,),) = told[word]
    return number


def waited(ended: Ended) -> float:
    """Give the milliseconds from a program's last line until it was gone; infinity if too many."""
    if ended.at == math.inf:
        return math.inf
    seconds = (ended.at - one(ended.told, "ended")) / BILLION
    return seconds * KILO if seconds <= PATIENCE else math.inf


def medians(rounds: Mapping[str, list[Values]], base: str | None) -> Found:
    """Give each contestant's medians, beyond those of ``base`` where there is one.

    Args:
        rounds: what was found of each contestant, round by round.
        base: the contestant that has no library, or None if nothing is to be taken off.

    Returns:
        The values per contestant, without ``base``.
    """
    middle = {
        name: {key: statistics.median(values[key] for values in found) for key in found[0]}
        for name, found in rounds.items()
    }
    without = middle.pop(base) if base is not None else {}
    return {
        name: {key: value - without.get(key, 0) for key, value in values.items()}
        for name, values in middle.items()
    }
