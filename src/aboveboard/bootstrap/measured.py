"""Enters: what a worker measures. Leaves: the same, in the main process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aboveboard.collector.meters import Meters


class Measured(msgspec.Struct, frozen=True):
    """Meters as one process tells them to another.

    Attributes:
        answers: code, wire, app, and how many.
        messages: code, wire, app, client, and how many.
        batches: how many lie in each bucket.
        records: the sum of the batches.
        syncs: likewise.
        seconds: the sum of the syncs.
    """

    answers: list[tuple[str, str, str, int]] = []
    messages: list[tuple[str, str, str, str, int]] = []
    batches: list[int] = []
    records: float = 0.0
    syncs: list[int] = []
    seconds: float = 0.0


def told(meters: Meters) -> Measured:
    """Tell what was measured so far."""
    return Measured(
        [(*labels, count) for labels, count in sorted(meters.answers.items())],
        [(*labels, count) for labels, count in sorted(meters.messages.items())],
        list(meters.batches.counts),
        meters.batches.total,
        list(meters.syncs.counts),
        meters.syncs.total,
    )


def add(meters: Meters, measured: Measured) -> None:
    """Add what another process measured.

    Example:
        >>> from aboveboard.collector.meters import Meters
        >>> one, both = Meters(), Meters()
        >>> one.batches.observe(3)
        >>> for _ in range(2):
        ...     add(both, told(one))
        >>> both.batches.total, sum(both.batches.counts)
        (6.0, 2)
    """
    for code, wire, app, count in measured.answers:
        meters.answers[code, wire, app] += count
    for code, wire, app, version, count in measured.messages:
        meters.messages[code, wire, app, meters.told_apart(version)] += count
    meters.batches.add(measured.batches, measured.records)
    meters.syncs.add(measured.syncs, measured.seconds)
