"""Enters: a request of a foreign client. Leaves: what it said, and the answer that it expects.

What every wire is made of. A wire is pure: it reads bytes and headers, and it is told all that it
must know when it is made. Whoever serves it keeps what was said before the answer is given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

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
            lower-case codes with underscores, which are counted and shown to the operator.
        app: whose they were; ``""`` for that of the first message that was understood.
    """

    answer: Answer
    said: Sequence[Said] = ()
    discarded: Counter[str] = field(default_factory=Counter)
    app: str = ""


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

    def too_large(self) -> Answer:
        """Give the answer to a body with too many bytes."""
        ...

    def later(self) -> Answer:
        """Give the answer when nothing can be kept right now, so that the client tries again."""
        ...
