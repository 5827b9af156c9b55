"""Enters: a connection. Leaves: requests of bounded heads that arrive in time, or their end.

What ASGI cannot see, and uvicorn does not look at: how long a head is, how slowly it comes, how
slowly a body comes, how many are connected. Nothing here costs a timer: a server that calls
``sweep`` once a second counts for all. No address is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aboveboard.model.verdict import Reason, Refused
from aboveboard.web import replies
from aboveboard.web.bodies import LATE

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

LARGEST_HEAD = 32 * 1024
"""Bytes of the first line and all headers."""
MOST_HEADERS = 100
HEAD_SECONDS = 10
BODY_SECONDS = 10
"""How long a body may take, however small it is."""
SLOWEST = 4 * 1024
"""Bytes a second that a body must bring beyond that."""
KEEP_ALIVE_SECONDS = 15

_TOO_BUSY = Refused(Reason.TOO_BUSY, "Too many are connected right now.", 10)
_TOO_SLOW = Refused(Reason.TOO_SLOW, "The request did not arrive in time.")
_HEAD_TOO_LARGE = Refused(
    Reason.HEADERS_TOO_LARGE, f"The head may have {LARGEST_HEAD} bytes and {MOST_HEADERS} headers."
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What a guard is told.

    Attributes:
        most_connections: those beyond are answered that it is too busy; twice as many are not
            answered at all.
        count: counts a refusal.
    """

    most_connections: int
    count: Callable[[Refused], object]


class Guarded(HttpToolsProtocol):
    """A connection that is watched.

    Args:
        watch: what to look for.
    """

    def __init__(self, *args: Any, watch: Watch, **named: Any) -> None:  # noqa: ANN401 uvicorn's
        super().__init__(*args, **named)
        self._watch = watch
        self._ticks = 0
        self._reading = False
        self._in_head = False
        self._head_bytes = 0
        self._body_bytes = 0
        self._surplus = False
        self._is_over = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are far too many already."""
        super().connection_made(transport)
        self._ticks = 0
        connected, most = len(self.connections), self._watch.most_connections
        self._surplus = connected > most
        if connected > 2 * most:
            self._watch.count(_TOO_BUSY)
            self._is_over = True
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on; a head that does not end is not read for ever."""
        if self._is_over:
            return
        was_in_head = self._in_head
        if not was_in_head:
            self._head_bytes = 0
        self._head_bytes += len(data)
        super().data_received(data)
        if was_in_head and self._in_head and self._head_bytes > LARGEST_HEAD:
            self.refuse(_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to count seconds and bytes of a request."""
        super().on_message_begin()
        self._ticks = self._body_bytes = 0
        self._reading = self._in_head = True

    def on_headers_complete(self) -> None:
        """Pass a request on whose head is as it should be."""
        self._in_head = False
        if self._is_over:
            return
        if self._surplus:
            self.refuse(_TOO_BUSY)
        elif self._is_head_too_large():
            self.refuse(_HEAD_TOO_LARGE)
        else:
            self.begin_request()

    def begin_request(self) -> None:
        """Hand a request over to the application."""
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._body_bytes += len(body)
        if not self._is_over:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop counting."""
        self._reading = False
        if not self._is_over:
            super().on_message_complete()

    def sweep(self) -> None:
        """Look once a second whether what is awaited takes too long."""
        self._ticks += 1
        if self._ticks <= self._patience():
            return
        waiting = self.is_answering()
        if self._reading and waiting and not self._in_head:
            self.late(_TOO_SLOW)
        elif self._reading and not waiting and self._in_head:
            self.refuse(_TOO_SLOW)
        elif self._reading or not waiting:
            self.transport.close()

    def is_answering(self) -> bool:
        """Whether a request was begun and is not answered yet."""
        cycle: Any = self.cycle  # None before the first
        return cycle is not None and not cycle.response_complete

    def late(self, refused: Refused) -> None:
        """Have the application answer a request whose body is not there."""
        self.cycle.scope[LATE] = refused  # type: ignore[literal-required]
        self.cycle.message_event.set()

    def refuse(self, refused: Refused) -> None:
        """Answer in place of the application, and end the connection."""
        self._watch.count(refused)
        self._is_over = True
        self.transport.write(replies.written(replies.of_answer(refused)))
        self.transport.close()

    def _patience(self) -> int:
        if not self._reading:
            return KEEP_ALIVE_SECONDS
        return HEAD_SECONDS if self._in_head else BODY_SECONDS + self._body_bytes // SLOWEST

    def _is_head_too_large(self) -> bool:
        if len(self.headers) > MOST_HEADERS:
            return True
        if self._head_bytes <= LARGEST_HEAD:  # all that came, with what there is of the body
            return False
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        return size > LARGEST_HEAD
