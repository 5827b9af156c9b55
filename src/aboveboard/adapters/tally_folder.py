"""Enters: a folder of tallies. Leaves: those that are there, and whose process has ended."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from aboveboard.adapters.sqlite_file import file_size, wipe
from aboveboard.adapters.tally_file import PART, SUFFIX, TallyFile, lock

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

    def __init__(self, home: Path) -> None:
        self._folder = home / LIVE

    def create(self) -> TallyFile:
        """Open a tally for this process."""
        return TallyFile.create(self._folder)

    def paths(self) -> list[Path]:
        """Give the tallies, that which was changed last at the end."""
        return sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda path: (_changed(path), path))

    def size(self) -> int:
        """Give their bytes."""
        return sum(map(file_size, self.paths()))

    @contextlib.contextmanager
    def ended(self, paths: Sequence[Path]) -> Iterator[list[Path]]:
        """Own the tallies whose processes have ended, for as long as it takes."""
        owned = {path: found for path in paths if (found := lock(path)) is not None}
        try:
            yield list(owned)
        finally:
            for descriptor in owned.values():
                os.close(descriptor)

    def remove(self, paths: Sequence[Path]) -> None:
        """Remove tallies that are owned; where what is open cannot be removed, the next goes on."""
        for path in paths:
            with contextlib.suppress(PermissionError):
                path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a process that was killed did not finish making."""
        for part in self._folder.glob(f"*{PART}"):
            if _changed(part) < (time.time() - PART_SECONDS) * 1e9:
                part.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Overwrite and remove everything, also what a process still counts in."""
        for path in self._folder.glob("*"):
            if path.is_file() or path.is_symlink():
                with contextlib.suppress(PermissionError):
                    wipe(path)
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
