"""Enters: a product. Leaves: what is wrong around its metrics: levels, contact, translations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aboveboard.model.metric import Metric, Status
from aboveboard.model.registry import Registry, Sends
from aboveboard.registry.rules.check import Context, Finding, of_metric, of_product
from aboveboard.registry.rules.words import (
    CHANNELS,
    COMMON_PREFIXES,
    MADE_UP,
    UNFINISHED,
    find,
    words,
)

FEWEST_WORDS = 4
_REACHABLE = re.compile(r"\S+@\S+\.\S+|https?://\S+|(?<!\S)[#!@]\S+|\+[0-9 ]{6,}")


@of_product(
    "level_unused",
    title="A level has no metric",
    reason="People would be asked to agree to something that is not there.",
    remedy="Remove the level, or give it its metrics.",
)
def _level_unused(registry: Registry, _: Context) -> Iterator[Finding]:
    metrics = registry.metrics.values()
    kept = [metric for metric in metrics if metric.status is not Status.RETIRED]
    used = {level for metric in kept for level in (metric.level, metric.message_level)}
    for level in registry.levels:
        if level not in used:
            yield Finding(f"product.levels.{level}", "no metric belongs to it.")


@of_product(
    "level_unclear",
    title="The words of a level are too few",
    reason="These words are what people say yes or no to.",
    remedy="Say in a sentence what is measured, in everyday words.",
)
def _level_unclear(registry: Registry, _: Context) -> Iterator[Finding]:
    for level, text in registry.levels.items():
        if len(words(text)) < FEWEST_WORDS:
            yield Finding(f"product.levels.{level}", "it is too short to be understood.")


@of_product(
    "product_unfinished",
    title="A text about the product is not finished",
    reason="People would look for somebody who answers, and find a placeholder.",
    remedy="Write the text.",
)
def _product_unfinished(registry: Registry, _: Context) -> Iterator[Finding]:
    texts = {name: getattr(registry, name) for name in ("title", "homepage", "contact", "policy")}
    texts |= {f"levels.{level}": text for level, text in registry.levels.items()}
    for place, text in texts.items():
        if UNFINISHED.search(text):
            yield Finding(f"product.{place}", "a placeholder is left in it.")


@of_product(
    "contact_unreachable",
    title="Nobody can be reached",
    reason="Whoever has a question about what is measured must be able to ask it.",
    remedy="Add a mail address, a link, or where to ask, such as the issue tracker.",
)
def _contact_unreachable(registry: Registry, _: Context) -> Iterator[Finding]:
    contacts = {"product.contact": registry.contact}
    contacts |= {f"plugin.{plugin.id}.contact": plugin.contact for plugin in registry.plugins}
    for place, contact in contacts.items():
        if not _REACHABLE.search(contact) and find(CHANNELS, contact) is None:
            yield Finding(place, "it does not say how to reach anybody.")


@of_product(
    "policy_is_homepage",
    title="The link to the privacy policy leads to the home page",
    reason="People look for the policy before they decide, and give up when it is not there.",
    remedy="Link to the page of the policy itself.",
)
def _policy_is_homepage(registry: Registry, _: Context) -> Iterator[Finding]:
    if registry.policy.rstrip("/") == registry.homepage.rstrip("/"):
        yield Finding("product.policy", "it is the home page.")


@of_product(
    "note_left_over",
    title="A note of a demonstration is left over",
    reason="Real numbers would be published under the words that they are made up.",
    remedy="Remove `note`, or allow it with a reason where the numbers really are made up.",
)
def _note_left_over(registry: Registry, _: Context) -> Iterator[Finding]:
    word = find(MADE_UP, registry.note)
    if word is not None:
        yield Finding("product.note", f"{word!r} sounds like a demonstration.")


@of_product(
    "sends_often",
    title="Reports leave more often than once a week",
    reason="The more often a report leaves, the closer it tells when somebody was there.",
    remedy="Use week or month, or allow it with the decision that cannot wait for a week.",
)
def _sends_often(registry: Registry, _: Context) -> Iterator[Finding]:
    if registry.sends in {Sends.HOUR, Sends.DAY}:
        yield Finding("product.sends", f"it is every {registry.sends.value}.")


@of_product(
    "common_prefix",
    title="The prefix of a plug-in is a common word",
    reason="A prefix belongs to one module alone, and the next one will want a common word too.",
    remedy="Use the module's own name.",
)
def _common_prefix(registry: Registry, _: Context) -> Iterator[Finding]:
    for plugin in registry.plugins:
        if plugin.prefix in COMMON_PREFIXES:
            yield Finding(f"plugin.{plugin.id}.prefix", f"{plugin.prefix!r} is a common word.")


@of_metric(
    "translation_missing",
    title="A translation is missing",
    reason="People who chose that language would be asked in another one.",
    remedy="Add title and question in that language, or take it out of `languages`.",
)
def _translation_missing(metric: Metric, context: Context) -> Iterator[Finding]:
    for language in context.registry.languages[1:]:
        if language not in metric.translations:
            yield Finding(f"translations.{language}", "it is missing.")


@of_metric(
    "translation_is_copy",
    title="A translation is the original",
    reason="It only looks translated.",
    remedy="Translate it, or take the language out of `languages`.",
)
def _translation_is_copy(metric: Metric, context: Context) -> Iterator[Finding]:
    for language, translation in metric.translations.items():
        same = (translation.title, translation.question) == (metric.title, metric.question)
        if same and language != context.registry.languages[0]:
            yield Finding(f"translations.{language}", "it says the same as the original.")


PRODUCT = (
    _level_unused,
    _level_unclear,
    _product_unfinished,
    _contact_unreachable,
    _policy_is_homepage,
    _note_left_over,
    _sends_often,
    _common_prefix,
    _translation_missing,
    _translation_is_copy,
)
