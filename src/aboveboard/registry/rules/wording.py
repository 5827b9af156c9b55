"""Enters: what people are shown of a metric. Leaves: what they would not understand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aboveboard.model.metric import Metric
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import ABBREVIATIONS, JARGON, find

LONGEST_WORD = 22
MOST_WORDS = {"title": 10, "question": 25}
_ABBREVIATION = re.compile(r"\b[A-Z][A-Z0-9]+\b")


def _shown(metric: Metric) -> dict[str, str]:
    return {"title": metric.title, "question": metric.question}


@of_metric(
    "jargon",
    title="A word that only specialists understand",
    reason="People decide on what they read; what they cannot understand they cannot agree to.",
    remedy="Say it in everyday words.",
)
def _jargon(metric: Metric, _: Context) -> Iterator[Finding]:
    for place, text in _shown(metric).items():
        word = find(JARGON, text)
        if word is not None:
            yield Finding(place, f"few people know what {word!r} means.")


@of_metric(
    "abbreviation",
    title="An abbreviation that few people know",
    reason="Whoever does not know it cannot find out what they agree to.",
    remedy="Write it out, or explain it in the words of the level or the product's title.",
)
def _abbreviation(metric: Metric, context: Context) -> Iterator[Finding]:
    registry = context.registry
    explained = " ".join((registry.title, registry.levels.get(metric.level, "")))
    known = ABBREVIATIONS | set(_ABBREVIATION.findall(explained))
    for place, text in _shown(metric).items():
        found = [
            word
            for word in _ABBREVIATION.findall(text)
            if word not in known and word.rstrip("0123456789") not in known
        ]
        if found:
            yield Finding(place, f"{found[0]} is not explained.")


@of_metric(
    "long_wording",
    title="A sentence or a word is too long to be read",
    reason="Nobody reads the question to the end, and so nobody decides on it.",
    remedy="Use a title of at most 10 words, a question of at most 25, and shorter words.",
)
def _long_wording(metric: Metric, _: Context) -> Iterator[Finding]:
    for place, text in _shown(metric).items():
        parts = text.split()
        longest = max(parts, key=len, default="")
        if len(parts) > MOST_WORDS[place]:
            yield Finding(place, f"it has {len(parts)} words.")
        elif len(longest) > LONGEST_WORD:
            yield Finding(place, f"{longest!r} is too long.")


WORDING = (_jargon, _abbreviation, _long_wording)
