"""Enters: a registry. Leaves: the question that a person answers, with all that it is about.

The same registry and language give the same text, to the letter: a log and a receipt can name it by
its digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.notices.markdown import bullets, escape, page
from aboveboard.registry.notices.voice import Voice

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry


def consent_text(registry: Registry, language: str = "") -> str:
    """Write the question.

    Args:
        registry: what would be sent, to whom.
        language: one of ``notices.languages``; ``""`` for the file's own.

    Raises:
        RegistryError: there are no sentences in that language.

    Example:
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> consent_text(read(EXAMPLE_REGISTRY)).splitlines()[0]
        '# May An example editor send usage counts?'
    """
    voice = Voice(registry, language)
    words, common = voice.words.consent, voice.words.common
    who = [
        *voice.receivers(),
        common.contact.format(contact=escape(registry.contact)),
        common.policy.format(policy=escape(registry.policy)),
    ]
    return page(
        words.title.format(product=voice.product),
        _ask(voice),
        f"## {words.what}",
        _levels(voice),
        f"## {words.never}",
        bullets(words.never_said),
        f"## {words.who}",
        bullets(who),
        f"## {words.answers}",
        bullets(_answers(voice)),
        f"## {words.afterwards}",
        bullets(words.afterwards_said),
        voice.others(words.not_sent),
        voice.foot(),
    )


def _ask(voice: Voice) -> str:
    words = voice.words.consent
    before = words.before_asked if voice.registry.asks_for_earlier else words.before
    return f"{words.ask.format(product=voice.product, often=voice.often)} {before}"


def _answers(voice: Voice) -> list[str]:
    words = voice.words.consent
    yes, *no = words.answers_said
    said = [words.yes_earlier if voice.registry.asks_for_earlier else yes, *no]
    return [*said, words.by_level] if len(voice.by_level()) > 1 else said


def _levels(voice: Voice) -> str:
    told = voice.by_level().items()
    parts = [f"**{voice.level(level)}**\n\n{bullets(titles)}" for level, titles in told]
    return "\n\n".join(parts) or voice.words.common.nothing
