"""Enters: a collector's settings. Leaves: its foreign wires, and what translates what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.period_keys import FilePeriodKeys
from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.adapters.system import SystemChance, SystemClock
from aboveboard.collector.foreign import Foreign
from aboveboard.errors import SetupError
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.translate import Translator
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.backdrop_projects import projects
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.phone_home import PhoneHomeWire

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from pathlib import Path

    from aboveboard.adapters.data_folder import DataFolder
    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.meters import Meters
    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.foreign import Wire

    Maker = Callable[[CollectorSettings, Mapping[str, Registry]], Wire]

MAPPINGS = "mappings"
ENDLESS_EVENTS = "endless-events.toml"


def wires(settings: CollectorSettings, registries: Mapping[str, Registry]) -> list[Wire]:
    """Make the wires that are switched on.

    Raises:
        SetupError: there is no such wire, or a setting of one cannot work.
    """
    for name in settings.wires:
        if name not in MAKERS:
            message = f"there is no wire {name!r}: the wires are " + ", ".join(sorted(MAKERS))
            raise SetupError(message)
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
        SystemChance(),
        meters,
    )


def period_keys(folder: DataFolder) -> FilePeriodKeys:
    """Give the keys of the open weeks."""
    return FilePeriodKeys(folder.periods, SystemChance())


def translator(registry: Registry, folder: Path) -> Translator:
    """Make what translates an app's messages, by its mapping: its own, or that which is shipped."""
    for place in (folder, shipped_folder()):
        file = place / MAPPINGS / f"{registry.app}.toml"
        try:
            if file.is_file():
                return Translator(registry, read_mapping(file.read_bytes(), registry, file.name))
        except OSError as error:
            message = f"the mapping {file} cannot be read: {error.strerror}"
            raise SetupError(message) from error
    return Translator(registry)


def _backdrop(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Wire:
    for path in settings.backdrop_paths:
        if not path.startswith("/"):
            message = f"a path of backdrop_paths begins with a slash, not as {path!r} does"
            raise SetupError(message)
    further = pairs(settings.backdrop_projects, "a project of Backdrop")
    known = projects(registries.values(), further)
    return BackdropWire(known, settings.backdrop_paths, settings.backdrop_host)


def endless(settings: CollectorSettings, registries: Container[str]) -> EndlessWire:
    """Make the wire of Endless OS, by its catalogue: the own folder's, or that which is shipped.

    Without its app it takes nothing: a machine that heard OK would forget what nobody keeps.

    Raises:
        SetupError: the catalogue cannot be read, or the prefix is no path.
        RegistryError: with all problems of the catalogue.
    """
    prefix = settings.endless_prefix
    if prefix and not prefix.startswith("/"):
        message = f"endless_prefix begins with a slash, not as {prefix!r} does"
        raise SetupError(message)
    own = settings.registry / MAPPINGS / ENDLESS_EVENTS
    file = own if own.is_file() else shipped_folder() / MAPPINGS / ENDLESS_EVENTS
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"the catalogue {file} cannot be read: {error.strerror}"
        raise SetupError(message) from error
    app = settings.endless_app if settings.endless_app in registries else ""
    return EndlessWire(read_catalogue(content, file.name), app, prefix)


def phone_home(settings: CollectorSettings, registries: Container[str]) -> PhoneHomeWire:
    """Make the wire of eos-phone-home; without its app it takes nothing."""
    return PhoneHomeWire(settings.endless_app if settings.endless_app in registries else "")


MAKERS: Mapping[str, Maker] = {
    "backdrop": _backdrop,
    "endless": endless,
    "phone-home": phone_home,
}
"""Name to what makes the wire."""


def pairs(texts: Sequence[str], what: str) -> dict[str, str]:
    """Read settings that name an app behind an equals sign.

    Raises:
        SetupError: one of them does not.

    Example:
        >>> pairs(["KEY=editor"], "a write key")
        {'KEY': 'editor'}
    """
    found: dict[str, str] = {}
    for text in texts:
        key, equals, app = text.rpartition("=")
        if not (key and equals and app):
            message = f"{what} must be written NAME=APP"
            raise SetupError(message)
        found[key.strip()] = app.strip()
    return found
