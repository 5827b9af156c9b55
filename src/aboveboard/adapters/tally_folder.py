"""Enters: a folder of tallies. Leaves: those that are there, and whose process has ended."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

from aboveboard.adapters.sqlite_file import file_size, wipe
from aboveboard.adapters.tally_file import PART, SUFFIX, TallyFile, lock, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LIVE = "live"
PART_SECONDS = 3600.0
"""How long nobody needs to finish making a file."""


class TallyFolder:
    """The folder ``live`` of a home.

    Args:
        home: the home.
    """

    def __init__(self, home: Path | str) -> None:
        self._folder = os.path.join(home, LIVE)

    def create(self) -> TallyFile:
        """Open a tally for this process."""
        return TallyFile.create(self._folder)

    def paths(self) -> list[str]:
        """Give the tallies, that which was changed last at the end."""
        return sorted(named(self._folder, SUFFIX), key=lambda path: (_changed(path), path))

    def size(self) -> int:
        """Give their bytes."""
        return sum(map(file_size, self.paths()))

    @contextlib.contextmanager
    def ended(self, paths: Sequence[str]) -> Iterator[list[str]]:
        """Own the tallies whose processes have ended, for as long as it takes."""
        owned = {path: found for path in paths if (found := lock(path)) is not None}
        try:
            yield list(owned)
        finally:
            for descriptor in owned.values():
                os.close(descriptor)

    def remove(self, paths: Sequence[str]) -> None:
        """Remove tallies that are owned; where what is open cannot be removed, the next goes on."""
        for path in paths:
            with contextlib.suppress(PermissionError, FileNotFoundError):
                os.unlink(path)

    def tidy(self) -> None:
        """Remove what a process that was killed did not finish making."""
        for part in named(self._folder, PART):
            if _changed(part) < (time.time() - PART_SECONDS) * 1e9:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(part)

    def wipe(self) -> None:
        """Overwrite and remove everything, also what a process still counts in."""
        for path in named(self._folder, ""):
            if _is_file(path):
                with contextlib.suppress(PermissionError):
                    wipe(path)
        with contextlib.suppress(OSError):
            os.rmdir(self._folder)


def _is_file(path: str) -> bool:
    """Whether it is a file or a link; that nobody may look is an error: it would not be erased."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
