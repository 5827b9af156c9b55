"""Enters: the metrics of a product and of its plug-ins. Leaves: one set of them, prefixes kept.

A contributed module brings a file of its own. The prefix that it names belongs to it: all of its
metrics begin with it, and no metric of anybody else does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Plugin
from aboveboard.registry.fields import Fields
from aboveboard.registry.metrics import read_metric
from aboveboard.registry.names import PLUGIN_NAME, PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.registry.metrics import Around

Table: TypeAlias = "dict[str, object]"


def read_metrics(fields: Fields, around: Around, plugin: Plugin | None = None) -> dict[str, Metric]:
    """Read the metrics of one file, by name."""
    tables = fields.sub("metric")
    found: dict[str, Metric] = {}
    for name in tables.table:
        found[name] = read_metric(name, tables.sub(name), around, plugin)
        if plugin is not None and not name.startswith(f"{plugin.prefix}."):
            text = f"a metric of this plug-in begins with {plugin.prefix}."
            tables.problem("foreign_prefix", name, text, "Give it such a name.")
    return found


def read_plugins(
    product: Fields,
    brought: Sequence[tuple[str, Table]],
    metrics: dict[str, Metric],
    around: Around,
) -> tuple[Plugin, ...]:
    """Read the plug-ins' files and add their metrics to the product's.

    Args:
        product: the product's own file, which must name what it includes.
        brought: each plug-in's file, with what it is called.
        metrics: the product's metrics; the plug-ins' are added.
        around: the product's levels, languages and approvers; a plug-in has no others.
    """
    if product.has("include") and not product.items("include"):
        product.problem("empty", "include", "it names no file.", "Name one or remove the key.")
    if brought and not product.has("include"):
        product.problem("missing", "include", "plug-ins came unasked.", "Name their files there.")
    found: list[Plugin] = []
    for source, table in brought:
        fields = Fields(table, source, product.problems)
        if fields.number("format", 0, 1_000_000, 0) != product.table.get("format"):
            text = "a plug-in's file has the format of the product's."
            fields.problem("unknown_format", "format", text, "Write the same number.")
        plugin = _plugin(fields.sub("plugin"))
        if any(other.prefix == plugin.prefix or other.id == plugin.id for other in found):
            text = "another plug-in has this id or prefix."
            fields.problem("taken_prefix", "plugin.prefix", text, "Choose another.")
        _add(metrics, read_metrics(fields, around, plugin), plugin, fields)
        fields.no_more()
        found.append(plugin)
    return tuple(found)


def _add(
    metrics: dict[str, Metric], brought: Mapping[str, Metric], plugin: Plugin, fields: Fields
) -> None:
    for name, metric in metrics.items():
        if metric.plugin is None and name.startswith(f"{plugin.prefix}."):
            text = f"the prefix of the product's own metric {name} cannot belong to a plug-in."
            fields.problem("taken_prefix", "plugin.prefix", text, "Choose another.")
    metrics.update(brought)


def _plugin(fields: Fields) -> Plugin:
    plugin = Plugin(
        id=fields.text("id", longest=40),
        title=fields.text("title", longest=60),
        prefix=fields.text("prefix", longest=30),
        homepage=fields.link("homepage"),
        contact=fields.text("contact"),
    )
    for name, shape in (("id", PLUGIN_NAME), ("prefix", PREFIX)):
        value = getattr(plugin, name)
        if value and not shape.fullmatch(value):
            text = "it must be lower-case letters, digits and underscores, beginning with a letter."
            fields.problem("bad_name", name, text, "Choose such a name.")
    fields.no_more()
    return plugin
