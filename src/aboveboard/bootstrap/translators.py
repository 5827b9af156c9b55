"""Enters: a registry. Leaves: what translates its app's messages, by the mapping of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.errors import SetupError
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.translate import Translator

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.model.registry import Registry

MAPPINGS = "mappings"


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
