"""Enters: the files of a static site. Leaves: a folder that holds them, and none of an older one.

A list in the folder names every file that was made. A folder without the list belongs to somebody
else and is left alone; so is every file in it that the list does not name.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIST = ".aboveboard-reference"
HEAD = "# Made by `aboveboard registry docs`, which replaces and removes the files named here."


class SiteFolder:
    """A folder of generated files.

    Args:
        path: where it is; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._list = path / LIST
        self._known: set[str] = set()
        self._made: list[str] = []

    def begin(self) -> None:
        """Take the folder.

        Raises:
            SetupError: it is somebody else's, or cannot be written.
        """
        with self._told():
            self._path.mkdir(parents=True, exist_ok=True)
            if self._list.exists():
                head, *names = self._list.read_text(encoding="utf-8").splitlines() or [""]
                if head != HEAD:
                    message = f"{self._list} was not written by `aboveboard registry docs`"
                    raise SetupError(message)
                self._known = set(names)
            elif any(self._path.iterdir()):
                message = (
                    f"{self._path} holds files that `aboveboard registry docs` did not make. "
                    "Name a folder that is new or empty."
                )
                raise SetupError(message)
            else:
                self._list.write_text(f"{HEAD}\n", encoding="utf-8")

    def write(self, name: str, body: bytes) -> None:
        """Write a file; one that is the same already is not touched.

        Raises:
            SetupError: a file of somebody else's is in its place, or it cannot be written.
        """
        with self._told():
            place = self._place(name)
            if name not in self._known:
                if place.exists():
                    message = f"{place} was not made by `aboveboard registry docs`; move it away"
                    raise SetupError(message)
                # The list comes first: a file that was begun is known as ours the next time.
                with self._list.open("a", encoding="utf-8") as names:
                    names.write(f"{name}\n")
                self._known.add(name)
            self._made.append(name)
            if not (place.exists() and place.read_bytes() == body):
                place.parent.mkdir(exist_ok=True)
                part = place.with_name(f"{place.name}.part")
                part.write_bytes(body)
                part.replace(place)

    def finish(self) -> int:
        """Remove what was made before and not this time.

        Returns:
            How many files that were.

        Raises:
            SetupError: one cannot be removed.
        """
        stale = sorted(self._known - set(self._made))
        with self._told():
            for name in stale:
                place = self._place(name)
                place.unlink(missing_ok=True)
                if place.parent != self._path:
                    with contextlib.suppress(OSError):  # it is gone, or holds files of others
                        place.parent.rmdir()
            part = self._list.with_suffix(".part")
            part.write_text("\n".join([HEAD, *sorted(self._made), ""]), encoding="utf-8")
            part.replace(self._list)
        return len(stale)

    def _place(self, name: str) -> Path:
        place = self._path / name
        if not place.parent.resolve().is_relative_to(self._path.resolve()):
            message = f"{place} lies outside {self._path}"
            raise SetupError(message)
        return place

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            message = f"the folder {self._path} cannot be written: {error}"
            raise SetupError(message) from error
