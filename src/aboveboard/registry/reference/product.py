"""Enters: a registry. Leaves: what its page says: who measures, who agrees, and every metric."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.model.many import many
from aboveboard.model.metric import Status
from aboveboard.registry.product import KEY_PREFIX
from aboveboard.registry.reference.facts import Fact, Part
from aboveboard.registry.reference.words import EARLIER, RAW, SENT, STATUSES, in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboveboard.model.metric import Metric, Plugin
    from aboveboard.model.registry import Approver, Committee, Registry


@dataclass(frozen=True, slots=True)
class Listed:
    """A metric in the product's list.

    Attributes:
        metric: the metric.
        form: what its values look like, in a few words.
        badge: where it stands; ``""`` if it is measured.
    """

    metric: Metric
    form: str
    badge: str


@dataclass(frozen=True, slots=True)
class NameGroup:
    """The metrics whose names begin alike.

    Attributes:
        anchor: its name in addresses.
        name: the beginning; ``""`` for metrics that share theirs with no other.
        metrics: in the file's order.
    """

    anchor: str
    name: str
    metrics: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ListedPart:
    """The metrics of a level of consent, or those that a plug-in brings.

    Attributes:
        anchor: its name in addresses.
        title: its heading.
        covers: what it covers, in plain words; ``""`` for a plug-in.
        groups: its metrics, by the beginnings of their names.
        plugin: the plug-in, or None for a level.
    """

    anchor: str
    title: str
    covers: str
    groups: tuple[NameGroup, ...]
    plugin: Plugin | None = None

    @property
    def size(self) -> int:
        """How many metrics it has."""
        return sum(len(group.metrics) for group in self.groups)


@dataclass(frozen=True, slots=True)
class ProductPage:
    """What the page of one product says.

    Attributes:
        registry: what it is about.
        counts: how many metrics stand where, in words.
        about: who measures, who agrees, where reports go.
        parts: the product's own metrics by level, then each plug-in's.
    """

    registry: Registry
    counts: str
    about: Part
    parts: tuple[ListedPart, ...]


def product_page(registry: Registry) -> ProductPage:
    """Say everything that a registry says of its product, and list its metrics."""
    about = Part("about", "Who measures, who agrees, who receives", tuple(_about(registry)))
    metrics = registry.metrics.values()
    levels = [
        ListedPart(
            f"level-{level}",
            level.capitalize(),
            covers,
            _groups(f"level-{level}", (m for m in metrics if not m.plugin and m.level == level)),
        )
        for level, covers in registry.levels.items()
    ]
    plugins = [
        ListedPart(
            f"plugin-{plugin.id}",
            plugin.title,
            "",
            _groups(f"plugin-{plugin.id}", (m for m in metrics if m.plugin == plugin)),
            plugin,
        )
        for plugin in registry.plugins
    ]
    return ProductPage(registry, counts(registry), about, (*levels, *plugins))


def counts(registry: Registry) -> str:
    """Say how many metrics stand where.

    Example:
        >>> from types import SimpleNamespace
        >>> counts(SimpleNamespace(metrics={}))
        'No metric yet.'
    """
    found = Counter(metric.status for metric in registry.metrics.values())
    said = [f"{found[status]:,} {words}" for status, words in _STANDING.items() if found[status]]
    return f"{many(found.total(), 'metric')}: {', '.join(said)}." if said else "No metric yet."


def _about(registry: Registry) -> Iterator[Fact]:
    yield Fact("Contact", registry.contact)
    yield from _approval(registry.committee)
    yield from _collector(registry)
    if registry.raw_quarantine:
        yield Fact("Clients of others", RAW)
    if registry.installs is not None:
        yield Fact("Installs", f"About {registry.installs:,} are expected.")
    if registry.most_bits is not None:
        told = "One report may tell an install apart by at most"
        yield Fact("Uniqueness", f"{told} {registry.most_bits} bits.")
    if len(registry.languages) > 1:
        yield Fact("Languages", words=registry.languages)
    for code, reason in registry.allow.items():
        yield Fact("Check switched off", reason, code=code)
    yield Fact("Fingerprint", code=registry.fingerprint)


def _approval(committee: Committee | None) -> Iterator[Fact]:
    if committee is None:
        yield Fact("Approval", "As the file says of each metric, with the place to read it.")
        return
    text = f"By signature: {committee.needed} of these {len(committee.approvers)} must sign."
    yield Fact("Approval", text, words=tuple(_approver(who) for who in committee.approvers))


def _approver(who: Approver) -> str:
    return f"{who.title}, until {who.until.isoformat()}" if who.until else who.title


def _collector(registry: Registry) -> Iterator[Fact]:
    collector = registry.collector
    if collector is None:
        yield Fact("Reports go to", "Nobody: the file names no collector, so nothing can be sent.")
        return
    yield Fact("Reports go to", words=collector.urls)
    yield Fact("Sent", SENT[registry.sends])
    if registry.asks_for_earlier:
        yield Fact("Counted earlier", EARLIER)
    if collector.key is None:
        yield Fact("Sealed", "No: the connection alone protects a report on its way.")
    else:
        key = KEY_PREFIX + base64.b64encode(collector.key).decode()
        yield Fact("Sealed", "Yes: only the collector can open a report. Its key:", code=key)
    if collector.log:
        text = "Every version stands in a log that nobody can rewrite unnoticed. Its key:"
        yield Fact("Transparency log", text, code=collector.log)
    if collector.mirrors:
        yield Fact("Mirrors of the log", words=collector.mirrors)


def _groups(anchor: str, metrics: Iterable[Metric]) -> tuple[NameGroup, ...]:
    """Group metrics by their names; those whose beginning nobody shares come first, together."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for metric in metrics:
        badge = "" if metric.status is Status.APPROVED else STATUSES[metric.status]
        listed = Listed(metric, in_short(metric), badge)
        found[metric.name.partition(".")[0]].append(listed)
    alone = tuple(listed[0] for listed in found.values() if len(listed) == 1)
    shared = [
        NameGroup(f"{anchor}-{name}", name, tuple(listed))
        for name, listed in found.items()
        if len(listed) > 1
    ]
    return (NameGroup(f"{anchor}-", "", alone), *shared) if alone else tuple(shared)


_STANDING = {
    Status.APPROVED: "measured",
    Status.PROPOSED: "under discussion",
    Status.RETIRED: "retired",
}
