"""Enters: the environment and what a command was told. Leaves: one frozen value per program.

The only reader of the environment.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping


DEFAULT_PORT = 8790
MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """What the SDK reads from its surroundings."""

    home: Path
    """Folder for one app's counts, choice and journal."""
    override: str = ""
    """The variable ``ABOVEBOARD``: ``off``, ``local`` or ``on`` for this process."""
    do_not_track: str = ""
    """The variable ``DO_NOT_TRACK``; anything but empty and ``0`` refuses."""
    strict: bool = False
    """Whether misuse raises; set by ``aboveboard.testing`` alone."""
    timeout_seconds: float = 10.0
    """How long one delivery may take."""


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What ``aboveboard serve`` is told."""

    data: Path
    """Folder for the log, the facts and the keys."""
    registry: Path
    """Folder with one registry file per app."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = DEFAULT_PORT
    """Port to listen on; 0 takes a free one."""
    largest_body: int = 256 * 1024
    """Bytes of a request's body; more is refused with ``too_large``."""
    largest_inflated: int = 1024 * 1024
    """Bytes after inflating; more is refused with ``too_large_inflated``."""
    origin: str = ""
    """Name of its transparency log; empty for one that is made of the log's key."""
    oldest_weeks: int = 53
    """How many weeks back a report may reach; older is refused with ``period_too_old``."""

    def __post_init__(self) -> None:
        """Check what can be checked before anything starts.

        Raises:
            SetupError: a number is out of its bounds.
        """
        bounds = {
            "port": (0, MOST_PORT),
            "largest_body": (1024, 64 * 1024 * 1024),
            "largest_inflated": (1024, 256 * 1024 * 1024),
            "oldest_weeks": (1, 520),
        }
        wrong = [
            f"{name} must lie between {lowest} and {highest}, not {getattr(self, name)}"
            for name, (lowest, highest) in bounds.items()
            if not lowest <= getattr(self, name) <= highest
        ]
        if wrong:
            raise SetupError("; ".join(wrong))


def device_settings(
    app: str, home: Path | None, environment: Mapping[str, str] | None = None
) -> DeviceSettings:
    """Read the SDK's settings.

    Args:
        app: the app's id; part of the default home.
        home: the folder the embedder chose, or None for the system's usual place.
        environment: what to read instead of the process's own environment.
    """
    env = os.environ if environment is None else environment
    return DeviceSettings(
        home=home or _state_folder(env) / "aboveboard" / app,
        override=env.get("ABOVEBOARD", ""),
        do_not_track=env.get("DO_NOT_TRACK", ""),
    )


def default_data(name: str, environment: Mapping[str, str] | None = None) -> Path:
    """Give the system's usual place for the data of a collector or of the demonstration."""
    env = os.environ if environment is None else environment
    return _data_folder(env) / "aboveboard" / name


def in_container(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this process runs inside a container, as far as the usual marks tell."""
    env = os.environ if environment is None else environment
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    return "container" in env or any(mark.exists() for mark in marks)


def _state_folder(env: Mapping[str, str]) -> Path:
    return _user_folder(env, "XDG_STATE_HOME", ".local/state")


def _data_folder(env: Mapping[str, str]) -> Path:
    return _user_folder(env, "XDG_DATA_HOME", ".local/share")


def _user_folder(env: Mapping[str, str], xdg: str, usual: str) -> Path:
    """Follow the XDG base directory rules, and the habits of Windows and macOS."""
    if sys.platform == "win32" and env.get("LOCALAPPDATA"):
        return Path(env["LOCALAPPDATA"])
    chosen = env.get(xdg, "")
    if sys.platform not in {"win32", "darwin"} and chosen.startswith("/"):
        return Path(chosen)
    try:
        home = Path(env.get("HOME") or env.get("USERPROFILE") or "~").expanduser()
    except RuntimeError as error:
        message = "this account has no home folder; name a folder for what is kept"
        raise SetupError(message) from error
    usual_of = {"win32": "AppData/Local", "darwin": "Library/Application Support"}
    return home / usual_of.get(sys.platform, usual)
