"""Enters: a registry. Leaves: a record of processing activities, Article 30(1) of the GDPR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.registry.notices.markdown import escape, page, table
from aboveboard.registry.notices.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.registry import Registry


def processing_record(registry: Registry, language: str = "") -> str:
    """Write the record; what only the controller knows is left blank, and marked.

    Args:
        registry: what is measured.
        language: one of ``notices.languages``; ``""`` for the file's own.

    Raises:
        RegistryError: there are no sentences in that language.
    """
    voice = Voice(registry, language)
    words = voice.words.record
    return page(
        words.title.format(product=voice.product),
        table(words.heads, _rows(voice)),
        f"## {words.metrics}",
        table(words.metric_heads, _metrics(voice)),
        voice.others(words.not_processed),
        voice.foot(),
    )


def _rows(voice: Voice) -> list[tuple[str, str]]:
    words, common = voice.words.record, voice.words.common
    contact = common.contact.format(contact=escape(voice.registry.contact))
    blanks = map(voice.blank, words.controller_blanks)
    receivers = [*voice.receivers(), voice.blank(words.recipients_blank)]
    security = [*voice.measures(), voice.blank(words.security_blank)]
    return [
        (words.controller, _all([contact, *blanks])),
        (words.purposes, words.purposes_said),
        (words.subjects, words.subjects_said.format(product=voice.product)),
        (words.data, _all([words.data_said, *voice.kept_of_errors()])),
        (words.recipients, _all(receivers)),
        (words.transfers, voice.blank(words.transfers_blank)),
        (words.limits, voice.blank(words.limits_blank)),
        (words.security, _all(security)),
    ]


def _metrics(voice: Voice) -> list[tuple[str, ...]]:
    return [
        (
            voice.title(metric),
            voice.own(metric.decision),
            metric.level,
            voice.closeness(metric),
            voice.end(metric),
        )
        for metric in voice.of(Status.APPROVED)
    ]


def _all(parts: Iterable[str]) -> str:
    """Put sentences and blanks into one cell."""
    return " ".join(part if part.endswith((".", "]")) else f"{part}." for part in parts)
