"""Enters: what happens while reports are taken. Leaves: numbers of it, of bounded size."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from itertools import groupby
from typing import TYPE_CHECKING

from aboveboard.model.verdict import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.model.verdict import Kept

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
MOST_VERSIONS = 200
"""Versions of clients that are told apart; strangers can name any number of them."""
LONGEST_VERSION = 60
_VERSION = re.compile(r"(?:(?:@[A-Za-z0-9-]+/)?(?:[A-Za-z0-9._+]+[/-])*v?[0-9][A-Za-z0-9._+-]*)?")
"""A name with its version, ``@scope/name/1.2``; a name alone may be somebody's."""
SYNCS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


class Histogram:
    """Counts values by their size.

    Args:
        bounds: the upper bound of each bucket but the last, which has none.

    Attributes:
        bounds: the same, with infinity at the end.
        counts: how many values lie in each bucket.
        total: the sum of all values.

    Example:
        >>> sizes = Histogram((1, 10))
        >>> for size in (1, 5, 7, 100):
        ...     sizes.observe(size)
        >>> sizes.counts, sizes.total
        ([1, 2, 1], 113.0)
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = (*bounds, float("inf"))
        self.counts = [0] * len(self.bounds)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def add(self, counts: Sequence[int], total: float) -> None:
        """Add what another one counted, which has the same bounds."""
        for bucket, count in enumerate(counts):
            self.counts[bucket] += count
        self.total += total


class Meters:
    """What is measured while reports are taken.

    Args:
        apps: the apps that have a registry; what is sent for another is told without its name.

    Attributes:
        batches: records of each batch that went to the disk.
        syncs: seconds that each took.
        answers: how many answers there were, by code, wire and app.
        messages: what became of the messages of foreign wires, by code, wire, app and client.
    """

    def __init__(self, apps: Iterable[str] = ()) -> None:
        self.batches = Histogram(BATCHES)
        self.syncs = Histogram(SYNCS)
        self.answers: Counter[tuple[str, str, str]] = Counter()
        self.messages: Counter[tuple[str, str, str, str]] = Counter()
        self._apps = frozenset(apps)
        self._versions: set[str] = set()

    def answer(self, answer: Kept | Refused, wire: str, app: str) -> None:
        """Count an answer."""
        self.count(_code(answer), wire, app)

    def answer_many(self, answers: Iterable[Kept | Refused], wire: str, app: str) -> None:
        """Count answers; of those that are the same and follow each other all at once."""
        for answer, same in groupby(answers):
            self.count(_code(answer), wire, app, sum(1 for _ in same))

    def count(self, code: str, wire: str, app: str, times: int = 1) -> None:
        """Count answers by their code."""
        self.answers[code, wire, app if app in self._apps else ""] += times

    def message(self, wire: str, app: str, code: str, version: str, times: int = 1) -> None:
        """Count what became of a message of a foreign wire, or of a part of it."""
        known = self.told_apart(version)
        self.messages[code, wire, app if app in self._apps else "", known] += times

    def told_apart(self, version: str) -> str:
        """Give a client's version as it is counted; ``""`` where it is odd, or one too many."""
        version = version[:LONGEST_VERSION]
        if version not in self._versions:
            if len(self._versions) >= MOST_VERSIONS or _VERSION.fullmatch(version) is None:
                return ""
            self._versions.add(version)
        return version


def _code(answer: Kept | Refused) -> str:
    if isinstance(answer, Refused):
        return answer.reason.value
    return "repeated" if answer.repeated else "kept"


class Lag:
    """Tells how old the oldest record is that is not loaded, from looks at the log's size.

    Args:
        most: how many looks it remembers.
    """

    def __init__(self, most: int = 600) -> None:
        self._looks: deque[tuple[float, int]] = deque(maxlen=most)

    def look(self, now: float, size: int, behind: int) -> float:
        """Note down a look, and tell the seconds.

        Args:
            now: seconds of a clock that never runs backwards.
            size: bytes of the log.
            behind: how many of them are not loaded.

        Example:
            >>> lag = Lag()
            >>> lag.look(0, 100, 0), lag.look(5, 300, 200), lag.look(6, 400, 100)
            (0.0, 5, 1)
        """
        if self._looks and size < self._looks[-1][1]:
            self._looks.clear()  # old segments are gone: what was seen before does not compare
        self._looks.append((now, size))
        loaded = size - behind
        while len(self._looks) > 1 and self._looks[1][1] <= loaded:
            self._looks.popleft()
        return now - self._looks[0][0] if behind else 0.0
