"""Enters: a metric as it was and as it is. Leaves: what differs, field by field.

Every field of a metric has its rule in a table; a test fails for a field without one.
"""

from __future__ import annotations

from datetime import date
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Sensitivity, Status
from aboveboard.registry.change import Code, Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aboveboard.model.metric import Metric, Rate

Found: TypeAlias = "tuple[str, Code, Detail, Detail]"
"""The key below the metric's table, the code, what it was, what it is."""
Rule: TypeAlias = "Callable[[Metric, Metric], Iterator[Found]]"

BY_VERSION = "a number for each version"
_NEARNESS = [None, *Sensitivity]


def changed_fields(old: Metric, new: Metric) -> Iterator[Found]:
    """Give what differs between two states of one metric."""
    for rule in FIELDS.values():
        yield from rule(old, new)


def _plain(name: str, code: Code) -> Rule:
    def rule(old: Metric, new: Metric) -> Iterator[Found]:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, code, before, after

    return rule


def _number(name: str, higher: Code, lower: Code, *, bound: bool) -> Rule:
    """Compare a number; the bounds of two kinds have nothing in common."""

    def rule(old: Metric, new: Metric) -> Iterator[Found]:
        before, after = getattr(old, name), getattr(new, name)
        if before != after and (old.kind is new.kind or not bound):
            yield name, higher if after > before else lower, before, after

    return rule


def _version(name: str, missing: float, higher: Code, lower: Code) -> Rule:
    """Compare versions; the parts that one leaves out are the lowest or the highest there are."""

    def parts(version: str) -> list[float]:
        said = [float(part) for part in version.split(".") if part]
        return [*said, *[missing] * (3 - len(said))]

    def rule(old: Metric, new: Metric) -> Iterator[Found]:
        before, after = getattr(old, name), getattr(new, name)
        if parts(before) != parts(after):
            yield name, higher if parts(after) > parts(before) else lower, before, after

    return rule


def _approved(old: Metric, new: Metric) -> Iterator[Found]:
    if old.approved != new.approved:
        yield "approved", Code.APPROVED, _agreed(old), _agreed(new)


def _agreed(metric: Metric) -> str | None:
    said = metric.approved
    return f"{said.day.isoformat()}, {said.by}, {said.where}" if said is not None else None


def _expires(old: Metric, new: Metric) -> Iterator[Found]:
    if old.expires != new.expires:
        later = (new.expires or date.max) > (old.expires or date.max) or new.expires is None
        code = Code.EXPIRES_LATER if later else Code.EXPIRES_EARLIER
        yield "expires", code, old.expires, new.expires


