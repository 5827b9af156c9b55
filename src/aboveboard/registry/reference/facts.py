"""Enters: nothing. Leaves: the pieces that a reference page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a page.

    Attributes:
        term: what it is about.
        text: what is so, for people.
        day: the day it speaks of, shown before the text; None if it speaks of none.
        link: where the text leads; ``""`` for nowhere.
        code: what programs call it: a name, a key, an address.
        words: a list that belongs to it; each stands for itself.
        metrics: names of other metrics of the registry, which have pages of their own.
    """

    term: str
    text: str = ""
    day: date | None = None
    link: str = ""
    code: str = ""
    words: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page under a heading of its own.

    Attributes:
        anchor: its name in addresses.
        title: its heading.
        facts: its lines.
    """

    anchor: str
    title: str
    facts: tuple[Fact, ...]
