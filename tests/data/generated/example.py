# Made by aboveboard generate from editor.toml; do not edit.
# The registry's fingerprint is ab570ed94793846b95f6a6469c1c4a868b7928488474af106a7102c1e8ca0447
"""An example editor: what it counts.

``metrics = Metrics(telemetry)`` has each metric under its dotted name, so that a misspelt one fails
in the editor.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol


class Telemetry(Protocol):
    """What counts: an ``aboveboard.Telemetry``, or what stands in for it in a test."""

    def count(self, name: str, by: int, /, *, label: str | None = None) -> None:
        """Add to a counter, or to one of its labels."""
        ...


class _Metric:
    """A metric: whom it tells, and its name."""

    def __init__(self, telemetry: Telemetry, name: str) -> None:
        """Keep both."""
        self._telemetry = telemetry
        self._name = name


class Counter(_Metric):
    """How often something happened."""

    def add(self, by: int = 1) -> None:
        """Add one, or ``by``."""
        self._telemetry.count(self._name, by)


class _Group:
    """A group of metrics: whom they tell."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Keep it."""
        self._telemetry = telemetry


class FileMetrics(_Group):
    """The metrics below ``file``."""

    @cached_property
    def opened(self) -> Counter:
        """Files opened.

        How much is the editor used?

        ``file.opened``: counter, level ``usage``.
        """
        return Counter(self._telemetry, "file.opened")


class Metrics(_Group):
    """All metrics, by their names."""

    @cached_property
    def file(self) -> FileMetrics:
        """The metrics below ``file``."""
        return FileMetrics(self._telemetry)
