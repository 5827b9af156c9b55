"""Enters: what all sources of settings say. Leaves: settings and registries that can be served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.bootstrap.setting_problems import setting_problems
from aboveboard.errors import Problem, RegistryError, SettingsError, SetupError
from aboveboard.settings.collector import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aboveboard.registry.served import Served
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.settings.sources import Effective

PLACE = "registry"
CHECK = "Correct it; `aboveboard registry check` tells more."


def ready(found: Effective) -> tuple[CollectorSettings, Mapping[str, Served]]:
    """Give settings that a collector can start with, and the registries that they name.

    Raises:
        SettingsError: with every problem of the settings, and the source of each; with those of a
            registry file behind them.
        RegistryError: with all problems of a registry file, if the settings have none.
    """
    settings = found.usable()
    served: Mapping[str, Served] = {}
    problems = [*found.missing, *found.problems]
    broken: RegistryError | None = None
    if not any(problem.place == PLACE for problem in problems):
        try:
            served = _served(settings.registry)
        except SettingsError as error:
            problems += map(found.sourced, error.problems)
        except RegistryError as error:
            broken = error
    known = {app: each.registry for app, each in served.items()}
    problems += map(found.sourced, setting_problems(settings, known or None, found.given))
    if problems:
        raise SettingsError([*problems, *(_of_file(broken) if broken else ())])
    if broken is not None:
        raise broken
    return settings, served


def _served(folder: Path) -> Mapping[str, Served]:
    try:
        return served_folder(folder, Ed25519Checker())
    except SetupError as error:
        remedy = CHECK if any(folder.glob("*.toml")) else SHIPPED
        raise SettingsError([Problem("no_registry", PLACE, f"{error}.", remedy)]) from error


def _of_file(error: RegistryError) -> list[Problem]:
    return [
        Problem(each.code, f"{error.source}: {each.place}", each.text, each.remedy)
        for each in error.problems
    ]
