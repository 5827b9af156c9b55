"""Enters: a collector's settings. Leaves: the wires of Google Analytics, with their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import apps_of, refuse, unknown_apps
from aboveboard.errors import Problem
from aboveboard.settings.pairs import UNIVERSAL, stream
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.universal import UniversalWire

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings

SETTING = "ga4_streams"


def ga4(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Ga4Wire:
    """Make the Measurement Protocol.

    Raises:
        SettingsError: with each stream whose app is not there, or that is there for two.
    """
    return Ga4Wire(streams(settings.ga4_streams, registries))


def universal(settings: CollectorSettings, registries: Mapping[str, Registry]) -> UniversalWire:
    """Make the batches of Universal Analytics, whose streams have no secret.

    Raises:
        SettingsError: as above.
    """
    pairs = apps_of(SETTING, settings.ga4_streams, registries)
    return UniversalWire({name: app for name, app in pairs if name.startswith(UNIVERSAL)})


def streams(texts: Sequence[str], registries: Collection[str]) -> dict[str, Stream]:
    """Read streams; the same id may be there twice, with another secret.

    Raises:
        SettingsError: as above.

    Example:
        >>> streams(["G-1:old=editor", "G-1:new=editor"], {"editor": None})["G-1"].secrets
        ('old', 'new')
    """
    refuse(unknown_apps(SETTING, [stream(text)[2] for text in texts], registries))
    found: dict[str, Stream] = {}
    twice = []
    for place, text in enumerate(texts, 1):
        name, secret, app = stream(text)
        if name.startswith(UNIVERSAL):
            continue
        before = found.get(name, Stream(app, ()))
        if before.app != app:
            says = f"entry {place} of {SETTING} is a stream that is there already, for another app."
            twice.append(Problem("taken", SETTING, says, "Give each stream to one app."))
        found[name] = Stream(before.app, (*before.secrets, secret))
    refuse(twice)
    return found
