"""Enters: something to time. Leaves: medians over rounds, and rows of a table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        value: the median, in ``unit``.
        unit: of the value.
        ratio: compared with the first row of its group; larger is better where ``per_second``.
    """

    what: str
    value: float
    unit: str
    ratio: float


def rate(work: Callable[[], int], rounds: int = 5) -> float:
    """Run ``work``, which gives how many things it did, and give things per second (median)."""
    rates = []
    for _ in range(rounds):
        started = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - started))
    return statistics.median(rates)


def rows(unit: str, rates: dict[str, float]) -> list[Row]:
    """Compare rates with the first one's."""
    first = next(iter(rates.values()))
    return [Row(what, value, unit, value / first) for what, value in rates.items()]


def table(title: str, about: str, lines: list[Row]) -> str:
    """Write one group as Markdown."""
    head = f"## {title}\n\n{about}\n\n| | {lines[0].unit} | ratio |\n|---|---:|---:|\n"
    body = "".join(f"| {row.what} | {row.value:,.0f} | {row.ratio:.3g} |\n" for row in lines)
    return head + body
