"""Enters: a collector's settings. Leaves: each foreign wire, told what it must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.bulletin_files import BulletinFiles
from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.bootstrap.endless import endless, phone_home
from aboveboard.bootstrap.ga4 import ga4, universal
from aboveboard.bootstrap.named import apps_of, refuse
from aboveboard.bootstrap.otlp import otlp
from aboveboard.bootstrap.segment import segment
from aboveboard.bootstrap.sentry import sentry
from aboveboard.errors import Problem
from aboveboard.settings.pairs import pair
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.backdrop_projects import projects
from aboveboard.wires.mattermost_security import APP as MATTERMOST
from aboveboard.wires.mattermost_security import MattermostSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.ports.bulletins import Bulletins
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.backdrop_projects import Project
    from aboveboard.wires.foreign import Wire

    Maker = Callable[[CollectorSettings, Mapping[str, Registry]], Wire]

PROJECTS = "backdrop_projects"


def _backdrop(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Wire:
    known = backdrop_projects(settings, registries)
    return BackdropWire(known, settings.backdrop_paths, settings.backdrop_host)


def backdrop_projects(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> dict[str, Project]:
    """Find the projects of Backdrop that may report; none where its wire is switched off."""
    if BackdropWire.name not in settings.wires:
        return {}
    return projects(registries.values(), dict(map(pair, settings.backdrop_projects)))


def refuse_unknown_projects(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> None:
    """Look for projects whose app is not there, or has no metric of theirs.

    Raises:
        SettingsError: with each of them.
    """
    pairs = apps_of(PROJECTS, settings.backdrop_projects, registries)
    known = projects(registries.values(), dict(pairs))
    without = [(name, app) for name, app in pairs if name not in known]
    refuse([_without_metrics(name, app) for name, app in without])


def _without_metrics(name: str, app: str) -> Problem:
    text = f"{PROJECTS} names the project {name}, but {app} has no metric {name}.…"
    remedy = f"Correct the name, or give the registry of {app} metrics that begin with it."
    return Problem("unknown_project", PROJECTS, text, remedy)


def _mattermost_security(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> MattermostSecurity:
    return MattermostSecurity(bulletins(settings), MATTERMOST if MATTERMOST in registries else "")


def bulletins(settings: CollectorSettings) -> Bulletins:
    """Open the security notices; none without a folder.

    Raises:
        SettingsError: the folder cannot be read, or a file is no notice; with every problem.
    """
    return MemoryBulletins() if settings.bulletins is None else BulletinFiles(settings.bulletins)


MAKERS: Mapping[str, Maker] = {
    "backdrop": _backdrop,
    "endless": endless,
    "ga4": ga4,
    "mattermost-security": _mattermost_security,
    "otlp": otlp,
    "phone-home": phone_home,
    "segment": segment,
    "sentry": sentry,
    "universal": universal,
}
"""Name to what makes the wire."""
