"""Enters: what a registry file says of a metric. Leaves: a value that both ends check against."""

from __future__ import annotations

import enum
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIVE = "telemetry.active"
"""If a registry has a labelled metric of this name, devices tell there that they are in use: by the
labels ``day``, ``week`` and ``month``, each once in its time."""
ACTIVE_ENDING = ".active"
"""What the name of a metric ends with that counts the same of a part of a product: of a project."""
ACTIVE_LABELS = frozenset({"day", "week", "month", "other"})


class Kind(enum.StrEnum):
    """What a metric's value looks like."""

    COUNTER = "counter"
    """How often something happened: a whole number that only grows."""
    FLAG = "flag"
    """Whether something is so: yes or no."""
    CHOICE = "choice"
    """One of a closed list of words."""
    VERSION = "version"
    """A version number, cut to its first parts."""
    QUANTITY = "quantity"
    """How many of something there are: a whole number, kept only as the bucket it falls into."""
    NAMES = "names"
    """Which of a closed list of names are there; others are counted together, never named."""
    TIMING = "timing"
    """How long something took, kept only as counts per bucket of milliseconds."""
    DISTRIBUTION = "distribution"
    """How large something was, each time; kept only as counts per bucket."""
    LABELLED = "labelled"
    """How often something happened, by a closed list of labels or by version; the rest is
    ``other``."""
    EVENT = "event"
    """How often something happened, by the combinations of a few closed lists."""
    SECONDS = "seconds"
    """How long something was in use: whole seconds of a day."""
    ERROR = "error"
    """How often the program broke, and where in its code; of text a scrubbed message at most."""

    @property
    def adds_up(self) -> bool:
        """Whether values of a day are summed (or replaced by the latest one)."""
        return self in _ADD_UP

    @property
    def is_number(self) -> bool:
        """Whether a value is one number without keys."""
        return self is Kind.COUNTER or self is Kind.SECONDS

    @property
    def in_buckets(self) -> bool:
        """Whether its keys are the lower bounds of buckets."""
        return self in _IN_BUCKETS

    @property
    def one_key(self) -> bool:
        """Whether a report says one value of it alone, so that its shares make up a whole."""
        return self in _ONE_KEY


_ADD_UP = frozenset(
    {
        Kind.COUNTER,
        Kind.TIMING,
        Kind.DISTRIBUTION,
        Kind.LABELLED,
        Kind.EVENT,
        Kind.SECONDS,
        Kind.ERROR,
    }
)
_IN_BUCKETS = frozenset({Kind.TIMING, Kind.DISTRIBUTION, Kind.QUANTITY})
_ONE_KEY = frozenset(
    {
        Kind.COUNTER,
        Kind.SECONDS,
        Kind.FLAG,
        Kind.CHOICE,
        Kind.VERSION,
        Kind.QUANTITY,
    }
)


class Period(enum.StrEnum):
    """How finely a metric is kept in time."""

    DAY = "day"
    """Per day; for what adds up."""
    WEEK = "week"
    """Per ISO week; what holds for a while is said once a week."""


class Reducer(enum.StrEnum):
    """How a setting of the host becomes a value without its text leaving."""

    FLAG = "flag"
    """Yes or no, as it is."""
    IS_SET = "is_set"
    """Whether anything is set."""
    IS_DEFAULT = "is_default"
    """Whether it is what the product ships with."""
    COUNT_OF = "count_of"
    """How many items a list has."""
    ONE_OF = "one_of"
    """The word, if the closed list has it; else ``other``. Of a list, each of its items."""
    BUCKET = "bucket"
    """The bucket that a number falls into."""
    VERSION = "version"
    """The first parts of a version."""


class Sensitivity(enum.StrEnum):
    """How close a metric comes to a person; the words are those that people are shown."""

    TECHNICAL = "technical"
    """About the program and the machine: versions, settings, how long something takes."""
    INTERACTION = "interaction"
    """About what somebody does with the program: which parts are used, and how often."""
    CONTENT = "content"
    """About what somebody made or keeps: how many documents, which kinds."""
    SENSITIVE = "sensitive"
    """About the person: where, with whom, in which language, with which needs."""


class Status(enum.StrEnum):
    """Where a metric stands on its way."""

    PROPOSED = "proposed"
    """Under discussion: neither recorded nor accepted."""
    APPROVED = "approved"
    """Measured."""
    RETIRED = "retired"
    """No longer measured; it stays in the file so that old totals keep their meaning."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What a person reads of a metric in their own language."""

    title: str
    question: str


