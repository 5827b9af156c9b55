"""Enters: what a registry file says of a metric. Leaves: a value that both ends check against."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    TIMING = "timing"
    """How long something took, kept only as counts per bucket of milliseconds."""

    @property
    def adds_up(self) -> bool:
        """Whether values of a day are summed (or replaced by the latest one)."""
        return self is Kind.COUNTER or self is Kind.TIMING


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
        approved: who agreed, when and where.
        expires: the last day on which it is measured, or None for never.
        never_expires_because: the reason, where it never expires.
        level: the level of consent it belongs to (a key of the product's levels).
        choices: the closed list of a choice.
        precision: how many parts of a version are kept, 1 to 3.
        largest: the largest value that a counter may have on one day.
        buckets: lower bounds of a timing's buckets in milliseconds, ascending, first 0.
        threshold: the smallest group that is ever published, in reports.
        status: where it stands; only an approved metric is measured.
        sensitivity: how close it comes to a person; None if the file does not say.
        unit: what a counter counts, in plain words: ``files``; ``""`` if it needs none.
        correlates_with: the metrics that it may travel with; empty, and it travels alone.
        accuracy: how sure the answer must be, as half the width of its 95 % interval (0.05 is
            five points of a hundred), for a counter and a timing as a part of its mean; None if
            nobody said.
        example: what a report would say, for people; None if the file does not say.
        since: the product's first version that measures it; ``""`` for all.
        until: the product's last version that measures it; ``""`` for all.
        aliases: names that it had before.
        translations: language to what a person reads in it.
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
    approved: Approval
    expires: date | None
    level: str
    never_expires_because: str = ""
    choices: tuple[str, ...] = ()
    precision: int = 2
    largest: int = 1_000_000
    buckets: tuple[int, ...] = ()
    threshold: int = 10
    status: Status = Status.APPROVED
    sensitivity: Sensitivity | None = None
    unit: str = ""
    correlates_with: tuple[str, ...] = ()
    accuracy: float | None = None
    example: bool | int | str | None = None
    since: str = ""
    until: str = ""
    aliases: tuple[str, ...] = ()
    translations: Mapping[str, Translation] = field(default_factory=lambda: MappingProxyType({}))
    plugin: Plugin | None = None
    allow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def measured_on(self, day: date) -> bool:
        """Whether it is approved and has not expired by ``day``."""
        return self.status is Status.APPROVED and (self.expires is None or day <= self.expires)


@dataclass(frozen=True, slots=True)
class CollectorAddress:
    """Where a product's reports go.

    Attributes:
        url: the collector's base address, without a slash at the end.
        key: its public X25519 key (32 bytes) that reports are sealed for, or None for unsealed.
    """

    url: str
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """All that a product may measure, and who says so.

    Attributes:
        app: the product's identifier, as in addresses: ``editor``.
        title: its name for people.
        homepage: where the product lives.
        contact: whom to ask about its telemetry.
        policy: where its privacy policy can be read.
        note: a sentence shown on top of each of its pages (for demonstrations and test data).
        languages: the languages that titles and questions are written in, the file's own first.
        installs: how many installs are expected, or None if nobody said.
        plugins: the contributed modules whose metrics are among its own.
        allow: the checks that are switched off for the whole file: code to reason.
        levels: level name to what it covers, in plain words.
        metrics: name to metric, in the file's order.
        collector: where reports go, or None: then nothing can be sent.
        fingerprint: SHA-256 of the file's content, by which both ends speak of it.
    """

    app: str
    title: str
    homepage: str
    contact: str
    policy: str
    fingerprint: str
    levels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    metrics: Mapping[str, Metric] = field(default_factory=lambda: MappingProxyType({}))
    collector: CollectorAddress | None = None
    note: str = ""
    languages: tuple[str, ...] = ("en",)
    installs: int | None = None
    plugins: tuple[Plugin, ...] = ()
    allow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
