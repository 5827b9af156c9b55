"""Enters: slots and their labels. Leaves: the events that are news; a tally in plain memory."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aboveboard.model.consent import Leave, Mode
from aboveboard.model.event import from_label
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event

MOST_SLOTS = 1000
MOST_COUNT = 1 << 48
"""Nobody counts so far: a slot that says more was damaged."""


def news(
    slots: Iterable[tuple[int, str, int]], known: Mapping[int, int]
) -> tuple[list[Event], dict[int, int]]:
    """Tell what was counted in a tally since it was read last.

    Args:
        slots: place, label and count of each; a state's count is its turn.
        known: what each place held then.

    Returns:
        The events, of the states of a day the latest alone; and what each changed place holds now.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.event import Event
        >>> label = Event("file.opened", date(2026, 11, 18), "").label()
        >>> events, changed = news([(0, label, 5)], {0: 3})
        >>> events[0].count, changed
        (2, {0: 5})
    """
    counts: list[Event] = []
    states: dict[tuple[str, date], tuple[int, Event]] = {}
    changed: dict[int, int] = {}
    for place, label, count in slots:
        before = known.get(place, 0)
        if not before < count <= MOST_COUNT:
            continue
        changed[place] = count
        with contextlib.suppress(ValueError):  # a label that was damaged says nothing
            event = from_label(label, count - before)
            day = (event.metric, event.day)
            if event.adds_up:
                counts.append(event)
            elif count > states.get(day, (0, event))[0]:
                states[day] = (count, replace(event, count=1))
    return counts + [event for _, event in states.values()], changed


def merged(old: Iterable[Event], new: Iterable[Event]) -> list[Event]:
    """Put what was counted later to what was counted before, as a store would.

    What adds up is summed; a new state, or a new set of names, replaces the day's old one.
    """
    later = list(new)
    replaced = {(event.metric, event.day) for event in later if not event.adds_up}
    found: dict[str, Event] = {}
    for event in old:
        if event.adds_up or (event.metric, event.day) not in replaced:
            found[event.label()] = event
    for event in later:
        before = found.get(event.label()) if event.adds_up else None
        count = event.count + (before.count if before is not None else 0)
        found[event.label()] = replace(event, count=count)
    return list(found.values())


def standing(event: Event, choice: Choice | None) -> Leave | None:
    """Tell whether what was recorded a while ago may leave now; None if it may not even be kept.

    What was recorded before the present choice was made is not part of it; and of what was recorded
    before a no to everything, nothing is left.
    """
    if event.choice == (choice.number if choice is not None else 0):
        return event.leave
    if choice is not None and {choice.mode, *choice.levels.values()} == {Mode.OFF}:
        return None
    return Leave.NEVER


class LooseTally:
    """Counts that end with the process unless somebody drains them.

    Attributes:
        closed: whether nobody may count here any more.
    """

    def __init__(self) -> None:
        self.closed = False
        self._counts = memoryview(bytearray(8 * MOST_SLOTS)).cast("Q")
        self._slots = memoryview(self._counts)
        self._labels: list[str] = []
        self._known: dict[int, int] = {}
        self._turn = 0

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more slot."""
        return len(self._labels) == MOST_SLOTS

    def slot(self, label: str) -> tuple[memoryview, int] | None:
        """Make a slot."""
        return None if self.closed or self.is_full else self.place(label)

    def place(self, label: str) -> tuple[memoryview, int]:
        """Make a slot where there is room for one."""
        self._labels.append(label)
        return self._slots, len(self._labels) - 1

    def turn(self) -> int:
        """Give the next number."""
        self._turn += 1
        return self._turn

    def lost(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def close(self) -> None:
        """Let nobody count here any more."""
        self.closed = True
        self._slots.release()

    def drain(self) -> list[Event]:
        """Give what was counted since the last time."""
        slots = ((i, label, self._counts[i]) for i, label in enumerate(self._labels))
        events, changed = news(slots, self._known)
        self._known |= changed
        return events
