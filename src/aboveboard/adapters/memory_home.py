"""Enters: the port HomePlace. Leaves: the same, as long as the process lives."""

from __future__ import annotations


class MemoryHomePlace:
    """Notes down where a home lies as long as the process lives.

    Attributes:
        noted: whether it is noted down.
    """

    def __init__(self) -> None:
        self.noted = False

    def note(self) -> None:
        """Note it down."""
        self.noted = True

    def forget(self) -> None:
        """Let it be noted down no longer."""
        self.noted = False
