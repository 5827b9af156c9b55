"""Enters: what was counted. Leaves: one small fact of a day, already reduced and within bounds."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from aboveboard.model.consent import Leave
from aboveboard.values import dataclass

Value: TypeAlias = bool | int | str
"""What a caller may hand to ``count`` or ``set``."""


@dataclass(frozen=True, slots=True)
class Event:
    """One count of one day, the only thing that the device keeps.

    A counter has the key ``""``; a flag ``"true"`` or ``"false"``; a choice its word; a version its
    first parts; a timing the lower bound of its bucket. A list of such counts is all that either
    end stores, so there is one shape for every kind.

    Attributes:
        metric: the name of what was measured.
        day: on which day, in the machine's own time zone.
        key: which of its possible values.
        count: how often, at least 1; 0 only says that a state ended.
        adds_up: whether counts of a day are summed; else the later value replaces the earlier.
        leave: whether it may leave the machine.
        choice: the number of the person's choice under which it was recorded; 0 for none.
    """

    metric: str
    day: date
    key: str
    count: int = 1
    adds_up: bool = True
    leave: Leave = Leave.NEVER
    choice: int = 0

    def label(self) -> str:
        r"""Name the place that its count is kept under; no part of it can hold a line's end.

        Example:
            >>> Event("file.opened", date(2026, 11, 18), "").label()
            '+\nfile.opened\n2026-11-18\n\n0\n0'
        """
        kind = "+" if self.adds_up else "="
        day = self.day.isoformat()
        return f"{kind}\n{self.metric}\n{day}\n{self.key}\n{self.leave.value}\n{self.choice}"


def from_label(label: str, count: int) -> Event:
    r"""Read what :meth:`Event.label` wrote.

    Raises:
        ValueError: it is no label.

    Example:
        >>> from_label('+\nfile.opened\n2026-11-18\n\n1\n2', 3).count
        3
    """
    kind, metric, day, key, leave, choice = label.split("\n")
    if kind not in {"+", "="}:
        raise ValueError(kind)
    when = date.fromisoformat(day)
    return Event(metric, when, key, count, kind == "+", Leave(int(leave)), int(choice))
