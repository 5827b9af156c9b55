"""Enters: a collector's word that questions are answered. Leaves: their metrics end on this device.

A collector may only end what the registry lets end by itself (``until_answered``): measuring less
needs nobody's proof, and a registry that ends nothing leaves nothing to say.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.registry import Registry
    from aboveboard.ports.device import EventStore

PLACE = "answered"
"""Under which name a store keeps it."""


def note(names: Iterable[str], registry: Registry, store: EventStore) -> bool:
    """Remember which metrics ended.

    Returns:
        Whether any of them is news.
    """
    known = _known(store, registry)
    ending = {name for name, metric in registry.metrics.items() if metric.until_answered}
    new = (set(names) & ending) - known
    if new:
        content = {"registry": registry.fingerprint, "metrics": sorted(known | new)}
        store.keep(PLACE, json.dumps(content).encode())
    return bool(new)


def without_answered(registry: Registry, store: EventStore) -> Registry:
    """Retire the metrics whose questions are answered; a new registry asks its own again."""
    names = _known(store, registry) if any(_ending(registry)) else set()
    if not names:
        return registry
    metrics = {
        name: replace(metric, status=Status.RETIRED) if name in names else metric
        for name, metric in registry.metrics.items()
    }
    return replace(registry, metrics=MappingProxyType(metrics))


def _ending(registry: Registry) -> Iterable[bool]:
    return (metric.until_answered for metric in registry.metrics.values())


def _known(store: EventStore, registry: Registry) -> set[str]:
    try:
        content = json.loads(store.kept(PLACE) or b"{}")
        same = content.get("registry") == registry.fingerprint
        return {str(name) for name in content["metrics"]} if same else set()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return set()
