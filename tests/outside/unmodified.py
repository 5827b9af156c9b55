"""Clients of others, run as they are, and what stands between them and a server.

``make clients`` installs them. Nothing here imports anything of ours.
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from tests.needed import need
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CLIENTS = Path(__file__).parents[2] / ".venv" / "clients"


@dataclass(frozen=True)
class Client:
    """A client.

    Attributes:
        folder: below ``.venv/clients``, where it lies.
        program: what is run with it; its arguments are a key and an address.
        node: whether it is written for Node, and not for Python.
    """

    folder: str
    program: str
    node: bool = False

    def run(self, key: str, address: str) -> str:
        """Run the program to its end; give what it printed."""
        folder = installed(self.folder)
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 of the child
        node = shutil.which("node") or "node"
        words = [node, "-e"] if self.node else [sys.executable, "-c"]
        done = subprocess.run(
            [*words, self.program, key, address],
            cwd=folder,
            env=known if self.node else {**known, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def installed(name: str) -> Path:
    """Give the folder of a client; where there is none, skip, or fail if it must be there."""
    folder = CLIENTS / name
    need("this client", there=folder.is_dir())
    return folder


@dataclass(frozen=True)
class Seen:
    """A request as it came, and as it was answered.

    Attributes:
        path: that was asked for.
        headers: with lower-case names.
        body: as it travelled.
        status: of the answer; 0 for none.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Front:
    """What stands before a collector, passes requests on, and can be told to answer itself.

    Attributes:
        host: to which requests are passed on.
        first: the answers to the first requests; None gives none at all.
        seen: the requests that came.
        before_none: is called before no answer is given.
    """

    host: str
    first: list[Told | None] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    before_none: Callable[[Front], None] = lambda _: None

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Told | None:
        """Answer a request."""
        if not self.first:
            told: Told | None = passed_on(self.host, path, headers, body)
        else:
            told = self.first.pop(0)
            if told is None:
                passed_on(self.host, path, headers, body)
                self.before_none(self)
        self.seen.append(Seen(path, headers, body, told.status if told else 0))
        return told

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve as long as the block lasts; give the address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def passed_on(host: str, path: str, headers: Mapping[str, str], body: bytes) -> Told:
    """Ask a server the same."""
    connection = http.client.HTTPConnection(host, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        return Told(answer.status, tuple(answer.getheaders()), answer.read())
    finally:
        connection.close()


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = front.answer(self.path, headers, body)
            if told is None:
                self.close_connection = True
                return
            self.send_response_only(told.status)
            for name, value in told.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is its own."""

    return Handler
