"""Enters: what the last sender noted down. Leaves: whether it is time to look again, cheaply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.ports.device import Papers
    from aboveboard.ports.surroundings import Clock

NEXT = "next"
"""The paper that says when there is something to do next, in seconds since 1970."""
FARTHEST_SECONDS = 62 * 24 * 3600
"""Nobody looks later than that: if it seems so, the clock was wrong."""


DAY_SECONDS = 86_400


class NextDue:
    """Knows when there is something to do next; it opens no store for that.

    Args:
        papers: where it is noted down.
        clock: the time.
        since: tells since when counts lie here that nobody put in order, in seconds since 1970;
            None if there are none, or if that is not known.
    """

    def __init__(self, papers: Papers, clock: Clock, since: Callable[[], float | None]) -> None:
        self._papers = papers
        self._clock = clock
        self._since = since

    def is_due(self, *, sends: bool) -> bool:
        """Tell whether there may be something to do.

        Args:
            sends: whether anything may be sent; otherwise it is only about keeping things in order,
                once a day.
        """
        now = int(self._clock.seconds())
        noted = self._read()
        if noted is not None:
            return not now < noted <= now + FARTHEST_SECONDS
        since = self._since()
        return sends or (since is not None and now - since > DAY_SECONDS)

    def _read(self) -> int | None:
        try:
            kept = self._papers.get(NEXT)
            return int(kept) if kept is not None else None
        except (StoreError, ValueError):
            return None
