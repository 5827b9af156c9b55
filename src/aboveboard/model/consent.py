"""Enters: what a person chose and when. Leaves: what may be kept and what may be sent."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.model.metric import Metric


class Mode(enum.StrEnum):
    """What happens to what a program counts on this machine."""

    OFF = "off"
    """Nothing is recorded and no file is written."""
    LOCAL = "local"
    """Recorded and shown to the person, never sent."""
    ON = "on"
    """Recorded, shown and sent when a report is due."""


class Leave(enum.IntEnum):
    """Whether a count may leave the machine; decided when it is recorded, by the consent then."""

    NEVER = 0
    """It stays: the person had said no, or ``local``."""
    YES = 1
    """It goes when its report is due."""
    IF_ASKED = 2
    """Nobody had chosen yet: it goes only if the question showed it and the answer was yes."""


class Rule(enum.StrEnum):
    """Which rule decided the mode, strongest first."""

    BROKEN = "broken"
    """The registry or the store cannot be used, so nothing is recorded."""
    SWITCH = "switch"
    """The program itself was told so for this run, for example by an option of its own."""
    ENVIRONMENT = "environment"
    """The variable ``ABOVEBOARD`` of this process."""
    DO_NOT_TRACK = "do_not_track"
    """The variable ``DO_NOT_TRACK`` of this process (donottrack.sh)."""
    POLICY = "policy"
    """A file of whoever runs the machine."""
    PROJECT = "project"
    """A file of the project whose folder the program runs in."""
    AUTOMATION = "automation"
    """The program runs where no person sits: it stays local unless somebody says otherwise."""
    CHOICE = "choice"
    """What the person chose for this program."""
    UNDECIDED = "undecided"
    """Nobody has chosen yet: recorded and shown, never sent."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one program, as a dated value: the receipt of their consent.

    Attributes:
        mode: what was chosen.
        day: when.
        registry: fingerprint of the registry whose question was answered.
        number: the how manieth choice it is; two choices of one day differ by it.
        levels: the levels for which something else was chosen than ``mode``.
        wording: the text that was shown when it was chosen; ``""`` if it was given unasked.
        earlier: whether what was recorded before it was shown, and asked for, too.
    """

    mode: Mode
    day: date
    registry: str
    number: int = 1
    levels: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))
    wording: str = ""
    earlier: bool = False

    @property
    def sends(self) -> bool:
        """Whether anything may leave by it."""
        return self.mode is Mode.ON or Mode.ON in self.levels.values()

    def of_level(self, level: str) -> Mode:
        """Give what was chosen for a level.

        Example:
            >>> from datetime import date
            >>> choice = Choice(Mode.ON, date(2026, 11, 18), "", levels={"usage": Mode.OFF})
            >>> choice.of_level("usage").value, choice.of_level("errors").value
            ('off', 'on')
        """
        return self.levels.get(level, self.mode)


@dataclass(frozen=True, slots=True)
class Consent:
    """The mode in force and why it is.

    Attributes:
        mode: the mode in force now.
        rule: the rule that decided.
        choice: the person's own choice, even where a stronger rule overrides it.
        levels: the levels for which another mode is in force than ``mode``.
        source: where the deciding word stands, for people: a variable, a file; ``""`` for none.
        unseen: the metrics that the person has not been shown yet; they stay on the machine.

    Example:
        >>> print(Consent(Mode.LOCAL, Rule.UNDECIDED).explain())
        local: nobody has chosen yet, so everything stays on this machine
    """

    mode: Mode
    rule: Rule
    choice: Choice | None = None
    levels: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    unseen: frozenset[str] = frozenset()

    @property
    def may_record(self) -> bool:
        """Whether anything may be kept at all."""
        return self.mode is not Mode.OFF or any(m is not Mode.OFF for m in self.levels.values())

    @property
    def may_send(self) -> bool:
        """Whether anything that is recorded under it may leave the machine."""
        return self.mode is Mode.ON or Mode.ON in self.levels.values()

    @property
    def number(self) -> int:
        """The how manieth choice of the person it rests on; 0 if there was none."""
        return self.choice.number if self.choice is not None else 0

    def of_level(self, level: str) -> Mode:
        """Give the mode that is in force for a level."""
        return self.levels.get(level, self.mode)

    def records(self, metric: Metric) -> bool:
        """Whether a metric may be kept."""
        return self.of_level(metric.level) is not Mode.OFF

    def leave(self, metric: Metric) -> Leave:
        """Tell whether what is recorded of a metric now may leave the machine."""
        if self.rule is Rule.UNDECIDED:
            return Leave.IF_ASKED
        sent = self.of_level(metric.level) is Mode.ON and metric.name not in self.unseen
        return Leave.YES if sent else Leave.NEVER

    def explain(self) -> str:
        """Say in a sentence which rule decided, and for which levels it is otherwise."""
        others = [f"{mode.value} for {level}" for level, mode in sorted(self.levels.items())]
        said = ", ".join([self.mode.value, *others])
        return f"{said}: {self._why()}"

    def _why(self) -> str:
        if self.rule is Rule.CHOICE and self.choice is not None:
            return f"chosen by you on {self.choice.day.isoformat()}"
        return _WHY[self.rule].format(source=self.source)


_WHY = {
    Rule.BROKEN: "telemetry could not be opened here, so nothing is counted",
    Rule.SWITCH: "the program was told so for this run",
    Rule.ENVIRONMENT: "the environment variable ABOVEBOARD is {source!r}",
    Rule.DO_NOT_TRACK: "the environment variable DO_NOT_TRACK is set",
    Rule.POLICY: "whoever runs this machine said so in {source}",
    Rule.PROJECT: "the project that it runs in says so in {source}",
    Rule.AUTOMATION: "no person sits here ({source} is set), so everything stays here",
    Rule.CHOICE: "chosen by you",
    Rule.UNDECIDED: "nobody has chosen yet, so everything stays on this machine",
}
