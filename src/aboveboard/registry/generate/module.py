"""Enters: a registry. Leaves: a typed Python module, whose accessors count its metrics.

The same registry gives the same text to the letter, however its file is ordered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Status
from aboveboard.registry.generate.classes import (
    GROUP,
    METRIC,
    group_class,
    metric_class,
    protocol,
)
from aboveboard.registry.generate.closed import alias, form, lists
from aboveboard.registry.generate.forms import SHARED
from aboveboard.registry.generate.head import MADE_HERE, TOP, head, imports
from aboveboard.registry.generate.layout import spaced
from aboveboard.registry.generate.places import tree
from aboveboard.registry.generate.spelling import Pool, camel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.registry.generate.closed import Words
    from aboveboard.registry.generate.forms import Form
    from aboveboard.registry.generate.places import Place


def generate(registry: Registry, source: str) -> str:
    """Write the module of a registry: one accessor for each metric that is approved.

    Args:
        registry: what is measured.
        source: what its file is called, for the module's head.

    Example:
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> text = generate(read(EXAMPLE_REGISTRY), "editor.toml")
        >>> print(text.splitlines()[0])
        # Made by aboveboard generate from editor.toml; do not edit.
    """
    metrics = approved(registry)
    pool = Pool({*MADE_HERE, *(shared.name for shared in SHARED)})
    words = {name: lists(metric, pool) for name, metric in metrics.items()}
    forms = {name: form(metric, words[name], pool) for name, metric in metrics.items()}
    used = _used(forms)
    calls = {method.call for each in used for method in each.methods}
    types = _types(metrics, words)
    begin = [*head(registry, source), *imports(calls, types, any_metric=bool(metrics))]
    classes = [
        protocol(calls),
        METRIC.splitlines(),
        *map(metric_class, used),
        GROUP.splitlines(),
        *_groups(tree(metrics), forms, pool),
    ]
    return "\n".join(spaced([[*begin, *types], *classes], 2)) + "\n"


def approved(registry: Registry) -> dict[str, Metric]:
    """Give the metrics that are measured, by name; the fingerprint knows no other order either."""
    found = registry.metrics.items()
    return {name: metric for name, metric in sorted(found) if metric.status is Status.APPROVED}


def _types(metrics: Mapping[str, Metric], words: Mapping[str, list[Words]]) -> list[str]:
    """Write the types of words; a linter wants no ``bool`` where a value has no name."""
    flags = any(metric.kind is Kind.FLAG for metric in metrics.values())
    lines = ["YesNo = bool"] if flags else []
    lines += [line for found in words.values() for each in found for line in alias(each)]
    return ["", *lines] if lines else []


def _used(forms: Mapping[str, Form]) -> list[Form]:
    """Give each class once: those that all metrics of a kind share come first."""
    own = [each for each in forms.values() if each not in SHARED]
    needed = {each.name for each in forms.values()} | {each.base for each in own}
    return [*(shared for shared in SHARED if shared.name in needed), *own]


def _groups(top: Place, forms: Mapping[str, Form], pool: Pool) -> Iterator[list[str]]:
    """Give the class of every group, the top last."""
    *places, last = _places(top)
    called = {place.name: pool.take(f"{camel(place.name)}{TOP}") for place in places}
    called[last.name] = TOP
    for place in (*places, last):
        base = forms[place.name].name if place.metric is not None else "_Group"
        yield group_class(place, called[place.name], base, called, forms)


def _places(place: Place) -> Iterator[Place]:
    for below in place.below:
        if below.below:
            yield from _places(below)
    yield place
