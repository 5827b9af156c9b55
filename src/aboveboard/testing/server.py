"""Enters: what a collector does with a request. Leaves: it does so at an address of this machine.

For programs that run as they are: in a process of their own, over a real connection.
"""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from aboveboard.testing.acts import Silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboveboard.ports.device import Answer

    Take = Callable[[str, str, dict[str, str], bytes], Answer | Silence]

DRIP_SECONDS = 0.05
PATIENCE_SECONDS = 5.0
"""How long a client may take to send what it has announced."""
MOST_BYTES = 8 * 1024 * 1024


@contextlib.contextmanager
def serve(take: Take) -> Iterator[str]:
    """Answer at a free port of this machine, as long as the block lasts.

    Args:
        take: gives the reply to method, address, headers (names in lower case) and body.
    """
    over = threading.Event()
    server = _Server(("127.0.0.1", 0), _handler(take, over))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # whoever still answers is waited for, so that nothing runs on unseen


def _handler(take: Take, over: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout: ClassVar[float | None] = PATIENCE_SECONDS

        def answer(self) -> None:
            """Take a request, and reply."""
            with contextlib.suppress(OSError):  # whoever asked is gone
                body = self.rfile.read(min(_length(self.headers.get("Content-Length")), MOST_BYTES))
                headers = {name.lower(): value for name, value in self.headers.items()}
                url = f"http://{self.headers.get('Host', '')}{self.path}"
                match take(self.command, url, headers, body):
                    case Silence.HANG:
                        over.wait()
                    case Silence.DRIP:
                        self._drip()
                    case Silence.CLOSE:
                        pass
                    case reply:
                        self._say(reply)

        do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815 the base class's names

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is its own."""

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.retry_after is not None:
                self.send_header("Retry-After", str(answer.retry_after))
            self.end_headers()
            self.wfile.write(answer.body)

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
            while not over.wait(DRIP_SECONDS):
                self.wfile.write(b".")

    return Handler


def _length(announced: str | None) -> int:
    known = announced is not None and announced.isascii() and announced.isdigit()
    return int(announced[:20]) if announced is not None and known else 0
