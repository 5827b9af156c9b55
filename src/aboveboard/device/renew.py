"""Enters: the registry in force, its collector's log. Leaves: a newer one, if all of it is proven.

Nothing is believed because the collector says so: the entry must stand in the log, the log may only
have grown since it was last seen, mirrors must have seen the same, the content must be the one that
the entry names, and those who approve the old version's metrics must have signed the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.errors import LogError, RegistryError, SendError
from aboveboard.model.renewal import Delivered
from aboveboard.registry.approvals_reader import read_approvals
from aboveboard.registry.approve import in_force, tally
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, digest
from aboveboard.registry.read import read_content
from aboveboard.transparency import proven as proofs
from aboveboard.transparency.checkpoint import read as read_checkpoint
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.watch import Doubt, Seen, Suspicion, advance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.note import Key
    from aboveboard.transparency.source import RegistrySource, Source


@dataclass(frozen=True, slots=True)
class Follower:
    """Whom a device asks about a log, and whom it believes.

    Attributes:
        source: the collector's log.
        mirrors: mirrors of it.
        key: whose signature it must have.
        checker: checks signatures.
    """

    source: RegistrySource
    mirrors: Sequence[Source]
    key: Key
    checker: SignatureChecker


@dataclass(frozen=True, slots=True)
class Shown:
    """What a log shows of an app's registry, proven to stand there.

    Attributes:
        seen: the checkpoint under which it stands.
        index: the entry's place.
        entry: what it says.
    """

    seen: Seen
    index: int
    entry: RegistryEntry


def look(
    follower: Follower, seen: Seen | None, app: str, fingerprint: str = ""
) -> Shown | Doubt | None:
    """Look for an app's newest registry in a log, or for one version of it.

    Args:
        follower: whom to ask and to believe.
        seen: the newest checkpoint that is known; the log must continue it.
        app: whose registry.
        fingerprint: which version; the newest without one.

    Returns:
        None if the log has no such entry.

    Raises:
        SendError: the log was not reached.
        SealError: signatures cannot be checked here.
    """
    body = follower.source.registry(app, fingerprint)
    if body is None:
        return None
    proven = proofs.read(body)
    if proven is None:
        return Doubt(Suspicion.NOT_IN_LOG)
    entry = proofs.check(proven, follower.key, follower.checker)
    if isinstance(entry, Doubt):
        return entry
    if not isinstance(entry, RegistryEntry) or entry.app != app:
        return Doubt(Suspicion.NOT_IN_LOG, proven.note)
    if fingerprint not in {"", entry.fingerprint}:
        return Doubt(Suspicion.NOT_IN_LOG, proven.note)
    now = _go_on(follower, seen, proven.note)
    return now if isinstance(now, Doubt) else Shown(now, proven.index, entry)


def fetch(follower: Follower, shown: Shown) -> Delivered | Doubt:
    """Fetch the contents that an entry names.

    Raises:
        SendError: the log was not reached.
    """
    found = []
    for name in (shown.entry.fingerprint, shown.entry.approvals):
        blob = follower.source.blob(name) if name else b""
        if blob is None:
            return Doubt(Suspicion.BLOB_MISSING, shown.seen.note)
        if name and digest(blob) != name:
            return Doubt(Suspicion.BLOB_DIFFERS, shown.seen.note)
        found.append(blob)
    return Delivered(shown.index, *found)


def read_delivered(
    shipped: Registry, delivered: Delivered, checker: SignatureChecker
) -> Registry | str:
    """Read a delivered registry as its signatures have it.

    Args:
        shipped: the product's own, whose collector stays: nobody redirects reports from afar.
        delivered: what came.
        checker: checks signatures.

    Returns:
        The registry, or why it is none, in a sentence.

    Raises:
        SealError: signatures cannot be checked here.
    """
    try:
        new = read_content(delivered.content)
        said = read_approvals(delivered.approvals) if delivered.approvals else None
    except RegistryError as error:
        return f"What came has {len(error.problems)} problems, the first: {error.problems[0]}"
    if new.app != shipped.app:
        return f"What came is the registry of {new.app}."
    ours = {part: mark for part, mark in shipped.parts.items() if part == COLLECTOR}
    parts = MappingProxyType({**new.parts, **ours})
    return in_force(replace(new, collector=shipped.collector, parts=parts), said, checker)


def is_signed(trusted: Registry, delivered: Delivered, checker: SignatureChecker) -> bool:
    """Whether those who approve a registry's metrics have signed the terms of one that follows it.

    The terms name the approvers from then on, so that a committee can be elected anew.

    Args:
        trusted: the registry whose approvers are trusted; without any, nothing needs a signature.
        delivered: what came, and could be read.
        checker: checks signatures.

    Raises:
        SealError: signatures cannot be checked here.
    """
    if trusted.committee is None:
        return True
    new = replace(read_content(delivered.content), committee=trusted.committee)
    said = read_approvals(delivered.approvals) if delivered.approvals else None
    return tally(new, said, checker).standings[PRODUCT].approved


def _go_on(follower: Follower, seen: Seen | None, note: bytes) -> Seen | Doubt:
    """Continue what was known, and ask the mirrors whether they have seen the same."""
    now = advance(seen, note, _proof(follower, seen, note), follower.key, follower.checker)
    if isinstance(now, Doubt):
        return now
    doubts = (_contradiction(follower, mirror, now) for mirror in follower.mirrors)
    return next((doubt for doubt in doubts if doubt is not None), now)


def _proof(follower: Follower, seen: Seen | None, note: bytes) -> Sequence[bytes]:
    new = read_checkpoint(note)
    if seen is None or new is None or new.size <= seen.checkpoint.size:
        return ()
    return follower.source.consistency(seen.checkpoint.size, new.size)


def _contradiction(follower: Follower, mirror: Source, now: Seen) -> Doubt | None:
    """Compare with what a mirror has seen, whichever of the two is larger."""
    try:
        note = mirror.checkpoint()
    except (SendError, LogError):
        return None  # a mirror that rests says nothing
    theirs = advance(None, note, (), follower.key, follower.checker)
    if isinstance(theirs, Doubt):
        return None  # what the log did not sign proves nothing about it
    old, new = sorted((theirs, now), key=lambda each: each.checkpoint.size)
    proof = _proof(follower, old, new.note)
    found = advance(old, new.note, proof, follower.key, follower.checker)
    return found if isinstance(found, Doubt) else None
