"""Enters: what a device counted. Leaves: it as it is kept there, and what of it had to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.consent import Leave
from aboveboard.values import dataclass

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A count as the device keeps it: by name, summed per day.

    Attributes:
        metric: the metric's name.
        day: the day it was counted.
        key: which of the metric's values.
        count: how often.
        leave: whether it may leave the machine.
    """

    metric: str
    day: date
    key: str
    count: int
    leave: Leave

    @property
    def sendable(self) -> bool:
        """Whether it goes when its report is due."""
        return self.leave is Leave.YES


@dataclass(frozen=True, slots=True)
class Lost:
    """What had to go to keep a store within its bounds, or was found broken.

    Attributes:
        counts: how many counts, one for each value of a day.
        reports: how many reports of the journal, one for each destination.
        broken: how many files were found broken since the last time.
    """

    counts: int = 0
    reports: int = 0
    broken: int = 0
