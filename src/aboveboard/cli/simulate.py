"""Enters: how many installs. Leaves: twelve weeks of made-up, plausible reports, really sent.

Each simulated install is a real device: its own folder, its own consent, the real steps and the
real wire; only its clock is moved by hand and its days are drawn by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.device import assemble
from aboveboard.model.consent import Mode
from aboveboard.model.report import Fate
from aboveboard.settings import DeviceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.registry import Registry

WEEKS = 12
DAYS_OF_WEEK = 7
SYSTEMS = {"linux": 62.0, "macos": 22.0, "windows": 14.0, "freebsd": 1.0, "other": 1.0}
PYTHONS = {"3.11": 25.0, "3.12": 30.0, "3.13": 28.0, "3.14": 17.0}
RELEASES = ("0.1", "0.2", "0.3")
WEEKS_PER_RELEASE = 4
COMMANDS = {"sql": 45.0, "serve": 20.0, "telemetry": 18.0, "demo": 12.0, "key": 5.0}
TYPICAL_MS = {"sql": 180.0, "serve": 90_000.0, "telemetry": 120.0, "demo": 20_000.0, "key": 110.0}
EXITS = {"success": 93.0, "refused": 4.5, "failure": 1.0, "interrupted": 1.5}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a simulated install belongs to.

    Attributes:
        system: the operating system.
        python: the version of Python.
        container: whether it runs in a container.
        first_week: the week in which it was installed, 0 to 11.
        laggard: how many weeks after a release it is updated.
        activity: on which share of the days it is used.
    """

    system: str
    python: str
    container: bool
    first_week: int
    laggard: int
    activity: float


def person(dice: Dice) -> Person:
    """Draw a person: more join as the weeks go by, and few use a tool every day."""
    return Person(
        system=dice.share(SYSTEMS),
        python=dice.share(PYTHONS),
        container=dice.happens(0.23),
        first_week=dice.share({week: 30.0 if week == 0 else 5.0 + week for week in range(WEEKS)}),
        laggard=dice.share({0: 40.0, 1: 25.0, 2: 15.0, 4: 12.0, 12: 8.0}),
        activity=dice.share({0.05: 15.0, 0.15: 35.0, 0.4: 35.0, 0.8: 15.0}),
    )


def simulate(registry: Registry, folder: Path, installs: int, today: date) -> Iterator[int]:
    """Simulate installs one after the other.

    Args:
        registry: the simulated app's own registry.
        folder: where their devices are kept; new ones are added to those of earlier runs.
        installs: how many to add.
        today: the last of the twelve weeks is the one before this day's.

    Yields:
        After each install, how many reports it delivered.
    """
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS)
    first = 1 + max((int(p.name) for p in folder.glob("[0-9]*")), default=0)
    for number in range(first, first + installs):
        yield _install(registry, folder / f"{number:05d}", monday, Dice(f"install {number}"))


def _install(registry: Registry, home: Path, monday: date, dice: Dice) -> int:
    who = person(dice)
    begin = datetime.combine(monday + timedelta(weeks=who.first_week), time(12), UTC)
    clock = SetClock(begin)
    delivered = 0
    settings = DeviceSettings(str(home))
    with assemble(registry, settings, clock=clock, background=False) as telemetry:
        telemetry.choose(Mode.ON)
        for week in range(who.first_week, WEEKS):
            for _ in range(DAYS_OF_WEEK):
                if dice.happens(who.activity):
                    _day(telemetry, who, week, dice)
                clock.move(timedelta(days=1))
            fates = [delivery.fate for delivery in telemetry.flush(now=True)]
            delivered += fates.count(Fate.DELIVERED)
    return delivered


def _day(telemetry: Telemetry, who: Person, week: int, dice: Dice) -> None:
    release = max(0, week - who.laggard) // WEEKS_PER_RELEASE
    telemetry.set("app.version", RELEASES[release])
    telemetry.set("system.os", who.system)
    telemetry.set("system.python", who.python)
    telemetry.set("system.container", who.container)
    for _ in range(dice.whole(1, 6)):
        command = dice.share(COMMANDS)
        telemetry.count(f"command.{command}")
        telemetry.took("command.duration", dice.skewed(TYPICAL_MS[command]))
        telemetry.count(f"exit.{dice.share(EXITS)}")
