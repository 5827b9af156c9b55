"""Enters: the port HomePlace. Leaves: small files of the account that name homes.

A home at the usual place is found by looking there; one that a program put elsewhere is named by a
file of one line, which lies there as long as anything is kept in it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.adapters.private_files import write_private
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 8192
NAME_DIGITS = 32
MARKS = ("choice.json", "counts.sqlite", "live", "papers", "withdrawals.ndjson")
"""What lies in a home, and in no other folder of ours."""


class HomeIndex:
    """Notes down where one home lies.

    Args:
        folder: where the files of the account are.
        home: the home.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self._home = os.path.abspath(home)  # noqa: PTH100 the folder may be a link, and not be there
        name = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:NAME_DIGITS]
        self._file = folder / name

    def note(self) -> None:
        """Note it down, unless it is."""
        if not self._file.exists():
            write_private(self._file, os.fsencode(self._home) + b"\n")

    def forget(self) -> None:
        """Let nobody find it here any more."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            message = "where the home lies cannot be forgotten"
            raise StoreError(message) from error


def find_homes(usual: Path, index: Path) -> list[Path]:
    """Find every home of an account.

    Args:
        usual: the folder in which homes lie.
        index: where the files are that name others.
    """
    found = [path for path in _within(usual) if _is_home(path)]
    named = [home for file in _within(index) if (home := _named(file)) is not None]
    places = {os.path.realpath(home): home for home in (*reversed(named), *reversed(found))}
    return sorted(places.values(), key=lambda home: (home.name, str(home)))


def _within(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return


def _is_home(path: Path) -> bool:
    return any(os.path.lexists(path / mark) for mark in MARKS)


def _named(file: Path) -> Path | None:
    """Read where a home lies; None for a file that says anything else, or of one that is gone."""
    try:
        with file.open("rb") as stream:
            line = stream.read(MOST_BYTES)
        home = Path(os.fsdecode(line.removesuffix(b"\n")))
        return home if home.is_absolute() and _is_home(home) else None
    except (OSError, ValueError):
        return None