@dataclass(frozen=True, slots=True)
class Plugin:
    """A contributed module that brings metrics of its own.

    Attributes:
        id: its name, as in the file.
        title: its name for people.
        prefix: the beginning that all of its metrics have, and no others.
        homepage: where it lives.
        contact: whom to ask about what it measures.
    """

    id: str
    title: str
    prefix: str
    homepage: str
    contact: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed that a metric may be measured, when and where it can be read."""

    day: date
    by: str
    where: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a metric: what was learnt from it, what was decided, where it can be read.

    Attributes:
        day: when.
        learnt: the answer to its question; ``""`` if nothing was learnt yet.
        decided: what was decided with it; ``""`` if nothing was.
        where: the link back.
    """

    day: date
    learnt: str
    decided: str
    where: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that is published of two metrics: which part of the other one a metric is.

    Attributes:
        of: the metric whose counts are the whole.
        title: what the share is called, for people; the heading of its chart.
        question: the question that it answers.
        rest: whether the share is the part that the metric leaves: sessions without a crash.
    """

    of: str
    title: str
    question: str
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that a product measures, with its reason.

    Attributes:
        name: dotted lower-case name, at most 60 characters.
        kind: what its value looks like.
        title: a few words for people; the heading of its chart.
        question: the question that it answers.
        decision: what will be decided with the answer.
        owner: who answers for it (a role or an address of the project, not a person's home).
        review: where the discussion about it can be read.
        approved: who agreed, when and where; None as long as nobody did.
        expires: the last day on which it is measured, or None for never.
        never_expires_because: the reason, where it never expires.
        level: the level of consent it belongs to (a key of the product's levels).
        choices: the closed list of a choice.
        precision: how many parts of a version are kept, 1 to 3; also of the versions that a
            labelled counter without a closed list has as its labels.
        largest: the largest count (or number of seconds) that one key may have in its period.
        message_level: the level of consent at which an error's scrubbed message may travel; ``""``
            for none: then it never does.
        buckets: lower bounds of buckets, ascending, first 0; a timing's in milliseconds.
        labels: the closed list of a labelled counter, ``other`` last.
        names: the closed list of known names, ``other`` last.
        extras: what an event says of itself: name to its closed list, ``other`` last.
        threshold: the smallest group that is ever published, in reports.
        status: where it stands; only an approved metric is measured.
        sensitivity: how close it comes to a person; None if the file does not say.
        unit: what is counted, in plain words: ``files``; ``""`` if it needs none.
        period: how finely it is kept in time; a state is said once a week in any case.
        reducer: how the host's own value is reduced to this one, or None where the host does it.
        source: the host's setting that it reduces; ``""`` if it is none.
        correlates_with: the metrics that it may travel with; empty, and it travels alone.
        accuracy: how sure the answer must be, as half the width of its 95 % interval (0.05 is
            five points of a hundred), for a counter and a timing as a part of its mean; None if
            nobody said.
        until_answered: whether it ends by itself when its answer is that sure.
        rate: the share of another metric that is published with it, or None.
        example: what a report would say, for people; None if the file does not say.
        since: the product's first version that measures it; ``""`` for all.
        until: the product's last version that measures it; ``""`` for all.
        aliases: names that it had before.
        translations: language to what a person reads in it.
        outcomes: what was learnt from it and decided with it, oldest first.
        plugin: the plug-in that brought it, or None.
        allow: the checks that are switched off for it: code to reason.
    """

    name: str
    kind: Kind
    title: str
    question: str
    decision: str
    owner: str
    review: str
    approved: Approval | None
    expires: date | None
    level: str
    never_expires_because: str = ""
    choices: tuple[str, ...] = ()
    precision: int = 2
    largest: int = 1_000_000
    message_level: str = ""
    buckets: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    threshold: int = 10
    status: Status = Status.APPROVED
    sensitivity: Sensitivity | None = None
    unit: str = ""
    period: Period = Period.DAY
    reducer: Reducer | None = None
    source: str = ""
    correlates_with: tuple[str, ...] = ()
    accuracy: float | None = None
    until_answered: bool = False
    rate: Rate | None = None
    example: bool | int | str | None = None
    since: str = ""
    until: str = ""
    aliases: tuple[str, ...] = ()
    translations: Mapping[str, Translation] = field(default_factory=lambda: MappingProxyType({}))
    outcomes: tuple[Outcome, ...] = ()
    plugin: Plugin | None = None
    allow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def counts_active(self) -> bool:
        """Whether it counts who is active: by day, week or month, each once in its time."""
        ending = self.name.endswith(ACTIVE_ENDING)
        told = bool(self.labels) and ACTIVE_LABELS.issuperset(self.labels)
        return self.kind is Kind.LABELLED and ending and told

    @property
    def by_version(self) -> bool:
        """Whether its labels are versions, which no list can hold before they are there."""
        return self.kind is Kind.LABELLED and not self.labels

    @property
    def by_day(self) -> bool:
        """Whether its counts carry their day, or only their week."""
        return self.kind.adds_up and self.period is Period.DAY

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Its closed lists, by the key that holds each: ``choices``, ``extras.result``."""
        found = {"choices": self.choices, "labels": self.labels, "names": self.names}
        found |= {f"extras.{name}": words for name, words in self.extras.items()}
        return {place: words for place, words in found.items() if words}

    def measured_on(self, day: date) -> bool:
        """Whether it is approved and has not expired by ``day``."""
        return self.status is Status.APPROVED and (self.expires is None or day <= self.expires)
