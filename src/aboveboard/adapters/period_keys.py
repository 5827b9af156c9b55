"""Enters: the port PeriodKeys. Leaves: keys in a folder, a file for each week."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aboveboard.adapters.disk import mapped, sync_folder
from aboveboard.model.period import Week

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.ports.surroundings import Chance

KEY_BYTES = 32
SUFFIX = ".period"


class FilePeriodKeys:
    """Keys in a folder that several processes share.

    Args:
        folder: holds a file ``2026-W47.period`` for each week.
        chance: draws the keys.
    """

    def __init__(self, folder: Path, chance: Chance) -> None:
        self._folder = folder
        self._chance = chance

    def key(self, week: Week) -> bytes:
        """Give the key of a week; whoever asks first makes it."""
        file = self._folder / f"{week}{SUFFIX}"
        with mapped("the key of a week cannot be kept"):
            if not file.exists():
                self._make(file)
            return file.read_bytes()

    def forget(self, before: Week) -> int:
        """Throw old keys away: they are overwritten, then removed."""
        gone = 0
        with mapped("the keys of old weeks cannot be thrown away"):
            for file in sorted(self._folder.glob(f"*{SUFFIX}")):
                if file.stem < str(before):
                    with file.open("r+b") as stream:
                        stream.write(bytes(KEY_BYTES))
                        stream.flush()
                        os.fsync(stream.fileno())
                    file.unlink()
                    gone += 1
        return gone

    def _make(self, file: Path) -> None:
        """Make a key; of two processes that do so at once the first one's counts."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_suffix(f".{self._chance.report_id()}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(bytes.fromhex(self._chance.token()))
                stream.flush()
                os.fsync(stream.fileno())
            try:
                os.link(part, file)
            except FileExistsError:
                return
        finally:
            part.unlink()
        sync_folder(self._folder)


class MemoryPeriodKeys:
    """Keys in memory.

    Args:
        chance: draws the keys.
    """

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._keys: dict[str, bytes] = {}

    def key(self, week: Week) -> bytes:
        """Give the key of a week."""
        return self._keys.setdefault(str(week), bytes.fromhex(self._chance.token()))

    def forget(self, before: Week) -> int:
        """Throw old keys away."""
        old = [week for week in self._keys if week < str(before)]
        for week in old:
            del self._keys[week]
        return len(old)
