"""Enters: ids of reports that are on disk. Leaves: whether one was there before, within bounds."""

from __future__ import annotations

MOST_PER_GENERATION = 1_000_000
_NONE: frozenset[int] = frozenset()


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
        self._count = 0
        self._young: dict[str, set[int]] = {}
        self._old: dict[str, set[int]] = {}

    def __contains__(self, place: tuple[str, int]) -> bool:
        app, number = place
        return number in self._young.get(app, _NONE) or number in self._old.get(app, _NONE)

    def add(self, app: str, number: int) -> None:
        """Remember an id of an app, which was not known until now."""
        if self._count >= self._most:
            self._count, self._young, self._old = 0, {}, self._young
        self._count += 1
        self._young.setdefault(app, set()).add(number)
