"""Enters: what a person chose and when. Leaves: what may be kept and what may be sent."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Mode(enum.StrEnum):
    """What happens to what a program counts on this machine."""

    OFF = "off"
    """Nothing is recorded and no file is written."""
    LOCAL = "local"
    """Recorded and shown to the person, never sent."""
    ON = "on"
    """Recorded, shown and sent when a report is due."""


class Rule(enum.StrEnum):
    """Which rule decided the mode, strongest first."""

    ENVIRONMENT = "environment"
    """The variable ``ABOVEBOARD`` of this process."""
    DO_NOT_TRACK = "do_not_track"
    """The variable ``DO_NOT_TRACK`` of this process (donottrack.sh)."""
    CHOICE = "choice"
    """What the person chose for this program."""
    UNDECIDED = "undecided"
    """Nobody has chosen yet: recorded and shown, never sent."""
    BROKEN = "broken"
    """The registry or the store cannot be used, so nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one program, as a dated value.

    Attributes:
        mode: what was chosen.
        day: when.
        registry: fingerprint of the registry whose question was answered.
        number: the how manieth choice it is; two choices of one day differ by it.
    """

    mode: Mode
    day: date
    registry: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class Consent:
    """The mode in force and why it is.

    Attributes:
        mode: the mode in force now.
        rule: the rule that decided.
        choice: the person's own choice, even where a stronger rule overrides it.

    Example:
        >>> print(Consent(Mode.LOCAL, Rule.UNDECIDED).explain())
        local: nobody has chosen yet, so everything stays on this machine
    """

    mode: Mode
    rule: Rule
    choice: Choice | None = None

    @property
    def may_record(self) -> bool:
        """Whether anything may be kept at all."""
        return self.mode is not Mode.OFF

    @property
    def may_send(self) -> bool:
        """Whether what is recorded under it may leave the machine."""
        return self.mode is Mode.ON

    def without_sending(self) -> Consent:
        """Give the same consent, but for what must stay on the machine."""
        mode = Mode.LOCAL if self.may_send else self.mode
        return Consent(mode, self.rule, self.choice)

    def explain(self) -> str:
        """Say in a sentence which rule decided."""
        match self.rule:
            case Rule.ENVIRONMENT:
                why = f"the environment variable ABOVEBOARD is {self.mode.value!r}"
            case Rule.DO_NOT_TRACK:
                why = "the environment variable DO_NOT_TRACK is set"
            case Rule.CHOICE if self.choice is not None:
                why = f"chosen by you on {self.choice.day.isoformat()}"
            case Rule.BROKEN:
                why = "telemetry could not be opened here, so nothing is counted"
            case _:
                why = "nobody has chosen yet, so everything stays on this machine"
        return f"{self.mode.value}: {why}"
