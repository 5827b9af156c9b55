"""Enters: a registry. Leaves: the skeleton of a data protection impact assessment.

Its parts are those of Article 35(7) of the GDPR. What a registry knows is filled in, risks are
named where it gives cause; weighing them is left to people, and marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Sensitivity, Status
from aboveboard.registry.notices.markdown import bullets, escape, page
from aboveboard.registry.notices.voice import Voice
from aboveboard.registry.rules.privacy import LOWEST_THRESHOLD
from aboveboard.registry.uniqueness import by_report, sharing, total

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry

CLOSE = {Sensitivity.CONTENT, Sensitivity.SENSITIVE}


def dpia(registry: Registry, language: str = "") -> str:
    """Write the skeleton.

    Args:
        registry: what is measured.
        language: one of ``notices.languages``; ``""`` for the file's own.

    Raises:
        RegistryError: there are no sentences in that language.
    """
    voice = Voice(registry, language)
    words, metrics = voice.words.dpia, voice.of(Status.APPROVED)
    installs = str(registry.installs or words.installs_unknown)
    return page(
        words.title.format(product=voice.product),
        words.intro,
        f"## {words.description}",
        words.description_said.format(
            product=voice.product, metrics=len(metrics), installs=installs, often=voice.often
        ),
        bullets([*voice.receivers(), *voice.kept()]),
        bullets([voice.blank(words.description_blank)]),
        f"## {words.necessity}",
        *(_necessity(voice, metric) for metric in metrics),
        f"## {words.risks}",
        *_risks(voice, metrics),
        f"## {words.measures}",
        bullets([*voice.measures(), voice.blank(words.measures_blank)]),
        f"## {words.people}",
        voice.blanks(words.people_blanks),
        f"## {words.sign}",
        voice.blanks(words.sign_blanks),
        voice.others(words.not_assessed),
        voice.foot(),
    )


def _necessity(voice: Voice, metric: Metric) -> str:
    words, privacy = voice.words.dpia, voice.words.privacy
    agreed = metric.approved
    approval = words.unapproved
    if agreed is not None:
        approval = words.approved.format(
            by=voice.own(agreed.by), day=agreed.day.isoformat(), where=escape(agreed.where)
        )
    lines = [
        privacy.question.format(question=voice.question(metric)),
        privacy.decision.format(decision=voice.own(metric.decision)),
        privacy.form.format(form=voice.form(metric)),
        privacy.closeness.format(sensitivity=voice.closeness(metric)),
        privacy.end.format(end=voice.end(metric)),
        approval,
        voice.blank(words.necessity_blank),
    ]
    return f"### {voice.title(metric)}\n\n{bullets(lines)}"


def _risks(voice: Voice, metrics: list[Metric]) -> list[str]:
    words, collector = voice.words.dpia, voice.registry.collector
    found = [_together(voice, metrics)]
    listed = {
        words.close: [metric for metric in metrics if metric.sensitivity in CLOSE],
        words.small: [metric for metric in metrics if _small(metric)],
        words.unsaid: [metric for metric in metrics if metric.sensitivity is None],
        words.forever: [metric for metric in metrics if metric.expires is None],
    }
    for head, those in listed.items():
        if those:
            found.append(f"{head}\n\n{bullets(map(voice.title, those))}")
    if collector is not None and not collector.keys:
        found.append(voice.words.common.unsealed)
    return [part for risk in found for part in (risk, voice.blanks(words.risk_blanks))]


def _together(voice: Voice, metrics: list[Metric]) -> str:
    words, installs = voice.words.dpia, voice.registry.installs
    reports = [total(report) for report in by_report(voice.registry, metrics)]
    sent = max(reports, default=0.0)
    said = words.together.format(sent=round(sent), linked=round(sum(reports)))
    if installs is None:
        return said
    others = sharing(installs, sent)
    crowd = words.crowd if others >= 1 else words.alone
    return f"{said} {crowd.format(installs=installs, sharing=round(others))}"


def _small(metric: Metric) -> bool:
    return (
        metric.sensitivity is not None and metric.threshold < LOWEST_THRESHOLD[metric.sensitivity]
    )
