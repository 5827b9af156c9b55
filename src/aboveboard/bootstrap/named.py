"""Enters: a setting that gives apps to names. Leaves: both, or each app that has no registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import Problem, SettingsError
from aboveboard.settings.collector import SETTINGS, kind_of
from aboveboard.settings.kinds import (
    said,
)
from aboveboard.settings.lists import (
    Secrets,
)
from aboveboard.settings.pairs import pair

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SECRET = frozenset(each.name for each in SETTINGS if isinstance(kind_of(each), Secrets))
"""Settings of which nothing is repeated: a key may stand where an app should."""

OFF = "-"
"""What a key stands for that is known and switched off."""


def apps_of(setting: str, texts: Sequence[str], apps: Collection[str]) -> list[tuple[str, str]]:
    """Read the entries of a setting, each ``NAME=APP``.

    Args:
        setting: its name.
        texts: its entries.
        apps: those that may be named.

    Raises:
        SettingsError: with each entry whose app is none of them.

    Example:
        >>> apps_of("sentry_code", ["org.example = editor"], ["editor"])
        [('org.example', 'editor')]
    """
    pairs = [pair(text) for text in texts]
    refuse(unknown_apps(setting, [app for _, app in pairs], apps))
    return pairs


def unknown_apps(setting: str, named: Sequence[str], apps: Collection[str]) -> list[Problem]:
    """Tell of each app that a setting names and that has no registry."""
    return [
        Problem("unknown_app", setting, _text(setting, app, place), remedy(apps))
        for place, app in enumerate(named, 1)
        if app not in apps
    ]


def remedy(apps: Collection[str]) -> str:
    """Say which apps may be named."""
    known = ", ".join(sorted(set(apps) - {OFF}))
    return f"Add its registry file to the folder `registry`, or name one of {known}."


def refuse(problems: Sequence[Problem]) -> None:
    """End the start if anything is wrong.

    Raises:
        SettingsError: with every problem.
    """
    if problems:
        raise SettingsError(list(problems))


def _text(setting: str, app: str, place: int) -> str:
    name = "an app" if setting in SECRET else f"the app {said(app)}"
    return f"entry {place} of {setting} names {name} that has no registry."
