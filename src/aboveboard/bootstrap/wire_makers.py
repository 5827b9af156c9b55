"""Enters: a collector's settings. Leaves: each foreign wire, told what it must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.bulletin_files import BulletinFiles
from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.bootstrap.endless import endless, phone_home
from aboveboard.bootstrap.ga4 import ga4, universal
from aboveboard.bootstrap.named import named
from aboveboard.bootstrap.otlp import otlp
from aboveboard.bootstrap.segment import segment
from aboveboard.bootstrap.sentry import sentry
from aboveboard.errors import SetupError
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.backdrop_projects import projects
from aboveboard.wires.mattermost_security import APP as MATTERMOST
from aboveboard.wires.mattermost_security import MattermostSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.backdrop_projects import Project
    from aboveboard.wires.foreign import Wire

    Maker = Callable[[CollectorSettings, Mapping[str, Registry]], Wire]


def _backdrop(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Wire:
    for path in settings.backdrop_paths:
        if not path.startswith("/"):
            message = f"a path of backdrop_paths begins with a slash, not as {path!r} does"
            raise SetupError(message)
    known = backdrop_projects(settings, registries)
    return BackdropWire(known, settings.backdrop_paths, settings.backdrop_host)


def backdrop_projects(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> dict[str, Project]:
    """Find the projects of Backdrop that may report; none where its wire is switched off.

    Raises:
        SetupError: a setting cannot work.
    """
    if BackdropWire.name not in settings.wires:
        return {}
    form = "a project of Backdrop must be written NAME=APP"
    further = dict(named(text, form) for text in settings.backdrop_projects)
    return projects(registries.values(), further)


def _mattermost_security(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> MattermostSecurity:
    folder = settings.bulletins
    bulletins = MemoryBulletins() if folder is None else BulletinFiles(folder)
    return MattermostSecurity(bulletins, MATTERMOST if MATTERMOST in registries else "")


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
