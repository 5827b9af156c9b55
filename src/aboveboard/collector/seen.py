"""Enters: ids of reports that are on disk. Leaves: whether one was there before, within bounds."""

from __future__ import annotations

MOST_PER_GENERATION = 1_000_000


class SeenIds:
    """Remembers the last one to two million ids as plain numbers, in two generations.

    It is the first judge of a repeated report, not the last: the loader asks the table, which
    forgets nothing.

    Example:
        >>> seen = SeenIds(most=2)
        >>> for number in (1, 2, 3, 4, 5):
        ...     seen.add("editor", number)
        >>> ("editor", 5) in seen, ("editor", 1) in seen
        (True, False)
    """

    def __init__(self, most: int = MOST_PER_GENERATION) -> None:
        self._most = most
        self._young: set[tuple[str, int]] = set()
        self._old: set[tuple[str, int]] = set()

    def __contains__(self, place: tuple[str, int]) -> bool:
        return place in self._young or place in self._old

    def add(self, app: str, number: int) -> None:
        """Remember an id of an app."""
        if len(self._young) >= self._most:
            self._young, self._old = set(), self._young
        self._young.add((app, number))
