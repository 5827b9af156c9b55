"""Enters: the bytes of a policy or project file. Leaves: what it says about one app.

``docs/consent.md`` describes the file; both kinds have the same form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeAlias

from aboveboard.model.consent import Mode
from aboveboard.registry.names import LEVEL_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

Said: TypeAlias = "tuple[Mode, Mapping[str, Mode]]"
"""The mode, and the levels for which it is another."""
MOST_BYTES = 64 * 1024
KEYS = frozenset({"mode", "levels"})


def read(body: bytes, app: str) -> Said | None:
    r"""Read what a file says about an app; None if it says nothing about it.

    An app with a ``mode`` of its own takes nothing from what is said of all apps; one that only
    names levels takes the rest from there.

    Raises:
        ValueError: it cannot be understood; the message says why, for people.

    Example:
        >>> mode, levels = read(b'mode = "on"\n[levels]\nusage = "off"', "editor")
        >>> mode.value, levels["usage"].value
        ('on', 'off')
    """
    table = _table(body)
    apps = _sub(table, "apps")
    if unknown := set(table) - KEYS - {"apps"}:
        _refuse(f"{min(unknown)!r} means nothing there")
    mode, levels = _mode(table), _levels(table)
    for name in apps:
        mine = _sub(apps, name)
        if unknown := set(mine) - KEYS:
            _refuse(f"{min(unknown)!r} means nothing below apps")
        own, others = _mode(mine), _levels(mine)
        if name == app:
            mode, levels = (own, others) if own is not None else (mode, {**levels, **others})
    if mode is None and levels:
        _refuse("levels are named, and no mode for the rest")
    return (mode, levels) if mode is not None else None


def _table(body: bytes) -> dict[str, object]:
    # Few machines have such a file, and those without do not pay for the reader.
    import tomllib  # noqa: PLC0415 see above

    if len(body) > MOST_BYTES:
        _refuse("it is too long")
    try:
        return tomllib.loads(body.decode())
    except UnicodeDecodeError as error:
        message = "it is not UTF-8 text"
        raise ValueError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"it is not TOML: {error}"
        raise ValueError(message) from error


def _sub(table: Mapping[str, object], name: str) -> dict[str, object]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        _refuse(f"{name!r} is no table")
    return value


def _mode(table: Mapping[str, object]) -> Mode | None:
    return _known("mode", table["mode"]) if "mode" in table else None


def _levels(table: Mapping[str, object]) -> dict[str, Mode]:
    levels = _sub(table, "levels")
    for level in levels:
        if not LEVEL_NAME.fullmatch(level):
            _refuse(f"no level can be called {level!r}")
    return {level: _known(level, word) for level, word in levels.items()}


def _known(name: str, word: object) -> Mode:
    if word not in list(Mode):
        _refuse(f"{name!r} is none of off, local and on")
    return Mode(str(word))


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
