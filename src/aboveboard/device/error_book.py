"""Enters: where a program broke. Leaves: what a report may tell of it, kept until then.

Counts say how often each fingerprint was there; this book says what a fingerprint stands for. Two
programs that write it at once may lose a line of it, but never a count. Its bytes are the business
of ``error_lines``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import date

    from aboveboard.model.broke import Broke
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Entry, Report

MOST_NOTED = 200
MOST_BYTES = 400_000
"""What the details of one report may take, so that it stays well below what a collector takes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What one fingerprint of one metric stands for, as it was there last.

    Attributes:
        metric: the metric that counted it.
        broke: where the program broke.
        day: when.
        sendable: whether it was recorded while the person had said yes.
    """

    metric: str
    broke: Broke
    day: date
    sendable: bool


def note(book: Iterable[Noted], new: Iterable[Noted]) -> list[Noted]:
    """Note down what broke: the last time counts, and nothing remains of the times before.

    What may not be sent never takes the place of what may: it would be told with the other's count.

    Args:
        book: what is noted already.
        new: what broke since, in its order.

    Returns:
        At most 200, the oldest days let go first.
    """
    lines = {(line.metric, line.broke.fingerprint): line for line in book}
    for line in new:
        place = line.metric, line.broke.fingerprint
        if place in lines and lines[place].sendable and not line.sendable:
            continue
        lines.pop(place, None)
        lines[place] = line
    return sorted(lines.values(), key=lambda line: line.day)[-MOST_NOTED:]


def withheld(book: Iterable[Noted]) -> list[Noted]:
    """Mark everything as never to be sent: the person said no, or had not said yes before."""
    return [replace(line, sendable=False) for line in book]


def silenced(book: Iterable[Noted], speaking: Container[str]) -> list[Noted]:
    """Let go of messages, but for those of some metrics: the person took a level back."""
    return [
        line if line.metric in speaking else replace(line, broke=replace(line.broke, message=""))
        for line in book
    ]


def forget(book: Iterable[Noted], report: Report) -> list[Noted]:
    """Let go of what a report tells: if it is there again, it is noted again."""
    told = {(entry.metric, broke.fingerprint) for entry in report.entries for broke in entry.detail}
    return [line for line in book if (line.metric, line.broke.fingerprint) not in told]


def speaking(registry: Registry, levels: Container[str]) -> frozenset[str]:
    """Give the metrics whose messages may travel: those of levels that the person said yes to."""
    metrics = registry.metrics.values()
    return frozenset(m.name for m in metrics if m.message_level and m.message_level in levels)


def details(
    book: Iterable[Noted],
    metric: str,
    marks: Container[str],
    *,
    message: bool = False,
    local: bool = False,
) -> tuple[Broke, ...]:
    """Give what some fingerprints of a metric stand for, as far as it is noted.

    Args:
        book: what is noted.
        metric: the metric.
        marks: the fingerprints.
        message: whether messages may be told.
        local: whether to give what must stay on the machine, too, for the person alone.
    """
    found = [
        line.broke if message else replace(line.broke, message="")
        for line in book
        if line.metric == metric and line.broke.fingerprint in marks and (line.sendable or local)
    ]
    return tuple(sorted(found, key=lambda broke: broke.fingerprint))


def explain(
    report: Report, book: Sequence[Noted], messages: Container[str] = (), *, local: bool = False
) -> Report:
    """Add to a report what its fingerprints stand for, each once and as long as there is room.

    Args:
        report: as it was built from counts.
        book: what is noted.
        messages: the metrics whose messages may travel, see :func:`speaking`.
        local: whether it is only shown to the person.
    """
    if not book:
        return report
    told: set[tuple[str, str]] = set()
    room = MOST_BYTES
    entries: list[Entry] = []
    for entry in report.entries:
        kept: list[Broke] = []
        for broke in _details_of(entry, book, messages, local=local):
            place, size = (entry.metric, broke.fingerprint), _size(broke)
            if place not in told and size <= room:
                told.add(place)
                room -= size
                kept.append(broke)
        entries.append(replace(entry, detail=tuple(kept)))
    return replace(report, entries=tuple(entries))


def _details_of(
    entry: Entry, book: Sequence[Noted], messages: Container[str], *, local: bool
) -> tuple[Broke, ...]:
    if not isinstance(entry.value, dict):
        return ()
    message = entry.metric in messages
    return details(book, entry.metric, entry.value, message=message, local=local)


def _size(broke: Broke) -> int:
    texts = (*broke.types, *broke.frames, broke.message)
    return 100 + sum(len(text) + len('"",') for text in texts)
