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
_BROKEN_OFF = Refused(Reason.INCOMPLETE_BODY, "The connection ended before the body did.")


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
    if networks is not None and (refused := networks.judge(scope, 1)) is not None:
        return refused
    if announced(scope["headers"]) > most:
        return too_large(most)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        return whole if len(whole) <= most else too_large(most)
    return await _rest(message, scope, receive, most)


async def _rest(message: Message, scope: Scope, receive: Receive, most: int) -> bytes | Refused:
    """Read a body that comes in parts."""
    body = bytearray()
    while True:
        if LATE in scope:
            late: Refused = scope[LATE]
            return late
        if message["type"] == "http.disconnect":
            return _BROKEN_OFF
        body += message.get("body", b"")
        if len(body) > most:
            return too_large(most)
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()


def announced(headers: Headers) -> int:
    """Give the length that a body is said to have; 0 where nothing is said."""
    for name, value in headers:
        if name == b"content-length":
            return int(value[:20]) if value.isdigit() else 0
    return 0
