"""Enters: a registry. Leaves: the same as plain data, in the form of its file.

It says what ``docs/registry.md`` describes, with every default written out; days are in ISO form.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from aboveboard.registry.bound_fields import OTHER, bounds_of
from aboveboard.registry.product import KEY_PREFIX, SIGNATURE_KEY_PREFIX
from aboveboard.registry.read import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.metric import Approval, Metric, Outcome, Plugin, Rate
    from aboveboard.model.registry import CollectorAddress, Committee, ProductWords, Registry

Table = dict[str, object]
MESSAGE_LEVEL = "message_level"
"""The one bound that a file may leave out for good."""


def as_table(registry: Registry) -> Table:
    """Give a registry as the content of its file, with the plug-ins' files under ``plugins``."""
    own = [metric for metric in registry.metrics.values() if metric.plugin is None]
    table: Table = {"format": FORMAT, "product": _product(registry)}
    if registry.collector is not None:
        table["collector"] = _collector(registry.collector)
    if registry.committee is not None:
        table["approval"] = _committee(registry.committee)
    table["metric"] = _metrics(own)
    if registry.plugins:
        metrics = registry.metrics.values()
        table["plugins"] = [
            _plugin(plugin, [m for m in metrics if m.plugin == plugin])
            for plugin in registry.plugins
        ]
    return table


def _product(registry: Registry) -> Table:
    return {
        "id": registry.app,
        "title": registry.title,
        "homepage": registry.homepage,
        "contact": registry.contact,
        "policy": registry.policy,
        "levels": dict(registry.levels),
        "languages": list(registry.languages),
        "sends": registry.sends.value,
        "asks_for_earlier": registry.asks_for_earlier,
        "raw_quarantine": registry.raw_quarantine,
        **_said(
            note=registry.note,
            installs=registry.installs,
            most_bits=registry.most_bits,
            allow=dict(registry.allow),
            translations={name: _words(said) for name, said in registry.translations.items()},
        ),
    }


def _words(said: ProductWords) -> Table:
    return {"title": said.title, "levels": dict(said.levels)}


def _collector(collector: CollectorAddress) -> Table:
    return {
        "url": list(collector.urls),
        **_said(
            key=[_key(KEY_PREFIX, key) for key in collector.keys],
            log=collector.log,
            mirrors=list(collector.mirrors),
        ),
    }


def _committee(committee: Committee) -> Table:
    approvers = {
        who.id: {
            "title": who.title,
            "key": _key(SIGNATURE_KEY_PREFIX, who.key),
            **_said(until=who.until.isoformat() if who.until else None),
        }
        for who in committee.approvers
    }
    return {"needed": committee.needed, "approvers": approvers}


def _plugin(plugin: Plugin, metrics: Iterable[Metric]) -> Table:
    about = {
        "id": plugin.id,
        "title": plugin.title,
        "prefix": plugin.prefix,
        "homepage": plugin.homepage,
        "contact": plugin.contact,
    }
    return {"format": FORMAT, "plugin": about, "metric": _metrics(metrics)}


def _metrics(metrics: Iterable[Metric]) -> Table:
    return {metric.name: _metric(metric) for metric in metrics}


def _metric(metric: Metric) -> Table:
    never = {"never": metric.never_expires_because}
    bounds = bounds_of(metric.kind, by_version=metric.by_version) - {MESSAGE_LEVEL}
    return {
        "kind": metric.kind.value,
        "title": metric.title,
        "question": metric.question,
        "decision": metric.decision,
        "owner": metric.owner,
        "review": metric.review,
        "expires": metric.expires.isoformat() if metric.expires else never,
        "level": metric.level,
        "threshold": metric.threshold,
        "status": metric.status.value,
        "period": metric.period.value,
        **{name: _bound(metric, name) for name in sorted(bounds)},
        **_said(
            approved=_approval(metric.approved) if metric.approved else None,
            sensitivity=metric.sensitivity.value if metric.sensitivity else None,
            unit=metric.unit,
            message_level=metric.message_level,
            reducer=metric.reducer.value if metric.reducer else None,
            source=metric.source,
            correlates_with=list(metric.correlates_with),
            accuracy=metric.accuracy,
            until_answered=metric.until_answered or None,
            rate=_rate(metric.rate) if metric.rate else None,
            since=metric.since,
            until=metric.until,
            aliases=list(metric.aliases),
            translations={
                name: {"title": said.title, "question": said.question}
                for name, said in metric.translations.items()
            },
            outcomes=[_outcome(outcome) for outcome in metric.outcomes],
            allow=dict(metric.allow),
        ),
        **({} if metric.example is None else {"example": metric.example}),
    }


def _bound(metric: Metric, name: str) -> object:
    match getattr(metric, name):
        case int(number):
            return number
        case tuple(items):
            return [item for item in items if item != OTHER]
        case extras:
            return {name: [w for w in words if w != OTHER] for name, words in extras.items()}


def _approval(approval: Approval) -> Table:
    return {"on": approval.day.isoformat(), "by": approval.by, "where": approval.where}


def _outcome(outcome: Outcome) -> Table:
    said = _said(learnt=outcome.learnt, decided=outcome.decided)
    return {"on": outcome.day.isoformat(), **said, "where": outcome.where}


def _rate(rate: Rate) -> Table:
    said: Table = {"of": rate.of, "title": rate.title, "question": rate.question}
    return said | {"rest": True} if rate.rest else said


def _key(prefix: str, key: bytes) -> str:
    return prefix + base64.b64encode(key).decode()


def _said(**values: object) -> Table:
    """Leave out what the file does not say."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
