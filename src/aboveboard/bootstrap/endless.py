"""Enters: a collector's settings. Leaves: the wires of Endless OS, with a catalogue of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.errors import SetupError
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.phone_home import PhoneHomeWire

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.endless_catalogue import Catalogue

EVENTS = "mappings/endless-events.toml"


def endless(settings: CollectorSettings, registries: Container[str]) -> EndlessWire:
    """Make the wire of Endless OS.

    Without its app it takes nothing: a machine that heard OK would forget what nobody keeps.

    Raises:
        SetupError: the catalogue cannot be read.
        RegistryError: with all problems of the catalogue.
    """
    app = _app(settings, registries)
    return EndlessWire(events(settings.registry), app, settings.endless_prefix)


def events(folder: Path) -> Catalogue:
    """Read the catalogue of events: the folder's own, or that which is shipped.

    Raises:
        SetupError: it cannot be read.
        RegistryError: with all of its problems.
    """
    own = folder / EVENTS
    file = own if own.is_file() else shipped_folder() / EVENTS
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"the catalogue {file} cannot be read: {error.strerror}"
        raise SetupError(message) from error
    return read_catalogue(content, file.name)


def phone_home(settings: CollectorSettings, registries: Container[str]) -> PhoneHomeWire:
    """Make the wire of eos-phone-home; without its app it takes nothing, either."""
    return PhoneHomeWire(_app(settings, registries))


def _app(settings: CollectorSettings, registries: Container[str]) -> str:
    return settings.endless_app if settings.endless_app in registries else ""
