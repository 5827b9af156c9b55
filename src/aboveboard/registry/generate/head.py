"""Enters: a registry, and what its module needs. Leaves: the module's head and its imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.generate.layout import docstring, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.registry import Registry

MARK = "# Made by aboveboard generate from "
"""How every module begins that was made here."""
TOP = "Metrics"
"""The class that a program makes."""
MADE_HERE = (
    "AbstractContextManager",
    "Iterable",
    "Literal",
    TOP,
    "Protocol",
    "Telemetry",
    "YesNo",
)
"""The names that a module has already, beside those of the kinds."""
_USE = (
    "``metrics = Metrics(telemetry)`` has each metric under its dotted name, so that a misspelt "
    "one fails in the editor."
)


def head(registry: Registry, source: str) -> list[str]:
    """Write where a module comes from, and what it is."""
    return [
        f"{MARK}{plain(source)}; do not edit.",
        f"# The registry's fingerprint is {registry.fingerprint}",
        *docstring(0, f"{registry.title}: what it counts.", _USE),
        "",
        "from __future__ import annotations",
    ]


def imports(calls: set[str], types: Iterable[str], *, any_metric: bool) -> list[str]:
    """Write what a module imports: only what it needs, and nothing but the standard library.

    Args:
        calls: the calls of the telemetry that it makes.
        types: the lines that define its types.
        any_metric: whether it has a metric.
    """
    of_types = []
    if "names" in calls:
        of_types.append("    from collections.abc import Iterable")
    if calls & {"time", "use"}:
        of_types.append("    from contextlib import AbstractContextManager")
    typing = ["TYPE_CHECKING"] if of_types else []
    typing += ["Literal"] if any(" = Literal[" in line for line in types) else []
    typing += ["Protocol"]
    return [
        "",
        *(["from functools import cached_property"] if any_metric else []),
        f"from typing import {', '.join(typing)}",
        *(["", "if TYPE_CHECKING:", *of_types] if of_types else []),
    ]
