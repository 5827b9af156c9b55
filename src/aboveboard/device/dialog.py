"""Enters: a question. Leaves: the call of what asks a person where they sit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aboveboard.device.question import Question
    from aboveboard.device.reply import Reply


class Dialog(Protocol):
    """Asks a person where they sit."""

    def can_ask(self, question: Question) -> bool:
        """Whether somebody is there to be asked."""
        ...

    def ask(self, question: Question) -> Reply:
        """Ask, and wait as long as they like."""
        ...
