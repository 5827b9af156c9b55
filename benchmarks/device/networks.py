"""Enters: nothing. Leaves: ports of this machine on which a collector answers, or does not.

The dead ones are those that a program meets: nobody listens; a full backlog, where a connection
never comes about (as where a firewall drops everything); a server that takes the request and never
answers; one that drips an endless answer, a byte a second.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
DRIP = b"HTTP/1.1 200 OK\r\nx-slow: "


@contextlib.contextmanager
def answering() -> Iterator[int]:
    """Say 200 to everything, at once."""
    server = _Server((HOST, 0), _Yes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def closed() -> Iterator[int]:
    """Hold a port on which nobody listens."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """Take every connection and every request, and say nothing."""
    with socket.create_server((HOST, 0), backlog=1024) as listener:
        yield listener.getsockname()[1]


@contextlib.contextmanager
def full() -> Iterator[int]:
    """Listen with a backlog that is full: further connections hang."""
    with contextlib.ExitStack() as held:
        listener = held.enter_context(socket.create_server((HOST, 0), backlog=0))
        place = listener.getsockname()
        while True:
            filler = held.enter_context(socket.socket())
            filler.settimeout(0.5)
            try:
                filler.connect(place)
            except TimeoutError:
                break
        yield place[1]


@contextlib.contextmanager
def dripping() -> Iterator[int]:
    """Begin an answer at once and never end it."""
    stop = threading.Event()
    with socket.create_server((HOST, 0), backlog=1024) as listener:
        thread = threading.Thread(target=_drip, args=(listener, stop))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


DEAD: dict[str, Callable[[], AbstractContextManager[int]]] = {
    "closed": closed,
    "full": full,
    "silent": silent,
    "dripping": dripping,
}


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a program that ended hangs up in the middle."""


class _Yes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 named so by http.server

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _drip(listener: socket.socket, stop: threading.Event) -> None:
    listener.settimeout(0)
    guests: list[tuple[socket.socket, Iterator[int]]] = []
    while not stop.wait(1):
        with contextlib.suppress(BlockingIOError):
            while True:
                guests.append((listener.accept()[0], itertools.chain(DRIP, itertools.repeat(97))))
        for guest, letters in guests:
            with contextlib.suppress(OSError):  # it may have hung up
                guest.send(bytes([next(letters)]))
    for guest, _ in guests:
        guest.close()
