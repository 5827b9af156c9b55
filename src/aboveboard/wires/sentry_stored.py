"""Enters: one event as older clients send it, in pieces. Leaves: it as an envelope."""

from __future__ import annotations

import base64

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.codecs import inflate
from aboveboard.wires.sentry_envelope import LARGEST_ITEM, Envelope, Item

LARGEST_STORED = 2 * 1024 * 1024
"""Bytes of an event in an envelope's place, which may be packed and in base64."""


class StoredReader:
    """Gathers one event that comes without an envelope."""

    def __init__(self) -> None:
        self._content = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take a piece; what is too large is thrown away, all but its size."""
        self._content += piece[: LARGEST_STORED + 1 - len(self._content)]

    def end(self) -> Envelope | Refused | None:
        """Give it as an envelope that holds nothing else."""
        if len(self._content) > LARGEST_STORED:
            return Refused(Reason.TOO_LARGE_INFLATED, "Too large for one event.")
        return _stored(bytes(self._content))


def _stored(content: bytes) -> Envelope | None:
    """Read one event as older clients send it, some of them packed and in base64."""
    if not content.lstrip().startswith(b"{"):
        try:
            content = base64.b64decode(content, validate=True)
        except ValueError:
            return None
        plain = inflate(content, "deflate", LARGEST_ITEM)
        if isinstance(plain, Refused):
            return None
        content = plain
    large = len(content) > LARGEST_ITEM
    return Envelope({}, [Item("event", b"" if large else content, large)])
