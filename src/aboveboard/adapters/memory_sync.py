"""Enters: the port FileSync. Leaves: syncs that end when somebody says so."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable


class HeldSync:
    """Syncs nothing; tells that it did, or why not, once somebody decides so.

    Attributes:
        begun: how many syncs were begun.
    """

    def __init__(self) -> None:
        self.begun = 0
        self._held: deque[Callable[[OSError | None], None]] = deque()
        self._ended: deque[tuple[Callable[[OSError | None], None], OSError | None]] = deque()

    def start(self, descriptor: int, told: Callable[[OSError | None], None]) -> None:
        """Begin a sync, if there is such a file."""
        os.fstat(descriptor)
        self.begun += 1
        self._held.append(told)

    def watch(self, loop: AbstractEventLoop) -> None:
        """Do nothing: whoever ends a sync reaps it as well."""

    def end(self, failure: OSError | None = None) -> None:
        """Let the oldest sync end; it is told when somebody reaps."""
        self._ended.append((self._held.popleft(), failure))

    def reap(self) -> None:
        """Tell of the syncs that have ended."""
        while self._ended:
            told, failure = self._ended.popleft()
            told(failure)
