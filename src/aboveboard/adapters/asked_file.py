"""Enters: the port AskedMemory. Leaves: a small file that all programs of an account share.

It is written only when a question is really shown or answered; a broken one counts as nothing
asked. A second file beside it is the lock: the first one is replaced, and a lock would go with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.file_lock import try_lock, unlock
from aboveboard.device.ask import Due, within_limits
from aboveboard.model.asked import Asked, AskedBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT = 1
MOST_BYTES = 256 * 1024
TRIES, PAUSE_SECONDS = 5, 0.01
OWNER_ONLY = 0o600


class AskedFile:
    """Remembers who asked in a file of the account.

    Args:
        path: the file; its folder is made when it is first needed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def book(self) -> AskedBook:
        """Give who asked."""
        try:
            with self._path.open("rb") as stream:
                return _read(stream.read(MOST_BYTES + 1))
        except OSError:
            return AskedBook()

    def claim(self, app: str, day: date) -> bool:
        """Note down that an app asks, if it may."""

        def change(book: AskedBook) -> AskedBook | None:
            allowed = within_limits(book, app, day) is Due.DUE
            return book.with_question(app, day) if allowed else None

        return self._change(change)

    def answered(self, app: str, registry: str) -> None:
        """Note down an answer."""
        self._change(lambda book: book.with_answer(app, registry))

    def _change(self, change: Callable[[AskedBook], AskedBook | None]) -> bool:
        """Replace what is known, all or nothing, while nobody else does.

        Returns:
            Whether it is on disk; False if the change is none, too.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked() as mine:
                after = change(self.book()) if mine else None
                if after is None:
                    return False
                self._replace(_write(after))
                return True
        except OSError:
            return False

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        """Hold the lock if it can be had soon: whoever has it for longer is asking anyway."""
        place = self._path.with_suffix(".lock")
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        try:
            mine = try_lock(descriptor)
            for _ in range(TRIES):
                if mine:
                    break
                time.sleep(PAUSE_SECONDS)
                mine = try_lock(descriptor)
            yield mine
            if mine:
                unlock(descriptor)
        finally:
            os.close(descriptor)

    def _replace(self, body: bytes) -> None:
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
        part.replace(self._path)


def _write(book: AskedBook) -> bytes:
    apps = {
        app: {"asked": asked.day.isoformat(), "answered": asked.answered}
        for app, asked in sorted(book.apps.items())
    }
    return (json.dumps({"format": FORMAT, "apps": apps}, indent=2) + "\n").encode()


def _read(body: bytes) -> AskedBook:
    try:
        content: dict[str, Any] = json.loads(body) if len(body) <= MOST_BYTES else {}
        if content["format"] != FORMAT:
            return AskedBook()
        apps = {str(app): _asked(said) for app, said in content["apps"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return AskedBook()
    return AskedBook(MappingProxyType(apps))


def _asked(said: dict[str, Any]) -> Asked:
    return Asked(date.fromisoformat(said["asked"]), str(said["answered"]))
