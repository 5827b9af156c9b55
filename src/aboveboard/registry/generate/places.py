"""Enters: metrics. Leaves: a tree of their dotted names, each part under a name of Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.registry.generate.forms import METHODS
from aboveboard.registry.generate.spelling import KEYWORDS, spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.metric import Metric

TAKEN = KEYWORDS | {"cached_property"}
"""What no part can be called: words of Python, and what the class of a group says itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a metric's name: a group, a metric, or both.

    Attributes:
        name: all of the dotted name up to here; ``""`` at the top.
        attribute: what the part is called in Python.
        metric: the metric of this name, or None.
        below: the parts that may follow it.
    """

    name: str
    attribute: str
    metric: Metric | None
    below: tuple[Place, ...]


def tree(metrics: Mapping[str, Metric], name: str = "", attribute: str = "") -> Place:
    """Arrange metrics by the parts of their names.

    Args:
        metrics: all of those that begin with ``name``.
        name: the dotted name of the part to begin with.
        attribute: what it is called in Python.

    Example:
        >>> from types import SimpleNamespace
        >>> metric = SimpleNamespace()
        >>> [file] = tree({"file.opened": metric, "file.class": metric}).below
        >>> [(place.name, place.attribute) for place in file.below]
        [('file.class', 'class_'), ('file.opened', 'opened')]
    """
    start = f"{name}." if name else ""
    parts = {known.removeprefix(start).partition(".")[0] for known in metrics if known != name}
    below = []
    for part, spelt in spell(parts, TAKEN | METHODS if name in metrics else TAKEN).items():
        full = f"{start}{part}"
        mine = {k: m for k, m in metrics.items() if k == full or k.startswith(f"{full}.")}
        below.append(tree(mine, full, spelt))
    return Place(name, attribute, metrics.get(name), tuple(below))
