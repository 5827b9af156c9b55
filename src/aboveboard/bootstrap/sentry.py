"""Enters: a collector's settings. Leaves: the wire of Sentry, with its keys and known code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import apps_of
from aboveboard.bootstrap.segment import keys
from aboveboard.wires.sentry import SentryWire
from aboveboard.wires.sentry_code import KnownCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def sentry(settings: CollectorSettings, registries: Mapping[str, Registry]) -> SentryWire:
    """Make the wire of Sentry.

    Raises:
        SettingsError: with each key or package whose app is not there.
    """
    return SentryWire(
        keys("sentry_keys", settings.sentry_keys, registries),
        known_code(settings.sentry_code, registries),
    )


def known_code(texts: Sequence[str], apps: Iterable[str]) -> dict[str, KnownCode]:
    """Give the code of each app that may be named; a package of an app's own name is one of it.

    Raises:
        SettingsError: as above.

    Example:
        >>> sorted(known_code(["org.example=my-editor"], ["my-editor"])["my-editor"].own)
        ['my_editor', 'org.example']
    """
    found = {app: {app.replace("-", "_")} for app in apps}
    for package, app in apps_of("sentry_code", texts, found):
        found[app].add(package)
    return {app: KnownCode(frozenset(own)) for app, own in found.items()}
