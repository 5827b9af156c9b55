"""Enters: when something began and ended to be in use. Leaves: whole seconds of each day.

Time is measured by the clock that never runs backwards, and shared out over the days by the clock
that people read. What is left of a second is kept for the next time, so that none is lost.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_SECOND = 1000


class _Open:
    __slots__ = ("began", "mark", "name")

    def __init__(self, name: str, began: datetime, mark: int) -> None:
        self.name = name
        self.began = began
        self.mark = mark


class InUse:
    """Keeps what is in use at the moment. Threads may share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, _Open] = {}
        self._last = 0
        self._rest: dict[tuple[str, date], int] = defaultdict(int)

    def begin(self, name: str, now: datetime, mark: int) -> int:
        """Note that something is in use from now on.

        Args:
            name: of the metric.
            now: the moment, in the machine's own zone.
            mark: the same moment in milliseconds of a clock that never runs backwards.

        Returns:
            What :meth:`end` is told.
        """
        with self._lock:
            self._last += 1
            self._open[self._last] = _Open(name, now, mark)
            return self._last

    def end(self, number: int, mark: int) -> None:
        """Note that it is no longer in use."""
        with self._lock:
            ended = self._open.pop(number, None)
            if ended is not None:
                self._share_out(ended, mark)

    def seconds(self, now: datetime, mark: int) -> list[tuple[str, date, int]]:
        """Give the whole seconds of each day since the last time, also of what goes on.

        Example:
            >>> from datetime import datetime
            >>> uses = InUse()
            >>> number = uses.begin("editor.in_use", datetime(2026, 11, 18, 23, 59, 59), 0)
            >>> found = uses.seconds(datetime(2026, 11, 19, 0, 1), 61_500)
            >>> [(day.isoformat(), seconds) for _, day, seconds in found]
            [('2026-11-18', 1), ('2026-11-19', 60)]
        """
        with self._lock:
            for use in self._open.values():
                self._share_out(use, mark)
                use.began = now  # people may have set their clock, or the machine slept
            return self._take_whole(now.date())

    def _take_whole(self, today: date) -> list[tuple[str, date, int]]:
        """Give whole seconds; what is left of one on any day belongs to today."""
        found: dict[tuple[str, date], int] = defaultdict(int)
        left: dict[str, int] = defaultdict(int)
        for (name, day), milliseconds in self._rest.items():
            found[name, day] += milliseconds // _SECOND
            left[name] += milliseconds % _SECOND
        self._rest = defaultdict(int)
        for name, milliseconds in left.items():
            found[name, today] += milliseconds // _SECOND
            self._rest[name, today] = milliseconds % _SECOND
        return sorted((*place, seconds) for place, seconds in found.items() if seconds)

    def _share_out(self, use: _Open, mark: int) -> None:
        left = max(0, mark - use.mark)
        while left > 0:
            midnight = use.began.replace(hour=0, minute=0, second=0, microsecond=0)
            until = midnight + timedelta(days=1) - use.began
            part = min(left, -(-until // timedelta(milliseconds=1)))
            self._rest[use.name, use.began.date()] += part
            use.began += timedelta(milliseconds=part)
            left -= part
        use.mark = max(use.mark, mark)
