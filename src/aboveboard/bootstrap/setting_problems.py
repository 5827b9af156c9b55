"""Enters: a collector's settings, its registries. Leaves: what they name and is not there.

What a setting may be at all is said in ``settings``. Here is what only its surroundings tell: a
file that cannot be opened, an app that nobody serves. It is looked for in the settings of every
wire, also of one that is off, before anything starts.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from aboveboard.adapters.country_file import CountryFile
from aboveboard.bootstrap.ga4 import streams
from aboveboard.bootstrap.named import remedy, unknown_apps
from aboveboard.bootstrap.segment import keys
from aboveboard.bootstrap.sentry import known_code
from aboveboard.bootstrap.wire_makers import PROJECTS, bulletins, refuse_unknown_projects
from aboveboard.errors import Problem, SettingsError
from aboveboard.settings.collector import SETTINGS, default_of
from aboveboard.settings.pairs import NATIVE, listed
from aboveboard.settings.stores import is_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def setting_problems(
    settings: CollectorSettings,
    registries: Mapping[str, Registry] | None,
    given: Container[str] | None = None,
) -> list[Problem]:
    """Look for what the settings name and is not there.

    Args:
        settings: what the collector was told.
        registries: app to registry; None where they cannot be read: no app is looked for then.
        given: the settings that somebody gave; None for those that are not as usual.

    Returns:
        Each problem with the setting's name as its place.
    """
    told = _not_usual(settings) if given is None else given
    looks: list[Callable[[], object]] = [
        lambda: bulletins(settings),
        lambda: _country_file(settings),
    ]
    found = [*_not_installed(settings), *_without_lists(settings)]
    if registries is not None:
        looks += _app_looks(settings, registries, told)
        found += [*_endless(settings, registries, told), *_raw(settings, registries)]
    return found + [problem for look in looks for problem in _problems(look)]


def _not_usual(settings: CollectorSettings) -> frozenset[str]:
    names = (each.name for each in SETTINGS if getattr(settings, each.name) != default_of(each))
    return frozenset(names)


def _problems(look: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        look()
    except SettingsError as error:
        return error.problems
    return ()


def _country_file(settings: CollectorSettings) -> None:
    if settings.country_file is not None:
        CountryFile(settings.country_file)


def _app_looks(
    settings: CollectorSettings, registries: Mapping[str, Registry], given: Container[str]
) -> list[Callable[[], object]]:
    looks: list[Callable[[], object]] = [
        lambda: streams(settings.ga4_streams, registries),
        lambda: keys("segment_keys", settings.segment_keys, registries),
        lambda: keys("otlp_keys", settings.otlp_keys, registries),
        lambda: keys("sentry_keys", settings.sentry_keys, registries),
        lambda: known_code(settings.sentry_code, registries),
    ]
    if PROJECTS in given:
        looks.append(lambda: refuse_unknown_projects(settings, registries))
    return looks


def _endless(
    settings: CollectorSettings, registries: Mapping[str, Registry], given: Container[str]
) -> Iterator[Problem]:
    """Without its app nothing is kept: whoever names one, or drains its lists, wants it to be."""
    name = "endless_app"
    drained = bool(settings.drain) and any(
        listed(text)[1] != NATIVE for text in settings.drain_lists
    )
    if (drained or name in given) and settings.endless_app not in registries:
        text = f"{name} is {settings.endless_app!r}, which has no registry."
        yield Problem("unknown_app", name, text, remedy(registries))


def _raw(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Iterator[Problem]:
    """Look whether each product lets values wait: that is not its collector's to decide alone."""
    name = "raw_quarantine"
    yield from unknown_apps(name, settings.raw_quarantine, registries)
    for app in settings.raw_quarantine:
        if app in registries and not registries[app].raw_quarantine:
            text = f"{name} names the app {app}, whose registry does not let values wait."
            way = f"Write {name} = true under [product] of its registry file, or do not name it."
            yield Problem("not_allowed", name, text, way)


def _not_installed(settings: CollectorSettings) -> Iterator[Problem]:
    """Look for the libraries that a setting needs."""
    wanted = (
        ("store", is_postgres(settings.store), "psycopg", "postgres"),
        ("drain", bool(settings.drain), "redis", "redis"),
    )
    for name, is_wanted, library, extra in wanted:
        if is_wanted and importlib.util.find_spec(library) is None:
            text = f"{name} needs a library that is not installed."
            yield Problem("not_installed", name, text, f"pip install 'aboveboard[{extra}]'")


def _without_lists(settings: CollectorSettings) -> Iterator[Problem]:
    if settings.drain and not settings.drain_lists:
        text = "a queue to drain needs the name of a list."
        yield Problem("missing", "drain_lists", text, "Name a list, or leave drain out.")
