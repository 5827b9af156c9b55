"""Enters: a home folder. Leaves: the person's choice in a file that they can read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aboveboard.device import choice_file
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.model.consent import Choice

STEM = "choice"
NAME = f"{STEM}.json"


class ChoiceFile:
    """Keeps one choice in ``choice.json``.

    Args:
        home: the folder, which is made when there is something to keep.
    """

    def __init__(self, home: Path | str) -> None:
        self._home = os.fspath(home)
        self._path = os.path.join(home, NAME)
        self._read: tuple[tuple[int, ...], Choice] | None = None

    def read(self) -> Choice | None:
        """Give what the person chose, or None.

        Raises:
            StoreError: there is a file, and it cannot be understood.
        """
        try:
            about = os.stat(self._path)
            mark = (about.st_ino, about.st_mtime_ns, about.st_size)
            if self._read is None or self._read[0] != mark:
                with open(self._path, "rb") as file:
                    self._read = mark, choice_file.read(file.read())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            message = "the choice cannot be read"
            raise StoreError(message) from error
        return self._read[1]

    def write(self, choice: Choice) -> None:
        """Keep a choice, all or nothing.

        Raises:
            StoreError: it cannot be kept.
        """
        # Two processes that write at once must not write into the same file.
        part = os.path.join(self._home, f"{STEM}.{os.getpid()}.part")
        try:
            os.makedirs(self._home, exist_ok=True, mode=0o700)
            with open(part, "wb") as file:
                file.write(choice_file.write(choice))
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self._path)
        except (OSError, ValueError) as error:
            message = "the choice cannot be kept"
            raise StoreError(message) from error
