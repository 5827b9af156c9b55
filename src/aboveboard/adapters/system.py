"""Enters: the operating system's clock and chance. Leaves: the ports Clock and Chance."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BOOT_ID = "/proc/sys/kernel/random/boot_id"
"""Where Linux names the machine's present run; other systems have no such name."""


class SystemClock:
    """The machine's own clock, in its own time zone: a person's day is what counts as a day."""

    def now(self) -> datetime:
        """Give the time with the machine's zone."""
        return datetime.now(UTC).astimezone()

    seconds = staticmethod(time.time)

    def monotonic_ms(self) -> int:
        """Give milliseconds of a clock that never runs backwards."""
        return time.monotonic_ns() // 1_000_000

    def boot(self) -> tuple[str, int]:
        """Name the machine's present run, and give the milliseconds since it began."""
        clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        try:
            with open(BOOT_ID, encoding="ascii") as file:
                name = file.read().strip()
        except OSError:
            name = ""
        return name, time.clock_gettime_ns(clock) // 1_000_000


class SystemChance:
    """The operating system's source of random bits."""

    def report_id(self) -> str:
        """Draw 128 random bits."""
        return os.urandom(16).hex()

    def token(self) -> str:
        """Draw 256 random bits."""
        return os.urandom(32).hex()

    def draw(self) -> float:
        """Draw a number from 0 to 1."""
        return int.from_bytes(os.urandom(6), "big") / (1 << 48)


def changed(path: Path | str) -> float | None:
    """Give the moment at which a folder changed last, in seconds since 1970; None without one."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None
