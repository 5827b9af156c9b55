"""Enters: what a provider says it can tell, and says. Leaves: values for what became of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.model.setting import MISSING

if TYPE_CHECKING:
    from aboveboard.model.setting import Reduced
    from aboveboard.model.verdict import Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider says of one metric that it can tell.

    Attributes:
        label: a few words for people; the metric's title if it is left out.
        description: a sentence for people; the metric's question if it is left out.
        default: what the product ships with, for a metric that is reduced from a setting.
    """

    label: str = ""
    description: str = ""
    default: object = MISSING


class Telling(enum.StrEnum):
    """What became of a metric that a provider can tell. The text never changes once released."""

    TOLD = "told"
    """There is a value, and the metric may be set to it."""
    NOTHING = "nothing"
    """The provider has nothing to tell now: it gave None."""
    FAILED = "failed"
    """The provider raised an error."""
    HUNG = "hung"
    """The provider did not answer in time."""
    ABANDONED = "abandoned"
    """It was not asked: the provider did not answer in time before."""
    NONSENSE = "nonsense"
    """The provider gave something that is no value, no name or no offer."""
    UNKNOWN_METRIC = "unknown_metric"
    """The registry names no such metric, or nobody approved it yet."""
    NOT_MEASURED = "not_measured"
    """The metric is retired, or its question answered."""
    NOT_OWNED = "not_owned"
    """The metric belongs to another plug-in, or to the product."""
    NOT_A_STATE = "not_a_state"
    """The metric counts what happens; a provider tells what is so."""
    TOLD_TWICE = "told_twice"
    """A provider that was added earlier tells it."""
    NOT_REDUCED = "not_reduced"
    """The metric's reducer makes nothing of the value."""
    ALTERED_AWAY = "altered_away"
    """An alter step took it away."""
    ALTER_FAILED = "alter_failed"
    """An alter step failed, so nobody knows what it would have taken away."""

    @property
    def harmless(self) -> bool:
        """Whether it is nobody's fault."""
        return self in _HARMLESS


_HARMLESS = frozenset({Telling.TOLD, Telling.NOTHING, Telling.NOT_MEASURED, Telling.ALTERED_AWAY})


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one metric.

    Attributes:
        metric: its name; ``""`` where the provider did not get as far as a name.
        value: what it may be set to; None unless it was told.
        outcome: the stable code.
        reason: why the reducer made nothing of it, if that is the outcome.
        provider: the provider's name, for people; ``""`` for what an alter step added.
    """

    metric: str
    value: Reduced | None
    outcome: Telling
    reason: Reason | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a provider can tell, for people.

    Attributes:
        provider: its name.
        metric: the metric's name.
        label: a few words.
        description: a sentence.
    """

    provider: str
    metric: str
    label: str
    description: str
