"""Enters: the registries that a collector serves. Leaves: they stand in its transparency log.

Whoever follows the log sees every version, every wording that people were asked in and, later, the
numbers of every closed week: a collector cannot show one thing to one person and another to the
next without leaving proof of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.canonical import digest
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.notices.languages import LANGUAGES, base_of
from aboveboard.transparency.entries import ConsentEntry, RegistryEntry, TotalsEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aboveboard.model.period import Week
    from aboveboard.model.registry import Registry
    from aboveboard.registry.served import Served
    from aboveboard.transparency.log import TransparencyLog


def announce(log: TransparencyLog, served: Iterable[Served], day: date) -> None:
    """Enter registries and wordings; what stands there already is not entered again.

    Raises:
        LogError: they could not be kept.
    """
    for each in served:
        app, mark = each.registry.app, each.registry.fingerprint
        approvals = digest(each.approvals) if each.approvals else ""
        blobs = [each.content, *([each.approvals] if approvals else [])]
        log.add(RegistryEntry(app, mark, approvals, day), blobs)
        for language in _spoken(each.registry):
            text = consent_text(each.registry, language).encode()
            log.add(ConsentEntry(app, mark, language, digest(text), day), [text])


def _spoken(registry: Registry) -> list[str]:
    return [language for language in registry.languages if base_of(language) in LANGUAGES]


def announce_numbers(
    log: TransparencyLog, app: str, weeks: Iterable[tuple[Week, bytes]], day: date
) -> int:
    """Enter the published numbers of closed weeks; those that changed since are entered anew.

    Returns:
        How many entries are new.

    Raises:
        LogError: they could not be kept.
    """
    before = log.size()
    for week, numbers in weeks:
        log.add(TotalsEntry(app, week, digest(numbers), day), [numbers])
    return log.size() - before


def known_versions(log: TransparencyLog, apps: Iterable[str]) -> dict[str, frozenset[str]]:
    """Give the versions of each app's registry that reports may name: all that were ever served.

    A report of another version comes from a product that somebody rebuilt, or from one that was
    shipped before its registry was served here.
    """
    return {app: frozenset(entry.fingerprint for _, entry in log.registries(app)) for app in apps}
