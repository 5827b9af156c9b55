"""Enters: somebody's log, and what is kept of it here. Leaves: more of it is kept, or a doubt.

Nothing is kept that was not checked: contents against their names, entries against the root that
the log signed, and that root against everything the mirror had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.transparency import entries
from aboveboard.transparency.evidence import prove_fork
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.watch import Doubt, Seen, Suspicion, advance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.ports.ledger import Ledger
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.evidence import Equivocation
    from aboveboard.transparency.note import Key
    from aboveboard.transparency.source import Source

MOST_ENTRIES = 1_000_000
PAGE = 1000
Begin: TypeAlias = Callable[[str, int], Callable[[], None]]
"""Told what begins and how many steps it has; gives what is to be called after each."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a mirror has now.

    Attributes:
        seen: the checkpoint up to which all is checked and kept.
        added: how many entries are new.
    """

    seen: Seen
    added: int


def silently(_title: str, _total: int) -> Callable[[], None]:
    """Tell nobody how far it is."""
    return lambda: None


def follow(
    source: Source,
    ledger: Ledger,
    key: Key,
    checker: SignatureChecker,
    begin: Begin = silently,
) -> Followed | Doubt:
    """Bring a mirror up to date.

    Args:
        source: the log.
        ledger: what is kept of it.
        key: of the log, known from elsewhere.
        checker: checks signatures.
        begin: told how far it is.

    Raises:
        SendError: the log cannot be reached.
        LogError: it cannot be read, or the mirror cannot be written.
        SealError: signatures cannot be checked here.
    """
    tree = Tree(map(leaf_hash, ledger.leaves()))
    seen = _newest(source, _remembered(ledger, key, checker), tree, key, checker)
    if isinstance(seen, Doubt):
        return seen
    held, size = len(tree), seen.checkpoint.size
    if size < held:
        return Doubt(Suspicion.LOG_SHRANK, seen.note)
    leaves = fetch(source, held, size, begin)
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    if len(tree) != size or tree.root() != seen.checkpoint.root:
        return Doubt(Suspicion.ENTRIES_DIFFER, seen.note)
    wrong = _keep_blobs(source, ledger, leaves, begin)
    if wrong is not None:
        return Doubt(wrong, seen.note)
    ledger.append(leaves)
    ledger.keep(seen.note)
    return Followed(seen, len(leaves))


def compare(
    one: Source, other: Source, key: Key, checker: SignatureChecker, begin: Begin = silently
) -> tuple[Seen, Seen] | Doubt:
    """Look whether two views are of one log: the same, or one the beginning of the other.

    Returns:
        What each shows, in the order of the arguments; or the doubt, with evidence if both are
        signed and contradict each other.
    """
    sides: list[tuple[Seen, Tree]] = []
    for source in (one, other):
        seen = _newest(source, None, Tree(), key, checker)
        if isinstance(seen, Doubt):
            return seen
        tree = Tree(map(leaf_hash, fetch(source, 0, seen.checkpoint.size, begin)))
        if len(tree) != seen.checkpoint.size or tree.root() != seen.checkpoint.root:
            return Doubt(Suspicion.ENTRIES_DIFFER, seen.note)
        sides.append((seen, tree))
    (first, _), (second, _) = sides
    _, larger = max(sides, key=lambda side: len(side[1]))
    evidence = prove_fork(first.note, second.note, larger, key, checker)
    if evidence is None:
        return first, second
    return Doubt(Suspicion.LOG_FORKED, second.note, evidence)


def fetch(source: Source, start: int, end: int, begin: Begin = silently) -> list[bytes]:
    """Get leaves page by page; fewer than asked for if the log has no more."""
    found: list[bytes] = []
    wanted = max(0, end - start)
    done = begin("Entries", wanted)
    while len(found) < wanted:
        place = start + len(found)
        page = source.entries(place, min(end, place + PAGE))[: end - place]
        if not page:
            break
        for leaf in page:
            found.append(leaf)
            done()
    return found


def _remembered(ledger: Ledger, key: Key, checker: SignatureChecker) -> Seen | Doubt | None:
    kept = ledger.checkpoint()
    return None if kept is None else advance(None, kept, (), key, checker)


def _newest(
    source: Source,
    seen: Seen | Doubt | None,
    tree: Tree,
    key: Key,
    checker: SignatureChecker,
) -> Seen | Doubt:
    """Ask for the newest checkpoint and hold it against what was seen."""
    if isinstance(seen, Doubt):
        return seen
    note = source.checkpoint()
    new = advance(None, note, (), key, checker)
    if isinstance(new, Doubt):
        return new
    if new.checkpoint.size > MOST_ENTRIES:
        return Doubt(Suspicion.LOG_TOO_LARGE, note)
    if seen is None:
        return new
    grew = 0 < seen.checkpoint.size < new.checkpoint.size
    proof = source.consistency(seen.checkpoint.size, new.checkpoint.size) if grew else ()
    step = advance(seen, note, proof, key, checker)
    if isinstance(step, Seen):
        return step
    return replace(step, evidence=_evidence(source, seen, new, tree, (key, checker)))


def _evidence(
    source: Source, seen: Seen, new: Seen, tree: Tree, by: tuple[Key, SignatureChecker]
) -> Equivocation | None:
    """Prove a contradiction with the leaves of the larger tree: ours, or what is served now."""
    if new.checkpoint.size > seen.checkpoint.size:
        tree = Tree(map(leaf_hash, fetch(source, 0, new.checkpoint.size)))
    return prove_fork(seen.note, new.note, tree, *by)


def _keep_blobs(
    source: Source, ledger: Ledger, leaves: Sequence[bytes], begin: Begin
) -> Suspicion | None:
    read = [entries.read(leaf) for leaf in leaves]
    names = dict.fromkeys(name for entry in read if entry is not None for name in entry.blobs)
    if None in read:
        return Suspicion.UNKNOWN_ENTRY
    missing = [name for name in names if ledger.blob(name) is None]
    done = begin("Contents", len(missing))
    for name in missing:
        blob = source.blob(name)
        if blob is None:
            return Suspicion.BLOB_MISSING
        if content_name(blob) != name:
            return Suspicion.BLOB_DIFFERS
        ledger.put(blob)
        done()
    return None
