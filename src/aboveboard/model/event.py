"""Enters: what was counted. Leaves: one small fact of a day, already reduced and within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.metric import Metric

Value: TypeAlias = bool | int | str
"""What a caller may hand to ``count`` or ``set``."""


@dataclass(frozen=True, slots=True)
class Event:
    """One count of one day, the only thing that the device keeps.

    A counter has the key ``""``; a flag ``"true"`` or ``"false"``; a choice its word; a version its
    first parts; a timing the lower bound of its bucket. A list of such counts is all that either
    end stores, so there is one shape for every kind.

    Attributes:
        metric: what was measured.
        day: on which day, in the machine's own time zone.
        key: which of its possible values.
        count: how often, at least 1.
    """

    metric: Metric
    day: date
    key: str
    count: int = 1
