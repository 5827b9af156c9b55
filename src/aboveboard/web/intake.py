"""Enters: an ASGI request below ``/reports/``. Leaves: its answer on the native wire.

No framework: this is the path that a million installs take. The scope's ``client`` is never read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboveboard.collector.meters import Meters
from aboveboard.collector.receive import Request, too_large
from aboveboard.model.verdict import Kept, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from aboveboard.collector.accept import Acceptor

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

RETRY_AFTER_SECONDS = 60
PREFIX = "/reports/"
WIRE = "native"
PARTS = 2
_NOT_THERE = Refused(Reason.NO_SUCH_ADDRESS, "A report goes to /reports/{app}/{report-id}.")
_ONLY_PUT = Refused(Reason.METHOD_NOT_ALLOWED, "A report is sent with PUT, taken back with DELETE.")
_BROKEN_OFF = Refused(Reason.INCOMPLETE_BODY, "The connection ended before the body did.")


class Intake:
    """The native wire as an ASGI application."""

    def __init__(self, acceptor: Acceptor, meters: Meters | None = None) -> None:
        self._acceptor = acceptor
        self._meters = meters or Meters()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        parts = str(scope["path"])[len(PREFIX) :].split("/")
        if len(parts) != PARTS:
            answer: Kept | Refused = self._acceptor.count(_NOT_THERE)
        elif scope["method"] != "PUT":
            answer = self._acceptor.count(_ONLY_PUT)
        else:
            answer = await self._put(parts[0], parts[1], scope, receive)
        self._meters.answer(answer, WIRE, parts[0])
        await _send_answer(send, answer)

    async def _put(
        self, app: str, report_id: str, scope: MutableMapping[str, Any], receive: Receive
    ) -> Kept | Refused:
        headers = _headers(scope)
        body = await self._body(headers.get("content-length", ""), receive)
        if isinstance(body, Refused):
            return self._acceptor.count(body)
        media_type = headers.get("content-type", "")
        encoding = headers.get("content-encoding", "")
        return await self._acceptor.accept(Request(app, report_id, body, media_type, encoding))

    async def _body(self, announced: str, receive: Receive) -> bytes | Refused:
        limits = self._acceptor.limits
        known = announced.isascii() and announced.isdigit()
        if known and int(announced[:20]) > limits.largest_body:
            return too_large(limits)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return _BROKEN_OFF
            body += message.get("body", b"")
            if len(body) > limits.largest_body:
                return too_large(limits)
            if not message.get("more_body", False):
                return bytes(body)


def _headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _send_answer(send: Send, answer: Kept | Refused) -> None:
    if isinstance(answer, Kept):
        code = "repeated" if answer.repeated else "kept"
        content: dict[str, object] = {"code": code, "aside": answer.aside}
        if answer.answered:
            content["answered"] = sorted(answer.answered)
        await send_json(send, 200 if answer.repeated else 201, content)
        return
    extra = []
    if answer.reason is Reason.CANNOT_KEEP:
        extra.append((b"retry-after", str(RETRY_AFTER_SECONDS).encode()))
    if answer.reason is Reason.METHOD_NOT_ALLOWED:
        extra.append((b"allow", b"PUT, DELETE"))
    content = {"code": answer.reason.value, "detail": answer.detail}
    await send_json(send, answer.reason.status, content, extra)


async def send_json(
    send: Send, status: int, content: object, extra: list[tuple[bytes, bytes]] | None = None
) -> None:
    """Send a small JSON answer."""
    body = json.dumps(content, separators=(",", ":")).encode() + b"\n"
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *(extra or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
