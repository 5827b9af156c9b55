"""Enters: moments at which foreign messages were said. Leaves: days that are open, and their keys.

Who and what a wire knows is hashed under the key of its week (BLAKE2b with a key, 128 bits), which
is thrown away when the week is closed. What is remembered of a day has a bound and holds no name.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aboveboard.collector.records import RecordFact
from aboveboard.model.period import GRACE, Week

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.ports.period_keys import PeriodKeys

HASH_BYTES = 16
LOOK_BACK = timedelta(days=2)
"""So long after a week has begun, a message may be another try of one that came before."""
MOST_PARTS = 1024
"""Parts of senders' states whose hashes are remembered for a day."""
_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


class Day:
    """A day that is open: messages may be about it.

    Args:
        day: the day.
        key: of its week.

    Attributes:
        day: as above.
        text: as it is written.
        week: as it is written.
        before: a day of the week before, if another try of a message of that may come yet.
    """

    __slots__ = ("_active", "_keyed", "_parts", "_week", "before", "day", "text", "week")

    def __init__(self, day: date, key: bytes) -> None:
        self.day = day
        self.text = str(day)
        self._week = Week.of(day)
        self.week = str(self._week)
        self.before: Day | None = None
        self._keyed = hashlib.blake2b(key=key, digest_size=HASH_BYTES)
        self._parts: dict[str, str] = {}
        self._active: dict[tuple[str, str], list[RecordFact]] = {}

    def hash(self, *names: str) -> str:
        """Hash names under the key of the week."""
        keyed = self._keyed.copy()
        keyed.update("\0".join(names).encode(errors="surrogatepass"))
        return keyed.hexdigest()

    def part(self, name: str) -> str:
        """Hash the name of a part of a sender's state; most senders have the same few."""
        found = self._parts.get(name)
        if found is None:
            if len(self._parts) >= MOST_PARTS:
                self._parts.clear()
            found = self._parts[name] = self.hash("part", name)
        return found

    def active(
        self, app: str, metrics: Mapping[str, Metric], names: Iterable[str]
    ) -> list[RecordFact]:
        """Tell that an install was in use: once of a day, and once of its week.

        Args:
            app: the product.
            metrics: of it, those that count who is active.
            names: of them, those that the message is about.
        """
        found: list[RecordFact] = []
        for name in names:
            metric = metrics.get(name)
            if metric is not None:
                place = (app, name)
                if place not in self._active:
                    self._active[place] = self._counted(metric)
                found += self._active[place]
        return found

    def _counted(self, metric: Metric) -> list[RecordFact]:
        if not metric.measured_on(self.day):
            return []
        days = {"day": self.day, "week": self._week.first}
        said = [label for label in days if label in metric.labels]
        return [RecordFact(metric.name, str(days[label]), label, 1) for label in said]


class Days:
    """The days that are open.

    Args:
        keys: of their weeks.
    """

    def __init__(self, keys: PeriodKeys) -> None:
        self._keys = keys
        self._today: date | None = None
        self._days: dict[int, Day] = {}
        self._first = self._last = 0

    def __len__(self) -> int:
        return len(self._days)

    def today(self, today: date) -> Day:
        """Give today, and forget what is closed since.

        Raises:
            LogError: its key cannot be kept.
        """
        if today != self._today:
            first, last = _open(today)
            self._days = {day: kept for day, kept in self._days.items() if first <= day <= last}
            for kept in self._days.values():
                if kept.before is not None and _number(kept.before.day) < first:
                    kept.before = None  # its week is closed, and with it goes the key
            self._first, self._last, self._today = first, last, today
        return self._get(_number(today))

    def at(self, seconds: float) -> Day | None:
        """Give the day of a moment, None if it is not open, as seen from today.

        Raises:
            LogError: its key cannot be kept.
        """
        day = seconds // _DAY_SECONDS
        return self._get(int(day)) if self._first <= day <= self._last else None

    def _get(self, number: int) -> Day:
        found = self._days.get(number)
        if found is None:
            day = date.fromordinal(_EPOCH + number)
            week = Week.of(day)
            found = Day(day, self._keys.key(week))
            sunday = _number(week.first) - 1
            if day - week.first < LOOK_BACK and sunday >= self._first:
                found.before = self._get(sunday)
            self._days[number] = found
        return found


def open_since(today: date) -> Week:
    """Give the oldest week of which anything is taken.

    Example:
        >>> str(open_since(date(2026, 11, 26)))
        '2026-W46'
    """
    return Week.of(today - GRACE)


def counted_on(at: float | None, arrived: date) -> tuple[date, bool]:
    """Tell the day that a message counts for, and whether it is the one on which it was said.

    Args:
        at: seconds since the epoch at which it was said; None for its arrival.
        arrived: the day on which it came.

    Example:
        >>> counted_on(0.0, date(2026, 11, 26)), counted_on(None, date(2026, 11, 26))
        ((datetime.date(2026, 11, 26), False), (datetime.date(2026, 11, 26), True))
    """
    if at is None:
        return arrived, True
    day, (first, last) = at // _DAY_SECONDS, _open(arrived)
    in_time = first <= day <= last
    return (date.fromordinal(_EPOCH + int(day)) if in_time else arrived), in_time


def _open(today: date) -> tuple[int, int]:
    """Give the first and the last day of which anything is taken.

    A day's grace: somewhere on earth it is tomorrow already.
    """
    return _number(open_since(today).first), _number(today) + 1


def _number(day: date) -> int:
    """Count the days since the epoch."""
    return day.toordinal() - _EPOCH
