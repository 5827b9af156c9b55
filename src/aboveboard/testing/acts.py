"""Enters: what a test wants of its collector. Leaves: one act per request, and what was asked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.ports.device import Answer


class Silence(enum.StrEnum):
    """How a collector gives no answer."""

    HANG = "hang"
    """It takes the request and says nothing."""
    DRIP = "drip"
    """It says a little every now and then, and never all of it."""
    CLOSE = "close"
    """It ends the connection."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a collector does with one request.

    Attributes:
        reply: the answer, or how it gives none.
        keeps: whether it keeps the report all the same, so that only its answer is lost.
    """

    reply: Answer | Silence
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came.

    Attributes:
        method: ``PUT``, or ``DELETE`` where a report is taken back.
        url: the whole address.
        headers: their names in lower case.
        body: the bytes that travelled, compressed or sealed as they were.
        reply: the answer that it got, or how it got none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    reply: Answer | Silence

    @property
    def status(self) -> int:
        """The status of the answer; 0 if there was none."""
        return 0 if isinstance(self.reply, Silence) else self.reply.status
