"""Enters: what a registry file says of a product. Leaves: a value that both ends go by."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.model.metric import Metric, Plugin


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose signature counts.

    Attributes:
        id: its name in the file.
        title: the person or the office, for people.
        key: the Ed25519 public key, 32 bytes.
        until: the last day whose signatures count, or None: a committee is elected anew.
    """

    id: str
    title: str
    key: bytes
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Committee:
    """Who approves a product's metrics, and how many of them it takes.

    Attributes:
        needed: how many must sign.
        approvers: those who may.
    """

    needed: int
    approvers: tuple[Approver, ...]


@dataclass(frozen=True, slots=True)
class ProductWords:
    """What a person reads of a product in their own language.

    Attributes:
        title: its name.
        levels: level to what it covers; all of them.
    """

    title: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CollectorAddress:
    """Where a product's reports go: one collector, which may have several addresses.

    Attributes:
        urls: its base addresses, without a slash at the end; the first that answers is used.
        keys: its public X25519 keys (32 bytes each), the one to seal for first; none for unsealed.
        log: the key that its transparency log is signed with, as ``name+id+key``; ``""`` for none.
        mirrors: addresses of mirrors of that log, which the device compares with it.
    """

    urls: tuple[str, ...]
    keys: tuple[bytes, ...] = ()
    log: str = ""
    mirrors: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address that is tried first."""
        return self.urls[0]

    @property
    def key(self) -> bytes | None:
        """The key that reports are sealed for, or None."""
        return self.keys[0] if self.keys else None


class Sends(enum.StrEnum):
    """How often the reports of a product leave a machine."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def times_a_week(self) -> int:
        """How many reports of one thing an install sends in a week, at most by its timetable."""
        return {Sends.HOUR: 168, Sends.DAY: 7}.get(self, 1)


@dataclass(frozen=True, slots=True)
class Registry:
    """All that a product may measure, and who says so.

    Attributes:
        app: the product's identifier, as in addresses: ``editor``.
        title: its name for people.
        homepage: where the product lives.
        contact: whom to ask about its telemetry.
        policy: where its privacy policy can be read.
        fingerprint: SHA-256 of the file's content, by which both ends speak of it.
        levels: level name to what it covers, in plain words.
        metrics: name to metric, in the file's order.
        collector: where reports go, or None: then nothing can be sent.
        note: a sentence shown on top of each of its pages (for demonstrations and test data).
        languages: the languages that titles and questions are written in, the file's own first.
        translations: language to what a person reads of the product in it.
        installs: how many installs are expected, or None if nobody said.
        most_bits: how many bits one report may tell an install apart by, or None if nobody said.
        committee: who approves its metrics by signature, or None: then the file's word counts.
        parts: name of each part that can be signed to its digest, SHA-256 in hexadecimal.
        plugins: the contributed modules whose metrics are among its own.
        allow: the checks that are switched off for the whole file: code to reason.
        sends: how often reports leave, if the person said yes.
        asks_for_earlier: whether the question is also about what was recorded before the answer.
        raw_quarantine: whether a collector may let values wait that clients of others sent and that
            the registry does not know yet.
        content: the bytes that the fingerprint stands for.
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
    translations: Mapping[str, ProductWords] = field(default_factory=lambda: MappingProxyType({}))
    installs: int | None = None
    most_bits: int | None = None
    committee: Committee | None = None
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    plugins: tuple[Plugin, ...] = ()
    allow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sends: Sends = Sends.WEEK
    asks_for_earlier: bool = False
    raw_quarantine: bool = False
    content: bytes = field(default=b"", compare=False, repr=False)
