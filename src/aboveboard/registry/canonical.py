"""Enters: the tables of registry files. Leaves: canonical bytes, and the digests that name them.

Canonical is compact JSON with sorted keys, days in ISO form and everything beyond ASCII escaped, so
that comments, order and white space of a file change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

from aboveboard.model.digest import hex_digest

Table: TypeAlias = "Mapping[str, object]"

LEFT_OUT = frozenset({"collector", "include"})
"""Who receives is not what is measured; what is included counts as what it holds."""
DECISIONS = frozenset({"status", "approved", "outcomes"})
"""What is said about a metric, and not by it: signatures decide and time tells."""
PRODUCT, COLLECTOR = "product", "collector"


def content(table: Table, plugins: Sequence[Table] = ()) -> bytes:
    """Give the bytes that a registry's fingerprint stands for.

    They are the whole file without ``collector`` and ``include``, plug-in files as a list under the
    key ``plugins``, sorted by their ids. The reader reads them as it reads a file.

    Example:
        >>> content({"format": 1, "collector": {"url": "https://x.example"}})
        b'{"format":1}'
    """
    kept = {name: value for name, value in table.items() if name not in LEFT_OUT}
    if plugins:
        kept["plugins"] = sorted(plugins, key=_plugin_id)
    return canonical(kept)


def fingerprint(table: Table, plugins: Sequence[Table] = ()) -> str:
    """Give the name under which both ends speak of a registry: SHA-256 of its content.

    Example:
        >>> fingerprint({"format": 1}) == fingerprint({"format": 1, "collector": {"url": "x"}})
        True
    """
    return digest(content(table, plugins))


def parts(table: Table, plugins: Sequence[Table] = ()) -> dict[str, str]:
    """Give the digest of each part that approvers sign.

    ``product`` is who measures and on which terms: everything but the metrics and the collector.
    ``collector`` is who receives, if the file says so. ``metric`` and a name is that metric with
    all that it says, except where it stands (``status``, ``approved``) and what came of it.
    """
    terms = {k: v for k, v in table.items() if k not in {"metric", "plugins", *LEFT_OUT}}
    terms["plugins"] = [plugin.get("plugin") for plugin in sorted(plugins, key=_plugin_id)]
    found = {PRODUCT: digest(canonical(terms))}
    if COLLECTOR in table:
        found[COLLECTOR] = digest(canonical(table[COLLECTOR]))
    for file in (table, *plugins):
        metrics = file.get("metric")
        for name, metric in metrics.items() if isinstance(metrics, Mapping) else ():
            if isinstance(metric, Mapping):
                said = {k: v for k, v in metric.items() if k not in DECISIONS}
                found[part_of(name)] = digest(canonical(said))
    return found


def part_of(metric: str) -> str:
    """Give the name of a metric's part.

    Example:
        >>> part_of("file.opened")
        'metric file.opened'
    """
    return f"metric {metric}"


def canonical(value: object) -> bytes:
    """Write a value as canonical JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_text).encode()


def digest(body: bytes) -> str:
    """Give the SHA-256 of some bytes in hexadecimal."""
    return hex_digest(body)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _plugin_id(plugin: Table) -> str:
    return str(plugin.get("plugin"))
