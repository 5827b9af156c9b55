"""Enters: what a person agreed to, the registry of now. Leaves: what they were not shown yet.

What a person agreed to is kept as bytes: a line with who received the reports and what was
measured, then the whole registry, compressed. As long as nothing was added, looking at the line is
enough.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Status
from aboveboard.model.registry import CollectorAddress
from aboveboard.registry.canonical import canonical
from aboveboard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.model.consent import Choice
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.registry.change import Change, Difference

MOST_BYTES = 32 * 1024 * 1024
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Growth:
    """What is new since the person chose.

    Attributes:
        unseen: the metrics that stay on the machine until the person has seen the difference.
        changes: what is new, a sentence for each.
        widening: the same as values, for who says it in another language.
        waiting: what a newer registry says differently, which takes force once the person agrees.
    """

    unseen: frozenset[str] = frozenset()
    changes: tuple[str, ...] = ()
    widening: tuple[Change, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """How much is new, in a few words; ``""`` if nothing is.

        Example:
            >>> Growth(frozenset({"file.opened"}), ("New: …", "Reports now …")).summary
            '2 things are new'
        """
        if not self.unseen:
            return ""
        number = len(self.changes)
        return "1 thing is new" if number == 1 else f"{number} things are new"


NO_GROWTH = Growth()


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is agreed to besides the registry's content.

    The collector stands outside of it, and what is measured depends on signatures, too.
    """

    registry: str
    measured: frozenset[str]
    collector: CollectorAddress | None


def pack(registry: Registry) -> bytes:
    """Write down what a person agrees to now."""
    import zlib  # noqa: PLC0415 once, when a person chooses

    return _line(_terms(registry)) + b"\n" + zlib.compress(registry.content, 9)


def growth(agreed: bytes | None, choice: Choice, registry: Registry) -> Growth:
    """Tell what a person has not been shown yet.

    Args:
        agreed: what :func:`pack` made when they chose; None if nothing was kept.
        choice: what they chose.
        registry: the one in force now.

    Returns:
        What is new. If nobody can tell any more what they agreed to, everything is, unless it was
        this very registry.
    """
    line, _, packed = (agreed or b"").partition(b"\n")
    terms = _read_terms(line)
    if terms is None or terms.registry != choice.registry:
        return _unknown(choice, registry)
    if _nothing_added(terms, _terms(registry)):
        return NO_GROWTH
    before = _read(packed, terms)
    return _between(before, registry) if before is not None else _unknown(choice, registry)


def _unknown(choice: Choice, registry: Registry) -> Growth:
    if choice.registry == registry.fingerprint:
        return NO_GROWTH
    said = f"Nobody can tell any more what you agreed to on {choice.day.isoformat()}."
    return Growth(_measured(registry), (said,))


def _nothing_added(before: _Terms, now: _Terms) -> bool:
    same = before.registry == now.registry and before.collector == now.collector
    return same and now.measured <= before.measured


def _between(before: Registry, registry: Registry) -> Growth:
    # A program whose registry is as it was does not pay for this.
    from aboveboard.registry.difference import difference  # noqa: PLC0415 see above
    from aboveboard.registry.difference_words import sentence  # noqa: PLC0415 see above

    found = difference(before, registry)
    unseen = frozenset(_unseen(found, before, registry)) & _measured(registry)
    if not unseen:
        return NO_GROWTH
    words = tuple(sentence(change, found.titles) for change in found.widening)
    return Growth(unseen, words, found.widening)


def _unseen(found: Difference, before: Registry, registry: Registry) -> Iterator[str]:
    from aboveboard.registry.change import Code  # noqa: PLC0415 see above

    for change in found.widening:
        if change.metric is not None:
            yield change.metric.name
        elif change.code is Code.LEVEL_REWORDED:
            yield from _of_level(registry, change.place.rpartition(".")[2])
        else:
            yield from registry.metrics  # who receives, or how often: it is about all of them
    for level in set(registry.levels) - set(before.levels):
        yield from _of_level(registry, level)


def _of_level(registry: Registry, level: str) -> Iterator[str]:
    metrics = registry.metrics.items()
    return (name for name, metric in metrics if level in {metric.level, metric.message_level})


def _measured(registry: Registry) -> frozenset[str]:
    metrics = registry.metrics.items()
    return frozenset(name for name, metric in metrics if metric.status is Status.APPROVED)


def _terms(registry: Registry) -> _Terms:
    collector = registry.collector
    who = CollectorAddress(collector.urls, collector.keys) if collector is not None else None
    return _Terms(registry.fingerprint, _measured(registry), who)


def _line(terms: _Terms) -> bytes:
    import base64  # noqa: PLC0415 only where what was agreed to is looked at

    urls, keys = (terms.collector.urls, terms.collector.keys) if terms.collector else ((), ())
    return canonical(
        {
            "registry": terms.registry,
            "measured": sorted(terms.measured),
            "urls": urls,
            "keys": [base64.b64encode(key).decode() for key in keys],
        }
    )


def _read_terms(line: bytes) -> _Terms | None:
    import base64  # noqa: PLC0415 see above

    try:
        said: dict[str, Any] = json.loads(line)
        urls = tuple(str(url) for url in said["urls"])
        keys = tuple(base64.b64decode(key, validate=True) for key in said["keys"])
        who = CollectorAddress(urls, keys) if urls else None
        return _Terms(str(said["registry"]), frozenset(map(str, said["measured"])), who)
    except _UNREADABLE:
        return None


def _read(packed: bytes, terms: _Terms) -> Registry | None:
    import zlib  # noqa: PLC0415 only where something was added

    from aboveboard.registry.read import read_content  # noqa: PLC0415 see above

    try:
        registry = read_content(zlib.decompressobj().decompress(packed, MOST_BYTES))
    except (zlib.error, RegistryError):
        return None
    if registry.fingerprint != terms.registry:
        return None
    metrics = {name: _as_agreed(metric, terms) for name, metric in registry.metrics.items()}
    return replace(registry, metrics=MappingProxyType(metrics), collector=terms.collector)


def _as_agreed(metric: Metric, terms: _Terms) -> Metric:
    if metric.name in terms.measured:
        return replace(metric, status=Status.APPROVED)
    return replace(metric, status=Status.PROPOSED) if metric.status is Status.APPROVED else metric
