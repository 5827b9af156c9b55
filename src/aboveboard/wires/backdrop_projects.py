"""Enters: registries. Leaves: which projects of Backdrop CMS may report, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aboveboard.model.registry import Registry


@dataclass(frozen=True, slots=True)
class Project:
    """A project that a registry knows.

    Attributes:
        name: as sites call it.
        title: as people do.
        app: the product whose registry has its metrics.
        group: what these begin with, before the first dot.
    """

    name: str
    title: str
    app: str
    group: str


def projects(
    registries: Iterable[Registry], further: Mapping[str, str] | None = None
) -> dict[str, Project]:
    """Find the projects that may report: everybody else is dropped, as Backdrop's own server does.

    A project has a registry of its own, whose id is its name and whose metrics begin with it; or it
    is a plug-in of another one; or the operator says to which product it belongs.

    Args:
        registries: of the collector.
        further: projects that are neither, to the product that has their metrics.

    Returns:
        Project by the name that sites give it.
    """
    known = {registry.app: registry for registry in registries}
    found: dict[str, Project] = {}
    for registry in known.values():
        for plugin in registry.plugins:
            for name in (plugin.id, plugin.prefix):
                found[name] = Project(name, plugin.title, registry.app, plugin.prefix)
    for registry in known.values():
        name = registry.app.replace("-", "_")
        if _has_group(registry, name):
            found[name] = Project(name, registry.title, registry.app, name)
    for name, app in (further or {}).items():
        if app in known and _has_group(known[app], name):
            found[name] = Project(name, name.capitalize(), app, name)
    return found


def _has_group(registry: Registry, group: str) -> bool:
    return any(name.startswith(f"{group}.") for name in registry.metrics)
