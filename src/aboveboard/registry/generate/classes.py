"""Enters: forms of metrics and groups of them. Leaves: the lines of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.generate.forms import CALLS
from aboveboard.registry.generate.layout import bracketed, docstring, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.registry.generate.forms import Form, Method
    from aboveboard.registry.generate.places import Place

METRIC = '''\
class _Metric:
    """A metric: whom it tells, and its name."""

    def __init__(self, telemetry: Telemetry, name: str) -> None:
        """Keep both."""
        self._telemetry = telemetry
        self._name = name
'''
GROUP = '''\
class _Group:
    """A group of metrics: whom they tell."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Keep it."""
        self._telemetry = telemetry
'''


def protocol(calls: Iterable[str]) -> list[str]:
    """Write which calls a telemetry must have."""
    text = "What counts: an ``aboveboard.Telemetry``, or what stands in for it in a test."
    head = ["class Telemetry(Protocol):", *docstring(1, text)]
    methods = []
    for call in sorted(calls):
        takes, gives, what = CALLS[call]
        signature = bracketed(1, f"def {call}(", ("self", *takes), f") -> {gives}:")
        methods.append([*signature, *docstring(2, what), "        ..."])
    return spaced([head, *methods], 1)


def metric_class(form: Form) -> list[str]:
    """Write the class of a metric, or of all of a kind."""
    head = [*bracketed(0, f"class {form.name}(", [form.base], "):"), *docstring(1, form.text)]
    return spaced([head, *map(_method, form.methods)], 1)


def group_class(
    place: Place, called: str, base: str, groups: Mapping[str, str], forms: Mapping[str, Form]
) -> list[str]:
    """Write the class of a group.

    Args:
        place: the group.
        called: what its class is called.
        base: the class that it stands on.
        groups: the names of groups to what their classes are called.
        forms: the names of metrics to their classes.
    """
    text = f"The metrics below ``{place.name}``." if place.name else "All metrics, by their names."
    head = [*bracketed(0, f"class {called}(", [base], "):"), *docstring(1, text)]
    return spaced([head, *(_property(below, groups, forms) for below in place.below)], 1)


def _property(place: Place, groups: Mapping[str, str], forms: Mapping[str, Form]) -> list[str]:
    metric = place.metric
    gives = groups[place.name] if place.below else forms[place.name].name
    text = _about(metric) if metric is not None else [f"The metrics below ``{place.name}``."]
    given = ["self._telemetry"] if metric is None else ["self._telemetry", f'"{place.name}"']
    return [
        "    @cached_property",
        *bracketed(1, f"def {place.attribute}(", ["self"], f") -> {gives}:"),
        *docstring(2, *text),
        *bracketed(2, f"return {gives}(", given, ")"),
    ]


def _method(method: Method) -> list[str]:
    back = "" if method.gives == "None" else "return "
    head = f"def {method.name}("
    return [
        *bracketed(1, head, ("self", *method.parameters), f") -> {method.gives}:"),
        *docstring(2, method.text),
        *bracketed(2, f"{back}self._telemetry.{method.call}(", method.arguments, ")"),
    ]


def _about(metric: Metric) -> Sequence[str]:
    unit = f" of {metric.unit}" if metric.unit else ""
    until = f", until {metric.expires.isoformat()}" if metric.expires is not None else ""
    what = f"``{metric.name}``: {metric.kind.value}{unit}, level ``{metric.level}``{until}."
    before = " and ".join(f"``{alias}``" for alias in metric.aliases)
    return metric.title, metric.question, f"{what} Before: {before}." if before else what
