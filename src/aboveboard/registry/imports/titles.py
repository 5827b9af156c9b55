"""Enters: what a metric is about. Leaves: a title and a sensitivity that the checks accept."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import date

from aboveboard.model.metric import Kind, Metric, Sensitivity
from aboveboard.model.registry import Registry
from aboveboard.registry.checks import CHECKS
from aboveboard.registry.imports.imported import Seed
from aboveboard.registry.imports.tables import LEVELS
from aboveboard.registry.imports.wording import LONGEST_TITLE, cut, sentence
from aboveboard.registry.rules.check import Context
from aboveboard.registry.rules.words import words

SAID = {
    Kind.COUNTER: "how often",
    Kind.FLAG: "yes or no",
    Kind.CHOICE: "which one",
    Kind.VERSION: "which version",
    Kind.QUANTITY: "how many",
    Kind.NAMES: "which ones",
    Kind.TIMING: "how long it takes",
    Kind.DISTRIBUTION: "how large",
    Kind.LABELLED: "how often each",
    Kind.EVENT: "how often in which way",
    Kind.SECONDS: "how long",
    Kind.ERROR: "how often",
}
"""What a title says of a kind."""
_CODES = {
    "title": ("jargon", "abbreviation", "long_wording", "title_is_name"),
    "sensitivity": ("sensitivity_too_low",),
}
"""What is asked about a key before its value is chosen."""


def choose_title(
    seed: Seed, metric: Metric, product: str, taken: Container[tuple[str, ...]]
) -> str:
    """Give the first title that people would understand and no other metric has.

    Args:
        seed: what the catalogue says of the metric.
        metric: the metric, whose other texts raise no problem.
        product: the product's title; abbreviations in it are explained.
        taken: the words of the titles that others have.
    """
    titles = list(_titles(seed))
    for title in titles:
        fits = 0 < len(title) <= LONGEST_TITLE and tuple(words(title)) not in taken
        if fits and not _found(replace(metric, title=title), "title", product):
            return title
    last = titles[-1]
    number = 1
    while tuple(words(last)) in taken:
        number += 1
        last = f"{titles[-1][:54].rstrip(' ,:')} ({number})"
    return last


def choose_sensitivity(metric: Metric, title: str, least: Sensitivity) -> Sensitivity:
    """Give how close a metric comes to a person: what its words say, and no less than ``least``."""
    order = list(Sensitivity)
    tried = (replace(metric, title=title, sensitivity=each) for each in order)
    fitting = [
        each for each, found in zip(order, tried, strict=True) if not _found(found, "sensitivity")
    ]
    return max(least, fitting[0], key=order.index)


def _titles(seed: Seed) -> Iterator[str]:
    yield sentence(seed.heading)
    unit = seed.says.get("unit")
    said = f"in {unit}" if unit else SAID[seed.kind]
    for text in (
        f"{seed.about}: {seed.words}, {said}",
        f"{seed.about}: {seed.words}",
        f"{seed.words}, {said}",
        seed.words,
    ):
        yield _begun(text.strip(" ,:"))
    yield cut(_begun(f"{seed.about}: {seed.words}".strip(" ,:"))) or "Unnamed"


def _begun(text: str) -> str:
    """Begin a text like a sentence, without what cannot be printed."""
    clean = "".join(letter for letter in text if letter.isprintable()).strip()
    return clean[:1].upper() + clean[1:]


def _found(metric: Metric, key: str, product: str = "") -> bool:
    """Whether a check finds something in one key of a metric that stands alone."""
    alone = Registry("", product, "", "", "", "", levels=LEVELS, metrics={metric.name: metric})
    context = Context(alone, date.min)
    runs = (CHECKS[code].run for code in _CODES[key])
    findings = (found for run in runs if run is not None for _, found in run(context))
    return any(found.place == f"metric.{metric.name}.{key}" for found in findings)
