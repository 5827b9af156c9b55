"""Enters: a part of a registry, and where it stands. Leaves: words for those who sign and read."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.registry.approvals import Verdict
from aboveboard.registry.approve import name_all
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, part_of
from aboveboard.registry.difference_fields import rate_words
from aboveboard.registry.difference_words import form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Approver, Committee, Registry
    from aboveboard.registry.approve import Standing, Tally


def short_name(part: str) -> str:
    """Give the name by which people speak of a part.

    Example:
        >>> short_name("metric file.opened"), short_name("product")
        ('file.opened', 'product')
    """
    return part.removeprefix(part_of(""))


def state(standing: Standing) -> str:
    """Say where a part stands, in few words.

    Example:
        >>> from aboveboard.registry.approve import Standing
        >>> state(Standing("product", needed=3))
        '0 of 3 needed'
    """
    if standing.retired:
        return f"{len(standing.retiring)} of {standing.needed} needed: retired"
    have = f"{len(standing.approving)} of {standing.needed} needed"
    return f"{have}: approved" if standing.approved else have


def status_of(registry: Registry, standing: Standing) -> str:
    """Say what a part is, for the table of all of them."""
    metric = registry.metrics.get(short_name(standing.part))
    if standing.retired or (metric is not None and metric.status is Status.RETIRED):
        return "retired"
    if standing.approved:
        return "approved"
    have = f"{len(standing.approving)} of {standing.needed}"
    return f"{have}, changed since signed" if standing.stale else have


def who(standing: Standing) -> str:
    """Name who signed a part as it is, and when; then those who want it gone."""
    said = [f"{voice.approver.title} {voice.day}" for voice in standing.approving]
    said += [f"{voice.approver.title} {voice.day}: retire" for voice in standing.retiring]
    return "\n".join(said)


def sending(registry: Registry, found: Tally) -> str:
    """Say whether reports may be sent, and if not, what is missing."""
    address = registry.collector
    if address is None:
        return "The file names no collector, so nothing is sent."
    if found.may_send:
        return f"Reports may go to {address.url}."
    open_parts = [
        f"{part} ({state(found.standings[part])})"
        for part in (PRODUCT, COLLECTOR)
        if not found.standings[part].approved
    ]
    return f"Nothing is sent before enough have signed: {name_all(open_parts)}."


def told(registry: Registry, part: str) -> list[str]:
    """Tell what somebody signs with a part: a heading, and lines below it."""
    if part == PRODUCT:
        return [f"product: {registry.title}", *_lines(_product(registry))]
    if part == COLLECTOR:
        return ["collector: who receives reports", *_lines(_collector(registry))]
    metric = registry.metrics[short_name(part)]
    return [f"{metric.name}: {metric.title}", *_lines(_metric(registry, metric))]


def before(standing: Standing, approver: Approver) -> str:
    """Say what an approver signed of a part before, or nothing."""
    for voice in (*standing.stale, *standing.approving, *standing.retiring):
        if voice.approver.id != approver.id:
            continue
        said = voice.statement
        if said.verdict is Verdict.RETIRE:
            return f"You retired it on {said.on}: {said.where}"
        other = voice in standing.stale
        what = "You approved other words of it" if other else "You approved it as it is"
        return f"{what} on {said.on}: {said.where}"
    return ""


def _lines(said: Iterator[tuple[str, str]]) -> list[str]:
    return [f"  {name:<9} {words}" for name, words in said if words]


def _product(registry: Registry) -> Iterator[tuple[str, str]]:
    yield "id", registry.app
    yield "homepage", registry.homepage
    yield "contact", registry.contact
    yield "policy", registry.policy
    yield "note", registry.note
    for level, words in registry.levels.items():
        yield "level", f"{level}: {words}"
    yield "languages", ", ".join(registry.languages)
    for language, said in registry.translations.items():
        yield "in", f"{language}: {said.title}; {'; '.join(said.levels.values())}"
    yield "installs", f"{registry.installs:,} expected" if registry.installs else ""
    yield "bits", f"{registry.most_bits} at most" if registry.most_bits else ""
    yield from _switched_off(registry.allow)
    for plugin in registry.plugins:
        yield "plug-in", f"{plugin.title}: metrics beginning with {plugin.prefix}."
    if registry.committee is not None:
        yield from _committee(registry.committee)


def _committee(committee: Committee) -> Iterator[tuple[str, str]]:
    yield "approval", f"{committee.needed} of {len(committee.approvers)} must sign"
    for approver in committee.approvers:
        end = f", until {approver.until}" if approver.until is not None else ""
        yield "approver", f"{approver.id}: {approver.title}{end}"


def _collector(registry: Registry) -> Iterator[tuple[str, str]]:
    address = registry.collector
    if address is None:
        return
    for url in address.urls:
        yield "address", url
    for key in address.keys:
        yield "key", base64.b64encode(key).decode()
    if not address.keys:
        yield "key", "none: reports are not sealed"
    yield "log", address.log
    for mirror in address.mirrors:
        yield "mirror", mirror


def _metric(registry: Registry, metric: Metric) -> Iterator[tuple[str, str]]:
    yield "question", metric.question
    yield "decision", metric.decision
    yield "kind", f"{metric.kind}: {form(metric)}"
    yield from _bounds(metric)
    yield "level", f"{metric.level}: {registry.levels[metric.level]}"
    yield "close", metric.sensitivity or "not said"
    yield "shown", f"for groups of {metric.threshold:,} or more"
    yield "until", str(metric.expires or f"without an end: {metric.never_expires_because}")
    yield "versions", f"from {metric.since or 'the first'} to {metric.until or 'the last'}"
    yield "with", ", ".join(metric.correlates_with)
    yield "owner", metric.owner
    yield "review", metric.review
    yield "formerly", ", ".join(metric.aliases)
    for language, said in metric.translations.items():
        yield "in", f"{language}: {said.title}; {said.question}"
    yield from _switched_off(metric.allow)


def _bounds(metric: Metric) -> Iterator[tuple[str, str]]:
    """Give the lists that a report may say words of, whole: the form cuts long ones."""
    yield "steps", ", ".join(map(str, metric.buckets))
    for words in (metric.choices, metric.labels, metric.names):
        yield "words", ", ".join(words)
    for name, words in metric.extras.items():
        yield "extra", f"{name}: {', '.join(words)}"
    yield "period", metric.period
    yield "unit", metric.unit
    yield "accuracy", f"{metric.accuracy:g}" if metric.accuracy is not None else ""
    yield "share", rate_words(metric.rate) if metric.rate is not None else ""
    yield "example", str(metric.example) if metric.example is not None else ""
    yield "setting", f"{metric.source}: {metric.reducer}" if metric.reducer is not None else ""


def _switched_off(allow: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for code, reason in allow.items():
        yield "allow", f"{code}: {reason}"
