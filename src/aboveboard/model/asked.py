"""Enters: that programs asked a person. Leaves: who asked when, on one account."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Asked:
    """That a program asked.

    Attributes:
        day: when it asked last.
        answered: names the question that was answered last; ``""`` for none.
    """

    day: date
    answered: str = ""


@dataclass(frozen=True, slots=True)
class AskedBook:
    """Who asked on this account, by app."""

    apps: Mapping[str, Asked] = field(default_factory=lambda: MappingProxyType({}))

    def with_question(self, app: str, day: date) -> AskedBook:
        """Give it with one more question; what was answered stays known."""
        before = self.apps.get(app)
        return self._with(app, Asked(day, before.answered if before is not None else ""))

    def with_answer(self, app: str, registry: str) -> AskedBook:
        """Give it with an answer; an app that never asked has none."""
        before = self.apps.get(app)
        return self._with(app, Asked(before.day, registry)) if before is not None else self

    def _with(self, app: str, asked: Asked) -> AskedBook:
        return AskedBook(MappingProxyType({**self.apps, app: asked}))
