"""Enters: the name of an app. Leaves: its published numbers, fresh from the totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.analysis.kept import columns
from aboveboard.analysis.publish import publish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.analysis.kept import Columns
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedApp, PublishedMetric
    from aboveboard.ports.collector import FactStore


class Publisher:
    """Answers what the public pages ask. Its calls wait for the store: not for an event loop."""

    def __init__(self, registries: Mapping[str, Registry], facts: FactStore) -> None:
        self._registries = registries
        self._facts = facts

    def mark(self) -> str:
        """Tell by one text whether any number has changed."""
        return self._facts.mark()

    def apps(self) -> list[tuple[Registry, int]]:
        """Give every app by its title, with how many reports arrived: several of each install."""
        reports = self._facts.apps()
        known = sorted(self._registries.values(), key=lambda registry: registry.title)
        return [(registry, reports.get(registry.app, 0)) for registry in known]

    def app(self, name: str) -> PublishedApp | None:
        """Give an app's published numbers, or None where no registry names it."""
        registry = self._registries.get(name)
        if registry is None:
            return None
        reports = self._facts.apps().get(name, 0)
        return publish(registry, self._facts.totals(name), reports)

    def registry(self, name: str) -> Registry | None:
        """Give an app's registry, or None where no registry names it."""
        return self._registries.get(name)

    def metric(self, registry: Registry, name: str) -> PublishedMetric:
        """Give the published numbers of one metric of a registry."""
        alone = replace(registry, metrics={name: registry.metrics[name]})
        totals = [total for total in self._facts.totals(registry.app) if total.metric == name]
        return publish(alone, totals, 0).metrics[0]

    def columns(self) -> Columns:
        """Give the columns of the tables, as the database has them now."""
        return columns(self._facts.query)
