"""Enters: a home folder, a registry file, a folder, a mode, a bound. Leaves: what was due has left.

A program that ended has this process send for it: ``python -m aboveboard.bootstrap.sender``.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from aboveboard.bootstrap.device import assemble, known_registry
from aboveboard.bootstrap.surroundings import surroundings
from aboveboard.device.consent import mode_of
from aboveboard.device.guard import Guard
from aboveboard.device.parts import MOST_BYTES
from aboveboard.settings import device_settings


def main(words: list[str]) -> None:
    """Send once what is due; nobody sees how it ends.

    Args:
        words: the home folder, the registry file, the folder in which the program was opened, its
            mode for this run or ``""``, and how many bytes may be kept. A program that began before
            it was upgraded in place does not give that last one.
    """
    with Guard():
        home, path, folder, mode, *more = words
        registry = known_registry(Path(path))
        settings = device_settings(registry.app, Path(home))
        settings = replace(settings, switch=mode_of(mode) if mode else None)
        # The project is the one in which the program was opened, wherever it went from there.
        around = surroundings(settings, registry.app, settings.switch, Path(folder))
        # Whoever started this may want to remove the folder in which it was started.
        os.chdir(home)
        most = int(more[0]) if more else MOST_BYTES
        with assemble(
            registry, settings, around=around, background=False, most_bytes=most
        ) as telemetry:
            telemetry.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
