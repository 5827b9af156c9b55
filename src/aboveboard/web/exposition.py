"""Enters: numbers. Leaves: the text that Prometheus reads, format 0.0.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.collector.meters import Histogram
from aboveboard.web.metrics_table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Sample = tuple[str, Mapping[str, str], float | Histogram]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(samples: Iterable[Sample]) -> str:
    """Write a page.

    Args:
        samples: name, labels and value, in any order.

    Raises:
        LookupError: a name or a label is not in the table.
    """
    lines: dict[str, list[str]] = {name: [] for name in TABLE}
    for name, labels, value in samples:
        if name not in TABLE or set(labels) != set(TABLE[name].labels):
            message = f"{name} with {sorted(labels)} is not in the table of metrics"
            raise LookupError(message)
        lines[name] += _lines(name, labels, value)
    page: list[str] = []
    for name, told in TABLE.items():
        if lines[name]:
            page += [f"# HELP {name} {told.help}", f"# TYPE {name} {told.form}", *lines[name]]
    return "\n".join(page) + "\n"


def _lines(name: str, labels: Mapping[str, str], value: float | Histogram) -> list[str]:
    if not isinstance(value, Histogram):
        return [f"{name}{_labels(labels)} {value}"]
    lines, below = [], 0
    for bound, count in zip(value.bounds, value.counts, strict=True):
        below += count
        lines.append(f"{name}_bucket{_labels({**labels, 'le': _bound(bound)})} {below}")
    return [
        *lines,
        f"{name}_sum{_labels(labels)} {value.total}",
        f"{name}_count{_labels(labels)} {below}",
    ]


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else f"{bound:g}"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = [f'{name}="{_escaped(word)}"' for name, word in labels.items()]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
