"""Enters: the port WishesStore. Leaves: a readable file in a home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.private_files import read_private, write_private
from aboveboard.device.wishes_file import read, write
from aboveboard.errors import StoreError
from aboveboard.model.wishes import Wishes

if TYPE_CHECKING:
    from pathlib import Path


class FileWishes:
    """Keeps wishes in ``delivery.json`` of a folder; without a wish there is no file."""

    def __init__(self, home: Path) -> None:
        self._file = home / "delivery.json"

    def wishes(self) -> Wishes:
        """Give what the person wants."""
        return read(read_private(self._file))

    def wish(self, wishes: Wishes) -> None:
        """Keep it, all or nothing."""
        if wishes != Wishes():
            write_private(self._file, write(wishes))
            return
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            message = "what was wished of delivery cannot be forgotten"
            raise StoreError(message) from error
