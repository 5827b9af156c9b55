"""Enters: two versions of a registry. Leaves: every change between them, and who must be asked.

The consent dialog, the changelog and the web tell people the same changes; ``difference_words``
says them.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Status
from aboveboard.model.registry import Sends
from aboveboard.registry.change import Change, Code, Detail, Difference, Effect, effect_of
from aboveboard.registry.difference_fields import Found, changed_fields, changed_reasons
from aboveboard.registry.product import KEY_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from aboveboard.model.metric import Metric, Plugin
    from aboveboard.model.registry import CollectorAddress, ProductWords, Registry

Rule: TypeAlias = "Callable[[Registry, Registry], Iterator[Found]]"


def difference(old: Registry, new: Registry) -> Difference:
    """Compare two versions of a product's registry.

    A metric whose old name is among its ``aliases`` was renamed and is not new. What is said of a
    metric that is not measured before and after widens nothing.

    Args:
        old: the one that people agreed to.
        new: the one that they would have from now on.

    Example:
        >>> from aboveboard.model.registry import Registry
        >>> old = Registry("editor", "An editor", "", "Ana", "", "f" * 64)
        >>> found = difference(old, replace(old, contact="Ben"))
        >>> [change.code.value for change in found.changes], found.needs_consent
        (['contact'], False)
    """
    changes = [*_metrics(old, new), *_product(old, new)]
    metrics = {**old.metrics, **new.metrics}
    titles = {name: metric.title or name for name, metric in metrics.items()}
    return Difference(tuple(changes), MappingProxyType(titles))


def renamed(old: Mapping[str, Metric], new: Mapping[str, Metric]) -> dict[str, str]:
    """Give each old name that is gone, with the name of the metric that had it before."""
    found: dict[str, str] = {}
    for name, metric in new.items():
        if name in old:
            continue
        known = (alias for alias in metric.aliases if alias in old)
        before = next((alias for alias in known if alias not in new and alias not in found), None)
        if before is not None:
            found[before] = name
    return found


def _metrics(old: Registry, new: Registry) -> Iterator[Change]:
    renames = renamed(old.metrics, new.metrics)
    before = {
        renames.get(name, name): _with_new_names(metric, renames)
        for name, metric in old.metrics.items()
    }
    for name, metric in new.metrics.items():
        if name in before:
            yield from _changed(before[name], metric)
        else:
            code = Code.NEW if _measured(metric) else Code.LISTED
            yield _change(metric, "", (code, None, name))
    for name, metric in before.items():
        if name not in new.metrics:
            effect = Effect.NARROWS if _measured(metric) else Effect.NEUTRAL
            yield Change(Code.REMOVED, f"metric.{name}", name, None, effect, metric)


def _with_new_names(metric: Metric, renames: Mapping[str, str]) -> Metric:
    """Travelling with a renamed metric is no change."""
    with_new = tuple(renames.get(name, name) for name in metric.correlates_with)
    return replace(metric, correlates_with=with_new)


def _changed(old: Metric, new: Metric) -> Iterator[Change]:
    both = _measured(old) and _measured(new)
    if old.name != new.name:
        yield _change(new, "", (Code.RENAMED, old.name, new.name))
    for key, code, before, after in changed_fields(old, new):
        change = _change(new, f".{key}", (code, before, after))
        yield change if both or key == "status" else replace(change, effect=Effect.NEUTRAL)


def _change(metric: Metric, key: str, found: tuple[Code, Detail, Detail]) -> Change:
    code, before, after = found
    return Change(code, f"metric.{metric.name}{key}", before, after, effect_of(code), metric)


def _measured(metric: Metric) -> bool:
    return metric.status is Status.APPROVED


def _product(old: Registry, new: Registry) -> Iterator[Change]:
    for rule in PARTS.values():
        for place, code, before, after in rule(old, new):
            yield Change(code, place, before, after, effect_of(code))


def _plain(name: str, code: Code, key: str = "") -> Rule:
    def rule(old: Registry, new: Registry) -> Iterator[Found]:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"product.{key or name}", code, before, after

    return rule


def _levels(old: Registry, new: Registry) -> Iterator[Found]:
    for level in [*new.levels, *(level for level in old.levels if level not in new.levels)]:
        before, after = old.levels.get(level), new.levels.get(level)
        if before != after:
            code = Code.LEVEL_REWORDED
            if before is None or after is None:
                code = Code.LEVEL_ADDED if before is None else Code.LEVEL_REMOVED
            yield f"product.levels.{level}", code, before, after


def _collector(old: Registry, new: Registry) -> Iterator[Found]:
    before, after = old.collector, new.collector
    if before is None or after is None:
        if before is not after:
            code = Code.COLLECTOR_ADDED if before is None else Code.COLLECTOR_REMOVED
            yield "collector", code, _url(before), _url(after)
        return
    if before.urls != after.urls:
        more = set(after.urls) - set(before.urls)
        code = Code.COLLECTOR_ADDRESS if more else Code.COLLECTOR_ADDRESS_GONE
        yield "collector.url", code, _listed(before.urls), _listed(after.urls)
    if before.keys != after.keys:
        yield "collector.key", _key_code(before, after), _key_lines(before), _key_lines(after)
    if before.log != after.log:
        yield "collector.log", Code.COLLECTOR_LOG, before.log, after.log
    if before.mirrors != after.mirrors:
        yield "collector.mirrors", Code.COLLECTOR_MIRRORS, before.mirrors, after.mirrors


def _url(address: CollectorAddress | None) -> str | None:
    return _listed(address.urls) if address else None


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _key_code(before: CollectorAddress, after: CollectorAddress) -> Code:
    if not before.keys:
        return Code.COLLECTOR_SEALED
    if not after.keys:
        return Code.COLLECTOR_UNSEALED
    more = set(after.keys) - set(before.keys)
    return Code.COLLECTOR_KEY if more else Code.COLLECTOR_KEY_GONE


def _key_lines(address: CollectorAddress) -> str | None:
    lines = (f"{KEY_PREFIX}{base64.b64encode(key).decode()}" for key in address.keys)
    return _listed(lines) or None


def _sends(old: Registry, new: Registry) -> Iterator[Found]:
    order = list(Sends)
    if old.sends is not new.sends:
        longer = order.index(new.sends) > order.index(old.sends)
        code = Code.SENDS_LESS_OFTEN if longer else Code.SENDS_MORE_OFTEN
        yield "product.sends", code, old.sends, new.sends


def _earlier(old: Registry, new: Registry) -> Iterator[Found]:
    before, after = old.asks_for_earlier, new.asks_for_earlier
    if before != after:
        code = Code.ASKS_FOR_EARLIER if after else Code.ASKS_NO_MORE_FOR_EARLIER
        yield "product.asks_for_earlier", code, before, after


def _raw(old: Registry, new: Registry) -> Iterator[Found]:
    before, after = old.raw_quarantine, new.raw_quarantine
    if before != after:
        code = Code.RAW_QUARANTINE if after else Code.NO_RAW_QUARANTINE
        yield "product.raw_quarantine", code, before, after


def _committee(old: Registry, new: Registry) -> Iterator[Found]:
    if old.committee != new.committee:
        yield "approval", Code.COMMITTEE, _members(old), _members(new)


def _members(registry: Registry) -> str | None:
    committee = registry.committee
    if committee is None:
        return None
    titles = (approver.title for approver in committee.approvers)
    return f"{committee.needed} of: {_listed(titles)}"


def _translations(old: Registry, new: Registry) -> Iterator[Found]:
    for language in sorted({*old.translations, *new.translations}):
        before, after = old.translations.get(language), new.translations.get(language)
        if before != after:
            place = f"product.translations.{language}"
            yield place, Code.PRODUCT_WORDS, _words(before), _words(after)


def _words(said: ProductWords | None) -> str | None:
    return "; ".join((said.title, *said.levels.values())) if said is not None else None


def _plugins(old: Registry, new: Registry) -> Iterator[Found]:
    before = {plugin.id: plugin for plugin in old.plugins}
    after = {plugin.id: plugin for plugin in new.plugins}
    for name in [*after, *(name for name in before if name not in after)]:
        was, now = before.get(name), after.get(name)
        if was != now:
            code = Code.PLUGIN_CHANGED
            if was is None or now is None:
                code = Code.PLUGIN_ADDED if was is None else Code.PLUGIN_REMOVED
            yield f"plugin.{name}", code, _told(was), _told(now)


def _told(plugin: Plugin | None) -> str | None:
    if plugin is None:
        return None
    return f"{plugin.title} ({plugin.prefix}, {plugin.homepage}, {plugin.contact})"


def _allow(old: Registry, new: Registry) -> Iterator[Found]:
    for key, code, before, after in changed_reasons(old.allow, new.allow):
        yield f"product.{key}", code, before, after


def _elsewhere(_old: Registry, _new: Registry) -> Iterator[Found]:
    yield from ()


PARTS: Mapping[str, Rule] = {
    "metrics": _elsewhere,  # compared one by one
    "fingerprint": _elsewhere,  # the sum of everything else
    "parts": _elsewhere,
    "content": _elsewhere,
    "app": _plain("app", Code.PRODUCT, "id"),
    "title": _plain("title", Code.PRODUCT_TITLE),
    "homepage": _plain("homepage", Code.HOMEPAGE),
    "contact": _plain("contact", Code.CONTACT),
    "policy": _plain("policy", Code.POLICY),
    "note": _plain("note", Code.NOTE),
    "languages": _plain("languages", Code.LANGUAGES),
    "installs": _plain("installs", Code.INSTALLS),
    "most_bits": _plain("most_bits", Code.MOST_BITS),
    "sends": _sends,
    "asks_for_earlier": _earlier,
    "raw_quarantine": _raw,
    "levels": _levels,
    "translations": _translations,
    "committee": _committee,
    "collector": _collector,
    "plugins": _plugins,
    "allow": _allow,
}
"""Every field of a registry, with what tells whether it changed."""
