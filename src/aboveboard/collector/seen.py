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

    def knows_any(self, app: str, numbers: set[int]) -> bool:
        """Whether any of many ids of an app was there before."""
        young, old = self._young.get(app, _NONE), self._old.get(app, _NONE)
        return not (young.isdisjoint(numbers) and old.isdisjoint(numbers))

    def add(self, app: str, number: int) -> None:
        """Remember an id of an app, which was not known until now."""
        self._make_room(1)
        self._young.setdefault(app, set()).add(number)

    def add_many(self, app: str, numbers: set[int]) -> None:
        """Remember ids of an app, none of which was known until now.

        Example:
            >>> seen = SeenIds()
            >>> seen.add_many("editor", {1, 2})
            >>> seen.knows_any("editor", {2, 3}), seen.knows_any("editor", {3, 4})
            (True, False)
        """
        self._make_room(len(numbers))
        self._young.setdefault(app, set()).update(numbers)

    def _make_room(self, many: int) -> None:
        if self._count >= self._most:
            self._count, self._young, self._old = 0, {}, self._young
        self._count += many
