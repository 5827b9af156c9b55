"""Enters: what a collector publishes. Leaves: the log's leaves, one spelling for each.

A leaf is JSON with sorted keys, without white space, in UTF-8. It names its contents (the registry,
the wording, the numbers) by their SHA-256; the contents are kept beside the log under that name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from aboveboard.model.period import Week
from aboveboard.transparency.hashes import SHA256_HEX

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LEAF_BYTES = 4096
APP = re.compile(r"[a-z][a-z0-9-]{0,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """From this day on, this version of a registry holds.

    Attributes:
        app: whose.
        fingerprint: the name of its content (``registry.read.fingerprint``).
        approvals: the name of the signed approvals, or "" if there are none.
        day: when it was entered.
    """

    kind: ClassVar[str] = "registry"

    app: str
    fingerprint: str
    approvals: str
    day: date

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about; a later entry about the same replaces it."""
        return (self.kind, self.app)

    @property
    def blobs(self) -> tuple[str, ...]:
        """The names of its contents."""
        return (self.fingerprint, self.approvals) if self.approvals else (self.fingerprint,)


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """From this day on, people are asked in these words.

    Attributes:
        app: whose.
        fingerprint: the version of the registry that the words are about.
        language: of the words, such as ``de``.
        text: the name of the wording.
        day: when it was entered.
    """

    kind: ClassVar[str] = "consent"

    app: str
    fingerprint: str
    language: str
    text: str
    day: date

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about; a later entry about the same replaces it."""
        return (self.kind, self.app, self.fingerprint, self.language)

    @property
    def blobs(self) -> tuple[str, ...]:
        """The names of its contents."""
        return (self.text,)


@dataclass(frozen=True, slots=True)
class TotalsEntry:
    """On this day, these numbers were published.

    Attributes:
        app: whose.
        period: the week that they are about.
        numbers: the name of the published JSON.
        day: when it was entered.
    """

    kind: ClassVar[str] = "totals"

    app: str
    period: Week
    numbers: str
    day: date

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about; a later entry about the same replaces it."""
        return (self.kind, self.app, str(self.period))

    @property
    def blobs(self) -> tuple[str, ...]:
        """The names of its contents."""
        return (self.numbers,)


Entry: TypeAlias = RegistryEntry | ConsentEntry | TotalsEntry
KINDS: dict[str, type[Entry]] = {
    entry.kind: entry for entry in (RegistryEntry, ConsentEntry, TotalsEntry)
}


def write(entry: Entry) -> bytes:
    """Write a leaf.

    Raises:
        ValueError: a field holds what no entry may hold.

    Example:
        >>> write(TotalsEntry("editor", Week(2026, 47), "0" * 64, date(2026, 11, 23)))[:45]
        b'{"app":"editor","day":"2026-11-23","kind":"to'
    """
    leaf = _form(entry)
    if read(leaf) != entry:
        message = f"no entry can be like this: {entry}"
        raise ValueError(message)
    return leaf


def read(leaf: bytes) -> Entry | None:
    """Read a leaf; None unless it is exactly what ``write`` makes of an entry."""
    try:
        content = json.loads(leaf) if len(leaf) <= MOST_LEAF_BYTES else None
        entry = _entry(content) if isinstance(content, dict) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return entry if entry is not None and _form(entry) == leaf else None


def _form(entry: Entry) -> bytes:
    content = {field.name: str(getattr(entry, field.name)) for field in fields(entry)}
    content["kind"] = entry.kind
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _entry(content: dict[str, object]) -> Entry:
    kind = KINDS[str(content["kind"])]
    names = [field.name for field in fields(kind)]
    values: dict[str, Any] = {name: _READERS[name](str(content[name])) for name in names}
    return kind(**values)


def _shaped(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def shaped(text: str) -> str:
        if not pattern.fullmatch(text):
            message = f"not in the shape {pattern.pattern}"
            raise ValueError(message)
        return text

    return shaped


_READERS: dict[str, Callable[[str], object]] = {
    "app": _shaped(APP),
    "approvals": _shaped(re.compile(f"({SHA256_HEX.pattern})?")),
    "day": date.fromisoformat,
    "fingerprint": _shaped(SHA256_HEX),
    "language": _shaped(LANGUAGE),
    "numbers": _shaped(SHA256_HEX),
    "period": Week.parse,
    "text": _shaped(SHA256_HEX),
}
