"""Enters: the port Papers. Leaves: readable files in a home folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aboveboard.adapters.private_files import read_private, write_private
from aboveboard.adapters.sqlite_file import is_there, wipe
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "papers"


class PapersFolder:
    """Keeps texts in the folder ``papers`` of a home.

    Args:
        home: the home.
    """

    def __init__(self, home: Path | str) -> None:
        self._folder = os.path.join(home, FOLDER)

    def put(self, name: str, content: bytes) -> None:
        """Keep a text under a file's name."""
        write_private(os.path.join(self._folder, name), content)

    def get(self, name: str) -> bytes | None:
        """Give a text, or None."""
        return read_private(os.path.join(self._folder, name))

    def clear(self) -> None:
        """Overwrite and remove every text."""
        try:
            if is_there(self._folder):
                for name in os.listdir(self._folder):
                    wipe(os.path.join(self._folder, name))
                os.rmdir(self._folder)
        except OSError as error:
            message = "the papers cannot be removed"
            raise StoreError(message) from error
