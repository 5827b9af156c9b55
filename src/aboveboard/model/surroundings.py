"""Enters: who has a word in a program's mode besides the person. Leaves: what they said."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.consent import Mode


@dataclass(frozen=True, slots=True)
class Word:
    """What a file says about the mode of a program.

    Attributes:
        mode: for everything that ``levels`` does not name.
        source: the file, for people.
        levels: for single levels.
    """

    mode: Mode
    source: str
    levels: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that is said about the mode around the person's own choice, strongest first.

    Attributes:
        switch: what the program was told for this run, or None.
        override: the variable ``ABOVEBOARD``; ``""`` if it is not set.
        do_not_track: the variable ``DO_NOT_TRACK``; ``""`` if it is not set.
        policy: the word of whoever runs the machine, or None.
        project: the word of the project that the program runs in, or None.
        automation: the variable that tells that no person sits here; ``""`` if none does.
        remarks: what was found and does not count, and why, in sentences for people.
    """

    switch: Mode | None = None
    override: str = ""
    do_not_track: str = ""
    policy: Word | None = None
    project: Word | None = None
    automation: str = ""
    remarks: tuple[str, ...] = ()
