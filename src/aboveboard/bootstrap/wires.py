"""Enters: a collector's settings. Leaves: its foreign wires, and what translates what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.period_keys import FilePeriodKeys
from aboveboard.adapters.stocked_chance import StockedChance
from aboveboard.adapters.system import SystemChance, SystemClock
from aboveboard.bootstrap.endless import events
from aboveboard.bootstrap.translators import translator
from aboveboard.bootstrap.wire_makers import MAKERS
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.replay_said import SaidAgain
from aboveboard.wires.endless import EndlessWire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aboveboard.adapters.data_folder import DataFolder
    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.meters import Meters
    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.foreign import Wire


def wires(settings: CollectorSettings, registries: Mapping[str, Registry]) -> list[Wire]:
    """Make the wires that are switched on.

    Raises:
        SettingsError: with each problem of the first setting that has any.
        SetupError: a mapping or a catalogue cannot be read.
        RegistryError: with all problems of the first of them that has any.
    """
    return [make(settings, registries) for name, make in MAKERS.items() if name in settings.wires]


def foreign(
    settings: CollectorSettings,
    registries: Mapping[str, Registry],
    folder: DataFolder,
    acceptor: Acceptor,
    meters: Meters,
) -> Foreign:
    """Join what keeps what foreign wires said.

    Raises:
        SetupError: a mapping cannot be read.
        RegistryError: with all problems of the first mapping that has any.
    """
    return Foreign(
        acceptor,
        {app: translator(each, settings.registry) for app, each in registries.items()},
        period_keys(folder),
        SystemClock(),
        StockedChance(),
        meters,
        [app for app in settings.raw_quarantine if registries[app].raw_quarantine],
        keeps_asides=settings.quarantine_days > 0,
    )


def said_again(registries: Mapping[str, Registry], folder: Path) -> SaidAgain:
    """Join what tells foreign messages again that waited.

    Args:
        registries: app to registry.
        folder: of the registries; mappings and catalogues are looked for there first.

    Raises:
        SetupError: a mapping or catalogue cannot be read.
        RegistryError: with all problems of the first of them that has any.
    """
    return SaidAgain(
        {name: translator(each, folder) for name, each in registries.items()},
        {EndlessWire.name: EndlessWire(events(folder)).again},
    )


def period_keys(folder: DataFolder) -> FilePeriodKeys:
    """Give the keys of the open weeks."""
    return FilePeriodKeys(folder.periods, SystemChance())
