"""Enters: an app's name. Leaves: the providers that installed packages bring for it.

A package names them in the group ``aboveboard.providers`` as ``<app>.<anything>``; see
``docs/providers.md``. Nothing of it is imported before it is asked, so that it is asked within its
time and what it raises is its own affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import EntryPoint

    from aboveboard.device.foreign import Provider
    from aboveboard.model.provider import Offer

GROUP = "aboveboard.providers"


def find_providers(app: str) -> list[tuple[str, Provider]]:
    """Find them, each with its name, sorted by it; a package that cannot be read has none."""
    points = {(point.name, point.value): point for point in _points(app)}
    return [(name, _LateProvider(point)) for (name, _), point in sorted(points.items())]


def _points(app: str) -> Iterator[EntryPoint]:
    from importlib.metadata import distributions  # noqa: PLC0415 slow, and few programs need it

    for package in distributions():
        try:
            points = package.entry_points.select(group=GROUP)
        except Exception:  # noqa: BLE001, S112 a broken package is not our host's concern
            continue
        yield from (point for point in points if point.name.startswith(f"{app}."))


class _LateProvider:
    """A provider that is imported when it is asked for the first time."""

    def __init__(self, point: EntryPoint) -> None:
        self._point = point
        self._provider: Any = None

    @property
    def plugin(self) -> str:
        plugin: str = self._loaded().plugin
        return plugin

    def offers(self) -> Mapping[str, Offer]:
        offers: Mapping[str, Offer] = self._loaded().offers()
        return offers

    def value(self, name: str) -> object:
        value: object = self._loaded().value(name)
        return value

    def _loaded(self) -> Any:  # noqa: ANN401 a stranger's: whoever asks it finds out
        if self._provider is None:
            found = self._point.load()
            self._provider = found() if isinstance(found, type) else found
        return self._provider
