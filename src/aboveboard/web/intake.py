"""Enters: an ASGI request below ``/reports/``. Leaves: its answer on the native wire.

No framework: this is the path that a million installs take. The scope's ``client`` is read in
``networks`` alone, and there only where a rate is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.collector.batch import accept_all, split
from aboveboard.collector.meters import Meters
from aboveboard.collector.receive import Request
from aboveboard.model.verdict import Reason, Refused
from aboveboard.web import replies
from aboveboard.web.bodies import body_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from aboveboard.collector.accept import Acceptor
    from aboveboard.model.verdict import Kept
    from aboveboard.web.networks import Networks
    from aboveboard.web.plain import Head

    Message = MutableMapping[str, Any]
    Scope = MutableMapping[str, Any]
    Headers = Iterable[tuple[bytes, bytes]]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

PREFIX = "/reports/"
WIRE = "native"
_NOT_THERE = Refused(Reason.NO_SUCH_ADDRESS, "A report goes to /reports/{app}/{report-id}.")
_ONLY_PUT = Refused(Reason.METHOD_NOT_ALLOWED, "A report is sent with PUT, taken back with DELETE.")


class Intake:
    """The native wire as an ASGI application.

    Args:
        acceptor: takes what is sent.
        meters: count the answers.
        networks: counts how much each network sends; None where no rate is set.

    Attributes:
        acceptor: as above.
        meters: as above.
        networks: as above.
        heads: heads of requests that were read before, for all connections.
    """

    def __init__(
        self,
        acceptor: Acceptor,
        meters: Meters | None = None,
        networks: Networks | None = None,
    ) -> None:
        self.acceptor = acceptor
        self.meters = meters or Meters()
        self.networks = networks
        self.heads: dict[bytes, Head] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        app, slash, report_id = scope["path"][len(PREFIX) :].partition("/")
        if "/" in report_id or not (app and slash):
            if scope["method"] == "POST" and app and not slash:
                start, body = await self._post(app, scope, receive)
            else:
                start, body = self._refused(_NOT_THERE, app)
        elif scope["method"] != "PUT":
            start, body = self._refused(_ONLY_PUT, app)
        else:
            answer = await self._put(app, report_id, scope, receive)
            self.meters.answer(answer, WIRE, app)
            start, body = replies.of_answer(answer)
        await send(start)
        await send(body)

    def refuse(self, refused: Refused, app: str = "") -> None:
        """Count what is refused before it comes to the acceptor."""
        self.acceptor.count(refused)
        self.meters.answer(refused, WIRE, app)

    def too_much(self, scope: Scope) -> Refused | None:
        """Count a request that brings no report; tell why its network has sent too much."""
        refused = self.networks.judge(scope, 1) if self.networks is not None else None
        if refused is not None:
            self.refuse(refused, scope["path"][len(PREFIX) :].partition("/")[0])
        return refused

    def _refused(self, refused: Refused, app: str) -> tuple[Message, Message]:
        self.refuse(refused, app)
        return replies.of_answer(refused)

    async def _put(
        self, app: str, report_id: str, scope: Scope, receive: Receive
    ) -> Kept | Refused:
        body = await body_of(scope, receive, self.acceptor.limits.largest_body, self.networks)
        if isinstance(body, Refused):
            return self.acceptor.count(body)
        media_type, encoding = kinds(scope["headers"])
        return await self.acceptor.accept(Request(app, report_id, body, media_type, encoding))

    async def _post(self, app: str, scope: Scope, receive: Receive) -> tuple[Message, Message]:
        limits = self.acceptor.limits
        body = await body_of(scope, receive, limits.largest_batch, self.networks)
        if isinstance(body, Refused):
            return self._refused(body, app)
        request = Request(app, "", body, *kinds(scope["headers"]))
        lines = split(request, limits)
        if not isinstance(lines, Refused) and self.networks is not None:
            lines = self.networks.judge_batch(scope, len(lines)) or lines
        if isinstance(lines, Refused):
            self.acceptor.put_aside(request, lines)
            return self._refused(lines, app)
        answers = await accept_all(self.acceptor, app, lines)
        self.meters.answer_many(answers.answers, WIRE, app)
        return replies.of_batch(answers)


def kinds(headers: Headers) -> tuple[str, str]:
    """Give the media type and the encoding of a body."""
    media_type = encoding = b""
    for name, value in headers:
        if name == b"content-type":
            media_type = value
        elif name == b"content-encoding":
            encoding = value
    return media_type.decode("latin-1"), encoding.decode("latin-1")


async def send_json(
    send: Send, status: int, content: object, extra: list[tuple[bytes, bytes]] | None = None
) -> None:
    """Send a small JSON answer."""
    for message in replies.messages(status, replies.compact(content), extra or []):
        await send(message)
