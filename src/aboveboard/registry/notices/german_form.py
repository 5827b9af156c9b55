"""Enters: a metric. Leaves: what its values look like, in German."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.registry.difference_words import FIRST_SAID, MOST_SAID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aboveboard.model.metric import Metric


def form(metric: Metric) -> str:
    """Say in German what a metric's values look like.

    Example:
        >>> from types import SimpleNamespace
        >>> form(SimpleNamespace(kind=Kind.COUNTER, by_day=True, largest=10_000))
        'eine Zahl je Tag, höchstens 10.000'
    """
    return _FORMS[metric.kind](metric)


def _most(metric: Metric) -> str:
    return f"höchstens {metric.largest:,}".replace(",", ".")


def _each(metric: Metric) -> str:
    return "je Tag" if metric.by_day else "je Woche"


def _message(metric: Metric) -> str:
    return ", mit einer bereinigten Fehlermeldung" if metric.message_level else ""


def _some(words: Sequence[str]) -> str:
    if len(words) <= MOST_SAID:
        return ", ".join(words)
    return f"{', '.join(words[:FIRST_SAID])} und {len(words) - FIRST_SAID} weiteren"


def _labels(metric: Metric) -> str:
    if metric.by_version:
        return f"jede Version, nach {metric.precision} Teil(en) davon"
    return f"jedes von: {_some(metric.labels)}"


def _extras(metric: Metric) -> str:
    return "; ".join(f"{name} ({_some(words)})" for name, words in metric.extras.items())


_FORMS: Mapping[Kind, Callable[[Metric], str]] = {
    Kind.COUNTER: lambda m: f"eine Zahl {_each(m)}, {_most(m)}",
    Kind.SECONDS: lambda m: f"Sekunden in Gebrauch {_each(m)}, {_most(m)}",
    Kind.FLAG: lambda _: "ja oder nein",
    Kind.CHOICE: lambda m: f"eines von: {_some(m.choices)}",
    Kind.VERSION: lambda m: f"{m.precision} Teil(e) der Version",
    Kind.QUANTITY: lambda m: f"wie viele, in {len(m.buckets)} Stufen",
    Kind.NAMES: lambda m: f"welche von: {_some(m.names)}",
    Kind.TIMING: lambda m: f"wie lange es dauert, in {len(m.buckets)} Stufen",
    Kind.DISTRIBUTION: lambda m: f"wie groß es ist, in {len(m.buckets)} Stufen",
    Kind.LABELLED: lambda m: f"eine Zahl {_each(m)} für {_labels(m)}",
    Kind.EVENT: lambda m: f"eine Zahl {_each(m)} nach {_extras(m)}",
    Kind.ERROR: lambda m: (
        f"wie oft es an welcher Stelle des Programms fehlschlug, {_each(m)}{_message(m)}"
    ),
}
