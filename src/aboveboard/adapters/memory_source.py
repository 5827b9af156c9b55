"""Enters: a transparency log of this process. Leaves: it is asked as if it were far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.transparency import proven

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.transparency.log import TransparencyLog


class MemorySource:
    """A log that is reached without a network, or not at all.

    Attributes:
        log: the log; None as long as it is not reached.
        asked: how often something was asked of it.
    """

    def __init__(self, log: TransparencyLog | None) -> None:
        self.log = log
        self.asked = 0

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint."""
        return self._reach().checkpoint()

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Give leaves."""
        return self._reach().entries(start, end)

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Give the proof that the log only grew; nothing if it is too small for one."""
        try:
            return self._reach().consistency(old, new)
        except ValueError:
            return ()

    def blob(self, name: str) -> bytes | None:
        """Give a content."""
        return self._reach().blob(name)

    def registry(self, app: str, fingerprint: str = "") -> bytes | None:
        """Give the newest entry of an app's registry, or that of one version, with its proof."""
        log = self._reach()
        newest = log.latest_registry(app)
        index = log.find_registry(app, fingerprint) if fingerprint else newest and newest[0]
        return None if index is None else proven.write(log.proven(index))

    def _reach(self) -> TransparencyLog:
        self.asked += 1
        if self.log is None:
            message = "the log was not reached"
            raise SendError(message)
        return self.log
