"""Enters: what the clocks say, a draw. Leaves: when the next reports are filed, kept as bytes.

Time is cut into slots of one period, and in each slot lies one moment, drawn anew each time over
the whole of it: so the moments of an install follow no rhythm that it could be known by. What is
kept is not a date but how long to wait from a known moment on. Within one run of the machine the
clock that nobody can set tells how much of that has passed, over a restart the wall clock does, and
a wall clock that went back takes nothing away: so no clock makes it file twice, or wait for years.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.model.registry import Sends

if TYPE_CHECKING:
    from aboveboard.ports.surroundings import Chance, Clock

PLACE = "timetable"
"""Under which name a store keeps it."""
FORMAT = 1
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PERIOD = {Sends.HOUR: HOUR, Sends.DAY: DAY, Sends.WEEK: 7 * DAY, Sends.MONTH: 30 * DAY}
"""How long a slot is, in milliseconds."""
SPREAD = {Sends.HOUR: 10 * MINUTE, Sends.DAY: 6 * HOUR, Sends.WEEK: 2 * DAY, Sends.MONTH: 7 * DAY}
"""Over how long the first filing, and the reports of each filing, are spread."""
MONDAY = 4 * DAY
"""The first Monday after the beginning of 1970, which was a Thursday."""
SKEW = 10 * MINUTE
"""How far the clocks of hosts that share a folder may be apart without being believed to be set."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clocks say at one moment.

    Attributes:
        wall: milliseconds since 1970.
        boot: the machine's present run.
        ms: milliseconds since that began.
    """

    wall: int
    boot: str
    ms: int

    @classmethod
    def of(cls, clock: Clock) -> Moment:
        """Ask the clocks."""
        boot, ms = clock.boot()
        return cls(int(clock.seconds() * SECOND), boot, ms)

    def follows(self, since: Moment) -> bool:
        """Whether no restart lies between."""
        return self.boot == since.boot and self.ms >= since.ms

    def after(self, since: Moment) -> int:
        """Tell how many milliseconds surely lie between, as far as the clocks can be believed.

        Example:
            >>> began = Moment(1000, "a", 50)
            >>> Moment(9000, "a", 80).after(began), Moment(9000, "b", 7).after(began)
            (30, 8000)
        """
        if self.follows(since):
            return self.ms - since.ms
        return max(0, self.wall - since.wall)

    def agrees_with(self, since: Moment) -> bool:
        """Whether nothing happened in between that must be remembered."""
        if self.follows(since):
            return abs((self.wall - since.wall) - (self.ms - since.ms)) <= MINUTE
        return -SKEW <= self.wall - since.wall < 0


@dataclass(frozen=True, slots=True)
class Timetable:
    """When the next filing is.

    Attributes:
        at: the moment from which the rest counts.
        wait: milliseconds from then until the filing.
        end: milliseconds from then until the slot ends that the filing lies in.
    """

    at: Moment
    wait: int
    end: int

    def next(self, now: Moment) -> int:
        """Give the seconds until the filing; 0 if it is due."""
        return max(0, -(-(self.wait - now.after(self.at)) // SECOND))

    def due(self, now: Moment) -> bool:
        """Whether it is time to file."""
        return self.wait <= now.after(self.at)

    def seen(self, now: Moment) -> Timetable:
        """Count on from this moment, if something happened that must be remembered.

        Returns:
            The very same timetable if there is nothing to keep.
        """
        if now.agrees_with(self.at):
            return self
        passed = now.after(self.at)
        return replace(self, at=now, wait=self.wait - passed, end=self.end - passed)

    def after_sending(self, sends: Sends, now: Moment, draw: float) -> Timetable:
        """Give the timetable after a filing: another moment, somewhere in the next slot.

        If nobody was there at the moment, and it is another slot already, that slot keeps a moment
        of its own, unless less than half of it is left: a program that runs once a week sends once
        a week. There are never more filings than slots, and two in one slot are half a slot apart.
        """
        period = PERIOD[sends]
        half = period // 2
        left = self.end - now.after(self.at)
        if 0 < left <= period:
            return Timetable(now, left + int(draw * period), left + period)
        # The slots were longer, or it is over since: the slots of today go by the same edges.
        rest = left % period or period
        if rest < half:
            return Timetable(now, rest + int(draw * period), rest + period)
        return Timetable(now, half + int(draw * (rest - half)), rest)

    def write(self) -> bytes:
        """Write it down."""
        return json.dumps({"format": FORMAT, **asdict(self)}).encode()


def begin(sends: Sends, clock: Clock, chance: Chance) -> Timetable:
    """Begin one: the first filing comes soon, the slots are those of the calendar."""
    now = Moment.of(clock)
    zone = clock.now().utcoffset()
    local = now.wall + (int(zone.total_seconds()) * SECOND if zone is not None else 0)
    end = PERIOD[sends] - (local - MONDAY) % PERIOD[sends]
    return Timetable(now, int(chance.draw() * SPREAD[sends]), end)


def read(body: bytes | None, sends: Sends) -> Timetable | None:
    """Read it; None if there is none, or if it cannot be understood.

    It never makes anybody wait longer than two periods: the rest of one slot and the next.
    """
    try:
        content = json.loads(body or b"")
        at = content["at"]
        known = Moment(int(at["wall"]), str(at["boot"]), int(at["ms"]))
        wait, end = int(content["wait"]), int(content["end"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    most = 2 * PERIOD[sends]
    return Timetable(known, min(wait, most), min(end, most))


def moments(count: int, sends: Sends, now: Moment, chance: Chance) -> list[int]:
    """Draw when each report of a filing may leave, in seconds since 1970.

    Each has a moment of its own, so that they do not arrive together as those of one install.
    """
    return [(now.wall + int(chance.draw() * SPREAD[sends])) // SECOND for _ in range(count)]
