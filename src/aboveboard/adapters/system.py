"""Enters: the operating system's clock and chance. Leaves: the ports Clock and Chance."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock, in its own time zone: a person's day is what counts as a day."""

    def now(self) -> datetime:
        """Give the time with the machine's zone."""
        return datetime.now(UTC).astimezone()

    def monotonic_ms(self) -> int:
        """Give milliseconds of a clock that never runs backwards."""
        return time.monotonic_ns() // 1_000_000


class SystemChance:
    """The operating system's source of random bits."""

    def report_id(self) -> str:
        """Draw 128 random bits."""
        return secrets.token_hex(16)
