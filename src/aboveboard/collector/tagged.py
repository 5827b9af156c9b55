"""Enters: messages that their developer tagged. Leaves: what was understood of each, for minutes.

A developer who connects a client sends a tag of their own with its requests and looks at what
becomes of them. Nothing is noted of a request without a tag; what is noted lives in memory alone.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.model.said import Said
    from aboveboard.ports.surroundings import Clock
    from aboveboard.registry.translate import Statement

TAG = re.compile(r"[A-Za-z0-9_-]{1,40}")
KEPT_SECONDS = 600.0
MOST_NOTES = 200
"""Notes that are kept of all tags together; the oldest go."""
MOST_LINES = 100
"""Lines of one note."""
LONGEST = 60


class Note(msgspec.Struct, frozen=True, gc=False):
    """What became of one message.

    Attributes:
        tag: of its request.
        at: seconds since 1970 at which it was noted.
        wire: the language in which it came.
        app: the product that it is about; ``""`` where nobody knows.
        event: its name.
        told: what was understood of it: metric, key and count.
        asides: what was not, and why.
        ignored: how many properties were dropped on purpose.
    """

    tag: str
    at: float
    wire: str
    app: str
    event: str
    told: list[tuple[str, str, int]] = []
    asides: list[tuple[str, str]] = []
    ignored: int = 0


class Tagged:
    """Notes down what became of messages with a tag.

    Args:
        clock: tells when a note is too old.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._notes: deque[Note] = deque(maxlen=MOST_NOTES)

    def note(self, tag: str, wire: str, said: Said, found: Sequence[Statement]) -> None:
        """Note down what was understood of a message."""
        counts = [count for statement in found for count in statement.counts]
        asides = [aside for statement in found for aside in statement.asides]
        self._add(
            Note(
                tag,
                self._clock.seconds(),
                wire,
                said.app,
                said.event[:LONGEST],
                [(count.metric.name, count.key, count.times) for count in counts[:MOST_LINES]],
                [(name, reason.value) for name, reason in asides[:MOST_LINES]],
                sum(statement.ignored for statement in found),
            )
        )

    def discarded(self, tag: str, wire: str, app: str, reasons: Iterable[str]) -> None:
        """Note down why messages were dropped before anybody looked at what they say."""
        for reason in reasons:
            self._add(Note(tag, self._clock.seconds(), wire, app, "", asides=[("", reason)]))

    def notes(self) -> list[Note]:
        """Give what is not too old, oldest first."""
        since = self._clock.seconds() - KEPT_SECONDS
        while self._notes and self._notes[0].at < since:
            self._notes.popleft()
        return list(self._notes)

    def _add(self, note: Note) -> None:
        self._notes.append(note)


def tag_of(text: str) -> str:
    """Give the tag that a header holds; ``""`` for what is none.

    Example:
        >>> tag_of("ana-1"), tag_of("ana 1")
        ('ana-1', '')
    """
    return text if TAG.fullmatch(text) else ""
