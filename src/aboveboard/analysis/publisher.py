"""Enters: the name of an app. Leaves: its published numbers, fresh from the totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from aboveboard.analysis.kept import columns
from aboveboard.analysis.publish import publish

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aboveboard.analysis.kept import Columns
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedApp, PublishedMetric, Total
    from aboveboard.ports.collector import QueryResult


class Numbers(Protocol):
    """What it needs of a ``FactStore``; its contract holds."""

    def mark(self) -> str:
        """Give a text that is another one whenever a number may have changed."""
        ...

    def apps(self) -> dict[str, int]:
        """Give the apps that sent anything, with how many reports each."""
        ...

    def totals(self, app: str) -> list[Total]:
        """Give every total of an app, by metric, span, period and key."""
        ...

    def query(self, sql: str, most_rows: int) -> QueryResult:
        """Run a reading query."""
        ...


class Publisher:
    """Answers what the public pages ask. Its calls wait for the store: not for an event loop.

    Args:
        registries: app to registry.
        facts: the tables.
        by_others: apps of which clients of others tell.
    """

    def __init__(
        self,
        registries: Mapping[str, Registry],
        facts: Numbers,
        by_others: Collection[str] = (),
    ) -> None:
        self._registries = registries
        self._facts = facts
        self._by_others = frozenset(by_others)

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
        found = publish(registry, self._facts.totals(name), reports)
        return replace(found, by_others=name in self._by_others)

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
