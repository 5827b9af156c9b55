"""Enters: an ASGI request. Leaves: its whole body, or why it is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.collector.receive import too_large
from aboveboard.model.verdict import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from aboveboard.web.networks import Networks

    Message = MutableMapping[str, Any]
    Scope = MutableMapping[str, Any]
    Headers = Iterable[tuple[bytes, bytes]]
    Receive = Callable[[], Awaitable[Message]]

LATE = "aboveboard.late"
"""A server that watches the clock puts a Refused under this key of the scope, and wakes us."""
SMALL_BYTES = 4096
"""Of many parts that are smaller, the objects would take more room than the bytes."""
_BROKEN_OFF = Refused(Reason.INCOMPLETE_BODY, "The connection ended before the body did.")


class _Parts:
    """Parts of a body, copied once; small ones take little more room than their bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._small = bytearray()

    def add(self, part: bytes) -> None:
        """Add the next part."""
        if len(part) < SMALL_BYTES:
            self._small += part
            return
        self._flush()
        self._parts.append(part)

    def _flush(self) -> None:
        if self._small:
            self._parts.append(bytes(self._small))
            self._small = bytearray()

    def whole(self) -> bytes:
        """Give all of it."""
        self._flush()
        return b"".join(self._parts)


async def body_of(
    scope: Scope, receive: Receive, most: int, networks: Networks | None
) -> bytes | Refused:
    """Read a body, unless it is known to be unwelcome before that.

    Args:
        scope: the request's.
        receive: gives its parts.
        most: bytes that it may have.
        networks: counts how much each network sends; None where no rate is set.
    """
    if (unwelcome := judge(scope, most, networks)) is not None:
        return unwelcome
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        return whole if len(whole) <= most else too_large(most)
    parts = _Parts()
    refused = await _rest(message, scope, receive, most, parts.add)
    return parts.whole() if refused is None else refused


def judge(scope: Scope, most: int, networks: Networks | None) -> Refused | None:
    """Tell why a body is not read, as far as that is known before; the rest as above."""
    if networks is not None and (refused := networks.judge(scope, 1)) is not None:
        return refused
    return too_large(most) if announced(scope["headers"]) > most else None


async def pieces_of(
    scope: Scope, receive: Receive, most: int, take: Callable[[bytes], object]
) -> Refused | None:
    """Pass a body on as it comes; give why it is not read to its end.

    Args:
        scope: the request's.
        receive: gives its parts.
        most: bytes that it may have.
        take: is called with each part.
    """
    return await _rest(await receive(), scope, receive, most, take)


async def _rest(
    message: Message, scope: Scope, receive: Receive, most: int, take: Callable[[bytes], object]
) -> Refused | None:
    """Read a body that comes in parts."""
    size = 0
    while True:
        if LATE in scope:
            late: Refused = scope[LATE]
            return late
        if message["type"] == "http.disconnect":
            return _BROKEN_OFF
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most:
            return too_large(most)
        take(part)
        if not message.get("more_body", False):
            return None
        message = await receive()


def announced(headers: Headers) -> int:
    """Give the length that a body is said to have; 0 where nothing is said."""
    for name, value in headers:
        if name == b"content-length":
            return int(value[:20]) if value.isdigit() else 0
    return 0
