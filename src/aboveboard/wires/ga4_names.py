"""Enters: a name of an event, a parameter or a user property. Leaves: what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aboveboard.wires import ga4_limits as limits
from aboveboard.wires.ga4_limits import Code

_LETTERS = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_START = re.compile(r"[A-Za-z]")
MOST_ECHOED = 40
"""Characters of a name that a message repeats."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The rules for one sort of names.

    Attributes:
        longest: characters.
        reserved: whole names that nobody may use.
        starts: how no name may start.
    """

    longest: int
    reserved: frozenset[str]
    starts: tuple[str, ...]


EVENTS = Naming(limits.LONGEST_EVENT, limits.RESERVED_EVENTS, limits.RESERVED_EVENT_STARTS)
PARAMS = Naming(limits.LONGEST_PARAM, limits.RESERVED_PARAMS, limits.RESERVED_STARTS)
PROPERTIES = Naming(
    limits.LONGEST_PROPERTY, limits.RESERVED_PROPERTIES, limits.RESERVED_PROPERTY_STARTS
)


def problem(name: str, rules: Naming) -> tuple[Code, str] | None:
    """Say what is wrong with a name: its code and a sentence; None if it may be used.

    Example:
        >>> problem("_badEventName", EVENTS)[1]
        'Names must start with an alphabetic character.'
        >>> problem("screen_view", EVENTS)[0].value, problem("opened", EVENTS)
        ('NAME_RESERVED', None)
    """
    if not _START.match(name):
        return Code.NAME_INVALID, "Names must start with an alphabetic character."
    if name in rules.reserved:
        return Code.NAME_RESERVED, "The name is reserved."
    if name.startswith(rules.starts):
        return Code.NAME_RESERVED, "The name starts with a reserved prefix."
    if not _LETTERS.fullmatch(name):
        sentence = "Names may only have alphanumeric characters and underscores."
        return Code.NAME_INVALID, sentence
    if len(name) > rules.longest:
        return Code.NAME_INVALID, f"Names must be {rules.longest} characters or fewer."
    return None


def echo(name: object) -> str:
    """Give the head of a name, as a message repeats it."""
    return str(name)[:MOST_ECHOED]
