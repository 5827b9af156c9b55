"""Enters: nothing. Leaves: what a follower needs of a log that somebody else keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Source(Protocol):
    """A log as others serve it; nothing of what it gives is to be believed unchecked.

    Every method may raise SendError or LogError: it cannot be reached or read.
    """

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint."""
        ...

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Give leaves from ``start`` up to before ``end``, or only the first of them."""
        ...

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Give the proof that the log only grew from one size to another."""
        ...

    def blob(self, name: str) -> bytes | None:
        """Give a content by its SHA-256, or None if it has none."""
        ...


class RegistrySource(Source, Protocol):
    """A log that can be asked for one app's registry, as a collector serves it."""

    def registry(self, app: str, fingerprint: str = "") -> bytes | None:
        """Give the newest entry of an app's registry, or that of one version, with its proof.

        Returns:
            What ``proven.read`` reads, or None if the log has no such entry.
        """
        ...
