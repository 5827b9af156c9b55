"""Enters: two versions of a registry. Leaves: the bits of their reports, metric by metric."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.registry.difference import renamed
from aboveboard.registry.uniqueness import estimates, largest_group, measured, total

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.registry.uniqueness import Estimate

NOTHING_BITS = 1e-6
"""What floating point may be wrong by."""


class Joined(enum.StrEnum):
    """What is taken to arrive together."""

    AS_SENT = "as sent"
    """Everything: today a device sends one report a week with all of its metrics."""
    AS_ALLOWED = "as allowed"
    """The largest group that ``correlates_with`` lets travel together."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric before and after; None where it is not measured."""

    before: Estimate | None
    after: Estimate | None

    @property
    def gain(self) -> float:
        """By how many bits it tells more."""
        return _bits(self.after) - _bits(self.before)


@dataclass(frozen=True, slots=True)
class Bits:
    """What one report tells an install apart by, before and after.

    Attributes:
        rows: each metric that is measured before or after, most bits first.
        sent: as sent, before and after.
        allowed: as allowed, before and after.
        group: the names of the largest group that is allowed, after.
        joined: what the bound is about.
        bound: the most bits, or None if nobody said.
        installs: how many installs are expected after, or None if nobody said.
    """

    rows: tuple[Row, ...]
    sent: tuple[float, float]
    allowed: tuple[float, float]
    group: tuple[str, ...]
    joined: Joined
    bound: int | None
    installs: int | None

    @property
    def bound_about(self) -> tuple[float, float]:
        """The bits before and after that the bound is about."""
        return self.sent if self.joined is Joined.AS_SENT else self.allowed

    @property
    def raised(self) -> bool:
        """Whether a report tells more than before."""
        before, after = self.bound_about
        return after > before + NOTHING_BITS

    @property
    def over(self) -> bool:
        """Whether a report tells more than the bound allows."""
        return self.bound is not None and self.bound_about[1] > self.bound + NOTHING_BITS


def weigh(base: Registry, head: Registry, bound: int | None, joined: Joined) -> Bits:
    """Estimate what reports tell before and after; a renamed metric keeps its row."""
    before, after = estimates(measured(base)), estimates(measured(head))
    new_names = renamed(base.metrics, head.metrics)
    old = {new_names.get(each.metric.name, each.metric.name): each for each in before}
    rows = [Row(old.pop(each.metric.name, None), each) for each in after]
    rows += [Row(each, None) for each in old.values()]
    groups = largest_group(measured(base)), largest_group(measured(head))
    return Bits(
        rows=tuple(rows),
        sent=(total(before), total(after)),
        allowed=(total(groups[0]), total(groups[1])),
        group=tuple(each.metric.name for each in groups[1]),
        joined=joined,
        bound=bound,
        installs=head.installs,
    )


def _bits(each: Estimate | None) -> float:
    return each.bits if each is not None else 0.0
