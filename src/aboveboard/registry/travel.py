"""Enters: a registry. Leaves: which of its metrics arrive together, in one report.

The one definition: the device builds its reports by it, and the checks and the guard judge by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry


def groups(registry: Registry) -> list[tuple[str, ...]]:
    """Share the metrics out into those that may travel together; most travel alone.

    In a group, each metric allows each of the others. A metric that several groups would take is in
    the first of them, by name. Which metrics are measured makes no difference, so that two devices
    with one registry share alike.

    Example:
        >>> from types import SimpleNamespace
        >>> said = {"a": ("b",), "b": ("a", "c"), "c": ("b",)}
        >>> metrics = {name: SimpleNamespace(correlates_with=with_) for name, with_ in said.items()}
        >>> groups(SimpleNamespace(metrics=metrics))
        [('a', 'b'), ('c',)]
    """
    metrics = registry.metrics
    found: list[list[str]] = []
    for name in sorted(metrics):
        allowed = set(metrics[name].correlates_with)
        for group in found if allowed else ():
            if all(o in allowed and name in metrics[o].correlates_with for o in group):
                group.append(name)
                break
        else:
            found.append([name])
    return [tuple(group) for group in found]
