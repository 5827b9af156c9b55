"""Enters: a metric. Leaves: where it comes closer to a person than its file admits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aboveboard.model.metric import Kind, Metric, Sensitivity
from aboveboard.registry.bound_fields import OTHER
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import (
    ACTS,
    AMBIGUOUS,
    HARMLESS,
    IDENTITIES,
    IDENTITY_PHRASES,
    PERSONAL,
    PERSONS,
    find,
)

ORDER = list(Sensitivity)
LOWEST_THRESHOLD = {
    Sensitivity.TECHNICAL: 1,
    Sensitivity.INTERACTION: 10,
    Sensitivity.CONTENT: 20,
    Sensitivity.SENSITIVE: 50,
}
MOST_WORDS_OF_A_CHOICE = 4
_CLOSE = {Sensitivity.CONTENT, Sensitivity.SENSITIVE}
_ACTS = {Kind.COUNTER, Kind.LABELLED, Kind.EVENT}
_IDENTITY = re.compile(
    r"[0-9]{6,}"  # a number that was given to somebody
    r"|(?=.*[0-9])(?=.*[a-f])[0-9a-f]{12,}"  # a hash
    r"|[0-9a-f]{8}-[0-9a-f]{4}-.*"  # a UUID
    r"|[0-9]{1,3}(\.[0-9]{1,3}){3}"  # an address of the internet
    r"|([0-9a-f]{2}-){5}[0-9a-f]{2}"  # an address of a network card
    r"|[a-z0-9.-]+\.(com|org|net|local|lan|de|fr|uk|eu|io|edu|gov)",  # a host
    re.IGNORECASE,
)


@of_metric(
    "sensitivity_missing",
    title="Nobody says how close it comes to a person",
    reason="The sensitivity decides how large a group must be before it is published.",
    remedy="Add `sensitivity`: technical, interaction, content or sensitive.",
)
def _sensitivity_missing(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.sensitivity is None:
        yield Finding("sensitivity", "it is missing.")


@of_metric(
    "sensitivity_too_low",
    title="It comes closer to a person than its sensitivity says",
    reason="Where, with whom, in which language, with which needs: that is about the person.",
    remedy="Raise `sensitivity`, or allow it with the reason why this is not about people.",
)
def _sensitivity_too_low(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.sensitivity is None:
        return
    needed, word = _needed(metric)
    if ORDER.index(metric.sensitivity) < ORDER.index(needed):
        yield Finding("sensitivity", f"{word!r} makes it {needed.value}.")


def _needed(metric: Metric) -> tuple[Sensitivity, str]:
    listed = [word for words in metric.lists.values() for word in words]
    texts = (metric.name, metric.title, metric.unit, *listed)
    word = next(filter(None, (find(PERSONAL, text, HARMLESS) for text in texts)), None)
    said = " ".join(texts)
    if word is None and find(PERSONS, said, HARMLESS):
        word = find(AMBIGUOUS, said, HARMLESS)
    if word is not None:
        return Sensitivity.SENSITIVE, word
    act = find(ACTS, metric.title) if metric.kind in _ACTS else None
    return (Sensitivity.INTERACTION, act) if act else (Sensitivity.TECHNICAL, "")


@of_metric(
    "message_too_close",
    title="A message travels with it, and its sensitivity hides that",
    reason="Even scrubbed, a message may tell what somebody was doing with what they made.",
    remedy="Set `sensitivity` to content or sensitive, or do without `message_level`.",
)
def _message_too_close(metric: Metric, _: Context) -> Iterator[Finding]:
    said = metric.sensitivity
    if metric.message_level and said is not None and said not in _CLOSE:
        yield Finding("message_level", f"its message is closer to a person than {said.value}.")


@of_metric(
    "identity",
    title="It looks like an identity",
    reason="What is different on each machine makes every report recognizable for ever.",
    remedy="Measure a property that many share; an identity is only for products that need one.",
)
def _identity(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.kind is Kind.FLAG or metric.kind.in_buckets:
        return
    name = metric.name.replace("_", ".").split(".")
    phrase = name[-1] if name[-1] in IDENTITIES else find(IDENTITY_PHRASES, metric.title)
    phrase = phrase or find(IDENTITY_PHRASES, " ".join(name[-2:]))
    if phrase is not None:
        yield Finding("", f"{phrase!r} is what tells one machine or person from all others.")


@of_metric(
    "choice_is_identity",
    title="A choice looks like somebody's number or address",
    reason="A choice with one member names that member.",
    remedy="Use words for kinds of things, not for single ones.",
)
def _choice_is_identity(metric: Metric, _: Context) -> Iterator[Finding]:
    for place, words in metric.lists.items():
        found = next((word for word in words if _IDENTITY.fullmatch(word)), None)
        if found:
            yield Finding(place, f"{found!r} looks like a number or an address of somebody.")


@of_metric(
    "choice_is_free_text",
    title="A choice looks like a sentence that somebody wrote",
    reason="Choices are known beforehand; sentences come from people and say more than they mean.",
    remedy="Use one to four words for each choice.",
)
def _choice_is_free_text(metric: Metric, _: Context) -> Iterator[Finding]:
    for place, words in metric.lists.items():
        found = [word for word in words if len(word.split()) > MOST_WORDS_OF_A_CHOICE]
        if found:
            yield Finding(place, f"{found[0]!r} looks like a sentence.")


@of_metric(
    "choice_is_catch_all",
    title="A choice means the same as “other”",
    reason="Two words for the rest split it, and the smaller half may be hidden for its size.",
    remedy=f"Leave it out: {OTHER!r} is added for you.",
)
def _choice_is_catch_all(metric: Metric, _: Context) -> Iterator[Finding]:
    for place, words in metric.lists.items():
        found = [word for word in words if word.lower() in {"others", "misc", "rest", "else"}]
        if found:
            yield Finding(place, f"{found[0]!r} means the same as {OTHER!r}.")


@of_metric(
    "threshold_too_low",
    title="Groups are published that are too small for its sensitivity",
    reason="In a group of three, each member knows a lot about the two others.",
    remedy="Raise `threshold` to 10 (interaction), 20 (content) or 50 (sensitive).",
)
def _threshold_too_low(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.sensitivity is None:
        return
    lowest = LOWEST_THRESHOLD[metric.sensitivity]
    if metric.threshold < lowest:
        yield Finding(
            "threshold",
            f"{metric.threshold} is below {lowest}, the least for {metric.sensitivity.value}.",
        )


@of_metric(
    "not_sealed",
    title="It is about content or persons, and reports are not sealed",
    reason="Whatever stands between a device and the collector could read it.",
    remedy="Add the collector's `key`; `aboveboard key` prints it.",
)
def _not_sealed(metric: Metric, context: Context) -> Iterator[Finding]:
    collector = context.registry.collector
    if metric.sensitivity in _CLOSE and collector is not None and collector.key is None:
        yield Finding("sensitivity", "its reports would travel unsealed.")


PRIVACY = (
    _sensitivity_missing,
    _sensitivity_too_low,
    _message_too_close,
    _identity,
    _choice_is_identity,
    _choice_is_free_text,
    _choice_is_catch_all,
    _threshold_too_low,
    _not_sealed,
)
