"""Enters: two versions of a registry. Leaves: the bits of their reports, metric by metric."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.registry.difference import renamed
from aboveboard.registry.uniqueness import by_report, estimates, measured, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.registry.uniqueness import Estimate

NOTHING_BITS = 1e-6
"""What floating point may be wrong by."""


class Joined(enum.StrEnum):
    """What is taken to arrive together."""

    AS_SENT = "as sent"
    """What is in one report: metrics that allow each other with ``correlates_with``."""
    LINKED = "if linked"
    """All reports of an install, as if somebody could link them."""


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
class Together:
    """What arrives together.

    Attributes:
        names: its metrics, most bits first.
        before: the most bits that a report with any of them told before, 0 if there was none.
        after: its bits.
    """

    names: tuple[str, ...]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Bits:
    """What installs are told apart by, before and after.

    Attributes:
        rows: each metric that is measured before or after, most bits first.
        reports: what each report of an install can hold after, the most telling first.
        sent: the bits of the most telling report, before and after.
        linked: the bits of all reports together, before and after.
        joined: what the bound is about.
        bound: the most bits, or None if nobody said.
        installs: how many installs are expected after, or None if nobody said.
    """

    rows: tuple[Row, ...]
    reports: tuple[Together, ...]
    sent: tuple[float, float]
    linked: tuple[float, float]
    joined: Joined
    bound: int | None
    installs: int | None

    @property
    def most_telling(self) -> tuple[str, ...]:
        """The names of the metrics in the most telling report after."""
        return self.reports[0].names if self.reports else ()

    @property
    def raised(self) -> Together | None:
        """What tells more than before: the most telling of it, or None.

        Each report is compared with what its own metrics told: one that tells much already excuses
        no other.
        """
        told = [each for each in self._judged if each.after > each.before + NOTHING_BITS]
        return told[0] if told else None

    @property
    def over(self) -> bool:
        """Whether what tells more than before tells more than the bound allows."""
        raised, bound = self.raised, self.bound
        return raised is not None and bound is not None and raised.after > bound + NOTHING_BITS

    @property
    def _judged(self) -> tuple[Together, ...]:
        if self.joined is Joined.AS_SENT:
            return self.reports
        names = tuple(row.after.metric.name for row in self.rows if row.after is not None)
        return (Together(names, *self.linked),)


def weigh(base: Registry, head: Registry, bound: int | None, joined: Joined) -> Bits:
    """Estimate what reports tell before and after; a renamed metric keeps its row."""
    before, after = estimates(measured(base)), estimates(measured(head))
    new_names = renamed(base.metrics, head.metrics)
    old = {_name(each, new_names): each for each in before}
    told = {
        _name(each, new_names): total(report)
        for report in by_report(base, measured(base))
        for each in report
    }
    rows = [Row(old.pop(each.metric.name, None), each) for each in after]
    rows += [Row(each, None) for each in old.values()]
    reports = tuple(_together(report, told) for report in by_report(head, measured(head)))
    return Bits(
        rows=tuple(rows),
        reports=reports,
        sent=(max(told.values(), default=0.0), reports[0].after if reports else 0.0),
        linked=(total(before), total(after)),
        joined=joined,
        bound=bound,
        installs=head.installs,
    )


def _name(each: Estimate, new_names: Mapping[str, str]) -> str:
    return new_names.get(each.metric.name, each.metric.name)


def _together(report: list[Estimate], told: Mapping[str, float]) -> Together:
    names = tuple(each.metric.name for each in report)
    return Together(names, max(told.get(name, 0.0) for name in names), total(report))


def _bits(each: Estimate | None) -> float:
    return each.bits if each is not None else 0.0
