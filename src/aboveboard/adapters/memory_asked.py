"""Enters: the port AskedMemory. Leaves: who asked, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.ask import Due, within_limits
from aboveboard.model.asked import AskedBook

if TYPE_CHECKING:
    from datetime import date


class MemoryAsked:
    """Remembers who asked as long as it lives."""

    def __init__(self) -> None:
        self._book = AskedBook()

    def book(self) -> AskedBook:
        """Give who asked."""
        return self._book

    def claim(self, app: str, day: date) -> bool:
        """Note down that an app asks, if it may."""
        if within_limits(self._book, app, day) is not Due.DUE:
            return False
        self._book = self._book.with_question(app, day)
        return True

    def answered(self, app: str, registry: str) -> None:
        """Note down an answer."""
        self._book = self._book.with_answer(app, registry)
