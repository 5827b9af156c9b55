"""Enters: the port Transport. Leaves: one request of the standard library, bounded in time."""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.ports import Answer

if TYPE_CHECKING:
    from email.message import Message
    from types import TracebackType
    from typing import IO, Self

MOST_ANSWER_BYTES = 4096
MOST_RETRY_DIGITS = 9
USER_AGENT = "aboveboard/1"


class _Deadline:
    """Ends a delivery when its time is over, also where a server drips byte after byte.

    Attributes:
        passed: whether it ended one.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def watch(self, connected: socket.socket) -> None:
        """End this one too, at once if the time is over already."""
        self._sockets.append(connected)
        if self.passed:
            self._end()

    def _end(self) -> None:
        self.passed = True
        for connected in self._sockets:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


class _Http(http.client.HTTPConnection):
    """A connection that a deadline watches."""

    def __init__(self, host: str, timeout: float, *, deadline: _Deadline) -> None:
        super().__init__(host, timeout=timeout)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self._deadline.watch(self.sock)


class _Https(http.client.HTTPSConnection):
    """The same with TLS, verified against the system's certificates."""

    def __init__(self, host: str, timeout: float, *, deadline: _Deadline) -> None:
        super().__init__(host, timeout=timeout, context=ssl.create_default_context())
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self._deadline.watch(self.sock)


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens connections that a deadline watches."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._http = functools.partial(_Http, deadline=deadline)
        self._https = functools.partial(_Https, deadline=deadline)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._http, req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._https, req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A report goes where its registry says, or nowhere."""

    def redirect_request(  # noqa: PLR0913, PLR0917 the base class's own signature
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


class HttpsTransport:
    """Sends with the system's proxies and certificates; follows no redirect.

    The user agent is the same for every version and machine: it must tell nothing that the report
    does not.

    Args:
        timeout_seconds: how long one delivery may take, from the first byte to the last.
    """

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body with PUT."""
        deadline = _Deadline(self._timeout)
        try:
            with deadline:
                answer = self._put(deadline, url, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            name = "TimeoutError" if deadline.passed else type(error).__name__
            message = f"not reached ({name})"
            raise SendError(message) from error
        if deadline.passed:
            message = "not reached (TimeoutError)"
            raise SendError(message)
        return answer

    def _put(self, deadline: _Deadline, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        named = {**headers, "User-Agent": USER_AGENT}
        request = urllib.request.Request(url, body, named, method="PUT")  # noqa: S310 the registry reader lets only http(s) through
        handlers: list[urllib.request.BaseHandler] = [_Handler(deadline), _NoRedirect()]
        if url.startswith("http:"):
            # The registry reader lets plain http through for this machine alone, and no proxy
            # of a network stands between a machine and itself.
            handlers.append(urllib.request.ProxyHandler({}))
        opener = urllib.request.build_opener(*handlers)
        try:
            with opener.open(request, timeout=self._timeout) as response:
                return _answer(response.status, response.read(MOST_ANSWER_BYTES), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(MOST_ANSWER_BYTES), error.headers)


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    later = headers.get("Retry-After", "").strip()
    known = later.isascii() and later.isdigit() and len(later) <= MOST_RETRY_DIGITS
    return Answer(status, body, int(later) if known else None)
