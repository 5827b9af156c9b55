"""Enters: a registry. Leaves: a privacy notice in the order of Article 13 of the GDPR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.registry.notices.markdown import bullets, escape, page
from aboveboard.registry.notices.voice import Voice

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry


def privacy_notice(registry: Registry, language: str = "") -> str:
    """Write the notice.

    Args:
        registry: what is measured.
        language: one of ``notices.languages``; ``""`` for the file's own.

    Raises:
        RegistryError: there are no sentences in that language.
    """
    voice = Voice(registry, language)
    words, common = voice.words.privacy, voice.words.common
    contact = [
        common.contact.format(contact=escape(registry.contact)),
        common.policy.format(policy=escape(registry.policy)),
    ]
    return page(
        words.title.format(product=voice.product),
        f"## {words.who}",
        bullets([*contact, *map(voice.blank, words.who_blanks)]),
        f"## {words.what}",
        words.what_said.format(often=voice.often),
        words.what_earlier if registry.asks_for_earlier else "",
        *(_metric(voice, metric) for metric in voice.of(Status.APPROVED)),
        f"## {words.basis}",
        words.basis_said,
        f"## {words.recipients}",
        bullets([*voice.receivers(), voice.blank(words.recipients_blank)]),
        f"## {words.storage}",
        bullets([*voice.kept(), voice.blank(words.storage_blank)]),
        f"## {words.rights}",
        bullets([*words.rights_said, voice.blank(words.complaint_blank)]),
        f"## {words.must}",
        words.must_said,
        voice.others(words.not_collected),
        voice.foot(),
    )


def _metric(voice: Voice, metric: Metric) -> str:
    words = voice.words.privacy
    groups = voice.words.common.groups.format(threshold=metric.threshold)
    lines = [
        words.question.format(question=voice.question(metric)),
        words.decision.format(decision=voice.own(metric.decision)),
        words.form.format(form=f"{voice.form(metric)}; {groups}"),
        words.level.format(level=voice.level(metric.level)),
        words.closeness.format(sensitivity=voice.closeness(metric)),
        words.end.format(end=voice.end(metric)),
    ]
    return f"### {voice.title(metric)}\n\n{bullets(lines)}"
