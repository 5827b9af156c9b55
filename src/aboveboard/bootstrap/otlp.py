"""Enters: a collector's settings. Leaves: the wire of OpenTelemetry, with its keys and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.segment import keys
from aboveboard.bootstrap.translators import translator
from aboveboard.wires.otlp import OtlpWire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def otlp(settings: CollectorSettings, registries: Mapping[str, Registry]) -> OtlpWire:
    """Make the wire of OpenTelemetry.

    Raises:
        SettingsError: with each key whose app is not there.
        SetupError: a mapping cannot be read.
        RegistryError: with all problems of the first mapping that has any.
    """
    apps = keys("otlp_keys", settings.otlp_keys, registries)
    known = {app: translator(each, settings.registry) for app, each in registries.items()}
    return OtlpWire(apps, known)
