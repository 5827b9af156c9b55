"""Enters: a metric among its neighbours. Leaves: where its name or its title misleads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from aboveboard.model.metric import Metric
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import GENERIC, SHORT_UNITS, UNIT_ENDINGS, words

SHORT = 4
_WORD = re.compile(r"[^\W_]+")
_SEPARATOR = re.compile(r"[._]")
_CODE = re.compile(r"_|::|\(\)|->|[a-z][a-z0-9]*\.[a-z]+\.[a-z]")


@of_metric(
    "unit_in_name",
    title="A unit is part of the name",
    reason="The unit may change with the next version; the name stays for years.",
    remedy="Leave it out of the name and write it as `unit`; a timing is in milliseconds anyway.",
)
def _unit_in_name(metric: Metric, _: Context) -> Iterator[Finding]:
    last = metric.name.rpartition(".")[2]
    ending = last.rpartition("_")[2]
    if ending in (UNIT_ENDINGS if "_" in last else SHORT_UNITS):
        yield Finding("", f"its name ends with the unit {ending}.")


@of_metric(
    "generic_name",
    title="A part of the name says nothing",
    reason="Under “misc” or “data” anything can be hidden, and nobody finds it again.",
    remedy="Name the part of the product that it belongs to, and what happens there.",
)
def _generic_name(metric: Metric, _: Context) -> Iterator[Finding]:
    found = [part for part in metric.name.split(".") if part in GENERIC]
    if found:
        yield Finding("", f"{found[0]!r} in its name says nothing.")


@of_metric(
    "similar_name",
    title="Its name can be mistaken for another",
    reason="Sooner or later somebody counts the one and reads the other.",
    remedy="Choose a name that differs in a word, or retire one of the two.",
)
def _similar_name(metric: Metric, context: Context) -> Iterator[Finding]:
    earlier = _earlier(metric, context)
    found = [other.name for other in earlier if _similar(other.name, metric.name)]
    if found:
        yield Finding("", f"its name is nearly {found[0]}.")


def _earlier(metric: Metric, context: Context) -> Iterator[Metric]:
    return takewhile(lambda other: other is not metric, context.registry.metrics.values())


def _similar(one: str, two: str) -> bool:
    if abs(len(one) - len(two)) > 2:  # noqa: PLR2004 a plural adds at most two letters
        return False
    return words(one) == words(two) or _one_slip(one, two)


def _one_slip(one: str, two: str) -> bool:
    """Whether one letter was changed, added or left out; digits and short words do not count."""
    short, long = sorted((one, two), key=len)
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    same_length = len(short) == len(long)
    if short[at + same_length :] != long[at + 1 :]:
        return False
    word = _SEPARATOR.split(long[:at])[-1] + _SEPARATOR.split(long[at:])[0]
    return len(word) >= SHORT and not long[at].isdigit()


@of_metric(
    "alias_taken",
    title="An older name belongs to another metric",
    reason="Counts under that name would be added to the wrong metric.",
    remedy="Remove the alias from all but the metric that had the name.",
    retired=True,
)
def _alias_taken(metric: Metric, context: Context) -> Iterator[Finding]:
    for alias in metric.aliases:
        if alias in context.registry.metrics:
            yield Finding("aliases", f"{alias} is the name of a metric.")
        yield from (
            Finding("aliases", f"{alias} is an older name of {other.name} too.")
            for other in _earlier(metric, context)
            if alias in other.aliases
        )


@of_metric(
    "title_is_name",
    title="The title is the name, or looks like code",
    reason="The title is what people read; a name is for programs.",
    remedy="Write what it is, as you would tell a neighbour.",
)
def _title_is_name(metric: Metric, _: Context) -> Iterator[Finding]:
    if _WORD.findall(metric.title.lower()) == _WORD.findall(metric.name):
        yield Finding("title", "it only repeats the name.")
    elif _CODE.search(metric.title):
        yield Finding("title", "it looks like code.")


@of_metric(
    "title_twice",
    title="Two metrics have the same title",
    reason="On the pages and in the question to people, nobody could tell them apart.",
    remedy="Say in the title what is different.",
)
def _title_twice(metric: Metric, context: Context) -> Iterator[Finding]:
    earlier = _earlier(metric, context)
    found = [other.name for other in earlier if words(other.title) == words(metric.title)]
    if found:
        yield Finding("title", f"{found[0]} has the same.")


NAMING = (
    _unit_in_name,
    _generic_name,
    _similar_name,
    _alias_taken,
    _title_is_name,
    _title_twice,
)
