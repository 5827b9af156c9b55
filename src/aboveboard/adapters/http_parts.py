"""Enters: a deadline. Leaves: the standard library's HTTP, ended in time and never redirected."""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import Message
    from types import TracebackType
    from typing import IO, Self

USER_AGENT = "aboveboard/1"
"""The same for every version and machine: it must tell nothing that a report does not."""


def opener(url: str, deadline: Deadline) -> urllib.request.OpenerDirector:
    """Make what opens an address, with the system's proxies and certificates."""
    handlers: list[urllib.request.BaseHandler] = [Handler(deadline), NoRedirect()]
    if url.startswith("http:"):
        # The registry reader lets plain http through for this machine alone, and no proxy
        # of a network stands between a machine and itself.
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


class Deadline:
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
        for connected in self._sockets:
            connected.close()

    def connect(self, *where: Any) -> socket.socket:  # noqa: ANN401 what http.client says
        """Connect as ``socket.create_connection`` does, and end that too when the time is over."""
        connected = socket.create_connection(*where)
        # One of its own: TLS takes the other one over, and it alone tells that it is ended.
        self._sockets.append(connected.dup())
        if self.passed:
            self._end()
        return connected

    def _end(self) -> None:
        self.passed = True
        for connected in self._sockets:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


class _Http(http.client.HTTPConnection):
    """A connection that a deadline watches from its first byte, also what it says to a proxy."""

    def __init__(self, host: str, timeout: float, *, deadline: Deadline) -> None:
        super().__init__(host, timeout=timeout)
        self._create_connection = deadline.connect


class _Https(http.client.HTTPSConnection):
    """The same with TLS, verified against the system's certificates."""

    def __init__(self, host: str, timeout: float, *, deadline: Deadline) -> None:
        super().__init__(host, timeout=timeout, context=ssl.create_default_context())
        self._create_connection = deadline.connect


class Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens connections that a deadline watches."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._http = functools.partial(_Http, deadline=deadline)
        self._https = functools.partial(_Https, deadline=deadline)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open without TLS."""
        return self.do_open(self._http, req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open with TLS."""
        return self.do_open(self._https, req)


class NoRedirect(urllib.request.HTTPRedirectHandler):
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
        """Go nowhere else."""
        return
