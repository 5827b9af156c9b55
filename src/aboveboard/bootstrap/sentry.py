"""Enters: a collector's settings. Leaves: the wire of Sentry, with its keys and known code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import named
from aboveboard.bootstrap.segment import keys
from aboveboard.errors import SetupError
from aboveboard.wires.sentry import SentryWire
from aboveboard.wires.sentry_code import KnownCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def sentry(settings: CollectorSettings, registries: Mapping[str, Registry]) -> SentryWire:
    """Make the wire of Sentry.

    Raises:
        SetupError: a key or a package is not written as it must be, or names an app that is not
            there.
    """
    return SentryWire(
        keys(settings.sentry_keys, registries, "a key of Sentry"),
        known_code(settings.sentry_code, registries),
    )


def known_code(texts: Sequence[str], apps: Iterable[str]) -> dict[str, KnownCode]:
    """Give the code of each app that may be named; a package of an app's own name is one of it.

    Raises:
        SetupError: as above.

    Example:
        >>> sorted(known_code(["org.example=my-editor"], ["my-editor"])["my-editor"].own)
        ['my_editor', 'org.example']
    """
    found = {app: {app.replace("-", "_")} for app in apps}
    for text in texts:
        package, app = named(text, "a package must be written PACKAGE=APP")
        if app not in found:
            message = f"a package is of {app!r}, which has no registry"
            raise SetupError(message)
        found[app].add(package)
    return {app: KnownCode(frozenset(own)) for app, own in found.items()}