def _never(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = old.never_expires_because, new.never_expires_because
    if before != after and old.expires == new.expires:
        yield "expires", Code.NEVER_EXPIRES_BECAUSE, before, after


def _lists(old: Metric, new: Metric) -> Iterator[Found]:
    """Compare every closed list; the lists of two kinds have nothing in common."""
    if old.kind is not new.kind or old.by_version != new.by_version:
        return
    for place in {**new.lists, **old.lists}:
        yield from _list(place, old.lists.get(place, ()), new.lists.get(place, ()))


def _list(place: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Found]:
    added = tuple(word for word in after if word not in before)
    removed = tuple(word for word in before if word not in after)
    if added:
        yield place, Code.CHOICES_ADDED, None, added
    if removed:
        yield place, Code.CHOICES_REMOVED, removed, None
    if before != after and not added and not removed:
        yield place, Code.CHOICES_ORDER, before, after


def _kind(old: Metric, new: Metric) -> Iterator[Found]:
    """Compare kinds; a number by version is another thing than one by a list of labels."""
    if old.kind is not new.kind:
        yield "kind", Code.KIND, old.kind, new.kind
    elif old.by_version != new.by_version:
        before, after = (BY_VERSION if m.by_version else m.kind for m in (old, new))
        yield "precision" if new.by_version else "labels", Code.KIND, before, after


def _precision(old: Metric, new: Metric) -> Iterator[Found]:
    if old.by_version == new.by_version:
        yield from _PRECISION(old, new)


def _period(old: Metric, new: Metric) -> Iterator[Found]:
    if old.by_day != new.by_day and old.kind is new.kind:
        code = Code.PERIOD_FINER if new.by_day else Code.PERIOD_COARSER
        yield "period", code, old.period, new.period


def _message_level(old: Metric, new: Metric) -> Iterator[Found]:
    """Compare whether messages travel; those of two kinds have nothing in common."""
    before, after = old.message_level, new.message_level
    if before == after or old.kind is not new.kind:
        return
    code = Code.MESSAGE_LEVEL
    if not before or not after:
        code = Code.MESSAGE_ADDED if after else Code.MESSAGE_REMOVED
    yield "message_level", code, before or None, after or None


def _until_answered(old: Metric, new: Metric) -> Iterator[Found]:
    if old.until_answered != new.until_answered:
        code = Code.ENDS_WHEN_ANSWERED if new.until_answered else Code.GOES_ON_WHEN_ANSWERED
        yield "until_answered", code, old.until_answered, new.until_answered


def _rate(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = (rate_words(metric.rate) if metric.rate else None for metric in (old, new))
    if before != after:
        yield "rate", Code.RATE, before, after


def rate_words(rate: Rate) -> str:
    """Say what a share is made of."""
    part = "what it leaves of" if rate.rest else "its part of"
    return f"{rate.title} ({part} {rate.of}): {rate.question}"


def _outcomes(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = (
        tuple(f"{said.learnt} {said.decided}".strip() for said in metric.outcomes)
        for metric in (old, new)
    )
    if old.outcomes != new.outcomes:
        yield "outcomes", Code.OUTCOMES, before, after


def _buckets(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = old.buckets, new.buckets
    if old.kind is not new.kind or before == after:
        return
    if set(before) < set(after):
        code = Code.BUCKETS_FINER
    else:
        code = Code.BUCKETS_COARSER if set(after) < set(before) else Code.BUCKETS_MOVED
    yield "buckets", code, before, after


def _status(old: Metric, new: Metric) -> Iterator[Found]:
    if old.status is new.status:
        return
    code = Code.STATUS
    if new.status is Status.APPROVED:
        code = Code.MEASURED
    elif old.status is Status.APPROVED:
        code = Code.NOT_MEASURED
    yield "status", code, old.status, new.status


def _sensitivity(old: Metric, new: Metric) -> Iterator[Found]:
    """Compare what people were told; what was not said counts as the least."""
    before, after = old.sensitivity, new.sensitivity
    if before is after:
        return
    least = _NEARNESS.index(Sensitivity.TECHNICAL)
    was, now = (max(_NEARNESS.index(said), least) for said in (before, after))
    code = Code.SENSITIVITY_RAISED if now > was else Code.SENSITIVITY_LOWERED
    yield "sensitivity", code if now != was else Code.SENSITIVITY_SAID, before, after


def _travels(old: Metric, new: Metric) -> Iterator[Found]:
    more = tuple(name for name in new.correlates_with if name not in old.correlates_with)
    less = tuple(name for name in old.correlates_with if name not in new.correlates_with)
    if more:
        yield "correlates_with", Code.TRAVELS_WITH_MORE, None, more
    if less:
        yield "correlates_with", Code.TRAVELS_WITH_LESS, less, None


def _aliases(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = set(old.aliases) | {old.name}, set(new.aliases) | {new.name}
    if before != after and before | {new.name} != after:
        yield "aliases", Code.ALIASES, old.aliases, new.aliases


def _translations(old: Metric, new: Metric) -> Iterator[Found]:
    for language in sorted({*old.translations, *new.translations}):
        before, after = (
            f"{said.title}: {said.question}" if said else None
            for said in (old.translations.get(language), new.translations.get(language))
        )
        if before != after:
            yield f"translations.{language}", Code.TRANSLATION, before, after


def _plugin(old: Metric, new: Metric) -> Iterator[Found]:
    before, after = (metric.plugin.id if metric.plugin else None for metric in (old, new))
    if before != after:
        yield "plugin", Code.PLUGIN, before, after


def _allow(old: Metric, new: Metric) -> Iterator[Found]:
    yield from changed_reasons(old.allow, new.allow)


def changed_reasons(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Found]:
    """Give the checks whose switch or whose reason is another one."""
    for check in sorted({*old, *new}):
        if old.get(check) != new.get(check):
            yield f"allow.{check}", Code.ALLOW, old.get(check), new.get(check)


def _elsewhere(_old: Metric, _new: Metric) -> Iterator[Found]:
    yield from ()


_PRECISION = _number("precision", Code.PRECISION_HIGHER, Code.PRECISION_LOWER, bound=True)

FIELDS: Mapping[str, Rule] = {
    "name": _elsewhere,  # a rename is found where metrics are paired
    "status": _status,
    "kind": _kind,
    "title": _plain("title", Code.TITLE),
    "question": _plain("question", Code.QUESTION),
    "decision": _plain("decision", Code.DECISION),
    "level": _plain("level", Code.LEVEL),
    "choices": _lists,
    "labels": _elsewhere,  # with the choices
    "names": _elsewhere,
    "extras": _elsewhere,
    "period": _period,
    "reducer": _plain("reducer", Code.REDUCER),
    "source": _plain("source", Code.SOURCE),
    "outcomes": _outcomes,
    "precision": _precision,
    "largest": _number("largest", Code.LARGEST_HIGHER, Code.LARGEST_LOWER, bound=True),
    "buckets": _buckets,
    "message_level": _message_level,
    "threshold": _number("threshold", Code.THRESHOLD_HIGHER, Code.THRESHOLD_LOWER, bound=False),
    "sensitivity": _sensitivity,
    "correlates_with": _travels,
    "expires": _expires,
    "never_expires_because": _never,
    "since": _version("since", 0, Code.SINCE_LATER, Code.SINCE_EARLIER),
    "until": _version("until", inf, Code.UNTIL_LATER, Code.UNTIL_EARLIER),
    "unit": _plain("unit", Code.UNIT),
    "accuracy": _plain("accuracy", Code.ACCURACY),
    "until_answered": _until_answered,
    "rate": _rate,
    "example": _plain("example", Code.EXAMPLE),
    "owner": _plain("owner", Code.OWNER),
    "review": _plain("review", Code.REVIEW),
    "approved": _approved,
    "aliases": _aliases,
    "translations": _translations,
    "plugin": _plugin,
    "allow": _allow,
}
"""Every field of a metric, with what tells whether it changed."""
