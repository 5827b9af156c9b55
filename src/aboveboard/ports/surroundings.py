"""Enters: what any step needs from outside. Leaves: the ports Clock and Chance, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Tells the time. Contract: ``tests/contract/test_clock.py``."""

    def now(self) -> datetime:
        """Give the time with its zone, the machine's own."""
        ...

    def seconds(self) -> float:
        """Give the same time in seconds since 1970, as cheaply as the machine can tell it."""
        ...

    def monotonic_ms(self) -> int:
        """Give milliseconds since some moment; it never runs backwards."""
        ...

    def boot(self) -> tuple[str, int]:
        """Name the machine's present run, and give the milliseconds since it began.

        They go on while the machine sleeps, and no change of the clock's time moves them.
        """
        ...


class Chance(Protocol):
    """Draws what nobody can foresee. Contract: ``tests/contract/test_chance.py``."""

    def report_id(self) -> str:
        """Draw 128 random bits as 32 lower-case hexadecimal digits."""
        ...

    def token(self) -> str:
        """Draw 256 random bits as 64 lower-case hexadecimal digits."""
        ...

    def draw(self) -> float:
        """Draw a number that is at least 0 and less than 1."""
        ...
