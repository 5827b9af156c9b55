"""Enters: a run of our own command. Leaves: it is counted, on the terms of whoever ran it.

The command line tool is the first user of its own SDK; ``registry/aboveboard.toml`` says what it
counts and why.
"""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.bootstrap.device import open as open_telemetry
from aboveboard.settings import in_container

if TYPE_CHECKING:
    from aboveboard.device.telemetry import Telemetry

APP = "aboveboard"
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows", "freebsd": "freebsd"}


def version() -> str:
    """Give the version that is installed."""
    return installed_version(APP)


def own_telemetry() -> Telemetry:
    """Open the telemetry of the command line tool."""
    return open_telemetry(APP, registry=shipped_folder() / f"{APP}.toml", version=version())


def count_surroundings(telemetry: Telemetry) -> None:
    """Count what the tool runs on."""
    system = next((name for mark, name in _SYSTEMS.items() if sys.platform.startswith(mark)), "")
    telemetry.set("system.os", system or "other")
    telemetry.set("system.python", f"{sys.version_info.major}.{sys.version_info.minor}")
    telemetry.set("system.container", in_container())


def count_command(telemetry: Telemetry, command: str) -> None:
    """Count that a command was run, if the registry knows it."""
    name = f"command.{command.replace('-', '_')}"
    if name in telemetry.registry.metrics:
        telemetry.count(name)
