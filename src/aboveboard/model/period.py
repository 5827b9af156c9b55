"""Enters: a day. Leaves: the week it belongs to, and back; the only clockwork of the house."""

from __future__ import annotations

from datetime import date, timedelta

from aboveboard.values import dataclass

GRACE = timedelta(days=14)
"""How long after its end a week stays open."""
DAY_GRACE = timedelta(days=2)
"""How long after its end a day stays open for what clients of others say of their state."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week, written ``2026-W47``: the period that one report covers.

    A week is long enough that a report says nothing about somebody's daily rhythm beyond the days
    its counters name, and short enough to notice a change.

    Attributes:
        year: the ISO year, which differs from the calendar year around New Year.
        number: 1 to 53.

    Example:
        >>> str(Week.of(date(2027, 1, 1)))
        '2026-W53'
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """Give the week that ``day`` belongs to."""
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read ``2026-W47``.

        Raises:
            ValueError: the text is not such a week.

        Example:
            >>> Week.parse("2026-W47").first
            datetime.date(2026, 11, 16)
        """
        if len(text) != len("2026-W47") or text[4:6] != "-W" or not text.isascii():
            message = f"not an ISO week: {text[:20]!r}"
            raise ValueError(message)
        day = date.fromisoformat(f"{text}-1")
        return cls.of(day)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def first(self) -> date:
        """The Monday on which it begins."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The Sunday on which it ends."""
        return self.first + timedelta(days=6)

    def holds(self, day: date) -> bool:
        """Whether ``day`` is one of its seven days."""
        return self.first <= day <= self.last
