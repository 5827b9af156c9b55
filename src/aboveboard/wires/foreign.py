"""Enters: a request of a foreign client. Leaves: what it said, and the answer that it expects.

What every wire is made of. A wire is pure: it reads bytes and headers, and it is told all that it
must know when it is made. Whoever serves it keeps what was said before the answer is given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aboveboard.wires import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.said import Said

TEXT = "text/plain"
JSON = "application/json"
GIF = "image/gif"
SOONER_OR_LATER = 60
"""Seconds after which a client that can wait may come again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, without anything that tells who sent it.

    Attributes:
        method: in capitals.
        path: decoded, with its leading slash.
        query: as it stood behind the question mark.
        headers: lower-case name to value; neither the address nor the user agent is among them,
            but the name and version of a client may be, under ``user-agent``, as the first word.
        body: at most as many bytes as the wire takes; compression is not undone.
        received: seconds since the epoch.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: float = 0.0

    def value(self, name: str) -> str:
        """Give the first value of a query's name, ``""`` if there is none, or far too many.

        Example:
            >>> Asked("GET", "/security", "id=abc&os=linux").value("os")
            'linux'
        """
        try:
            pairs = queries.pairs(self.query)
        except ValueError:
            return ""
        return next((value for key, value in pairs if key == name), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, to the byte.

    Attributes:
        status: of HTTP.
        body: may be empty.
        media_type: ``""`` for no ``Content-Type`` at all.
        headers: further ones, lower-case.
    """

    status: int
    body: bytes = b""
    media_type: str = TEXT
    headers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a request said, and how it is answered once all of it is on disk.

    Attributes:
        answer: if it can be kept.
        said: its messages; there may be none.
        discarded: how many messages were dropped before a registry was asked, by reason: short
            lower-case codes with underscores, which are counted and shown to the operator. Whoever
            is answered with a status of 400 or more finds the reason here.
        app: whose they were; ``""`` for that of the first message that was understood.
        client: name and version of who sent them, as ``Said.version``; ``""`` for that of the first
            message that was understood, or else for what the user agent says.
    """

    answer: Answer
    said: Sequence[Said] = ()
    discarded: Counter[str] = field(default_factory=Counter)
    app: str = ""
    client: str = ""


class Reading(Protocol):
    """A request whose body is read while it comes."""

    @property
    def memory(self) -> int:
        """Bytes that it may take until it ends."""
        ...

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body."""
        ...

    def end(self) -> Understood:
        """Tell what the request said; never raises, whatever the bytes were."""
        ...


class Wire(Protocol):
    """A foreign wire.

    Attributes:
        name: as settings, metrics and the quarantine call it: ``segment``.
        largest: bytes of a body as it travels; more is answered by ``too_large``.
    """

    name: str
    largest: int

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire, by its method and path alone."""
        ...

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises, whatever the bytes are."""
        ...

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer to a body with too many bytes; there is none in what was asked."""
        ...

    def later(self, asked: Asked) -> Answer:
        """Give the answer when nothing can be kept right now, so that the client tries again."""
        ...


@runtime_checkable
class Streaming(Wire, Protocol):
    """A wire that can read a body while it comes, because some are too large to lie in memory."""

    def reading(self, asked: Asked) -> Reading:
        """Begin to read a request by its head.

        Args:
            asked: it, without its body.
        """
        ...
