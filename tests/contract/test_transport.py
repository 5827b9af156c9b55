"""The contract of the port Transport, run over all its adapters."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.https import HttpsTransport
from aboveboard.adapters.memory import MemoryTransport
from aboveboard.errors import SendError
from aboveboard.ports.device import Answer, Transport
from aboveboard.ports.sending import Poster

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PATH = "/reports/editor/00"
HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


@dataclass
class Collector:
    """What a collector saw, and what it answers."""

    answer: Answer = field(default_factory=lambda: Answer(201, b'{"code":"kept"}'))
    seen: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)


@dataclass
class Line:
    """A transport with a collector at its other end."""

    transport: Transport
    base: str
    collector: Collector

    def put(self, body: bytes = b"{}") -> Answer:
        return self.transport.put(self.base + PATH, body, HEADERS)


def handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            collector.seen.append((self.path, body, dict(self.headers)))
            self.send_response(collector.answer.status)
            if collector.answer.retry_after is not None:
                self.send_header("Retry-After", str(collector.answer.retry_after))
            self.send_header("Content-Length", str(len(collector.answer.body)))
            self.end_headers()
            self.wfile.write(collector.answer.body)

        def do_DELETE(self) -> None:
            self.do_PUT()

        def do_POST(self) -> None:
            self.do_PUT()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def server(collector: Collector) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(collector))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def nobody() -> Iterator[str]:
    """Give an address at which nobody listens, and nobody else can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(params=[pytest.param("memory", id="memory"), pytest.param("https", id="https")])
def adapter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("no_proxy", "*")
    return str(request.param)


@pytest.fixture
def line(adapter: str, collector: Collector, request: pytest.FixtureRequest) -> Line:
    if adapter == "https":
        return Line(HttpsTransport(5), request.getfixturevalue("server"), collector)

    def answer(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        collector.seen.append((url.removeprefix("http://collector"), body, headers))
        return collector.answer

    return Line(MemoryTransport(answer), "http://collector", collector)


@pytest.fixture
def dead(adapter: str, collector: Collector, nobody: str) -> Line:
    transport = HttpsTransport(5) if adapter == "https" else MemoryTransport(None)
    return Line(transport, nobody, collector)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25
)
@given(body=st.binary(min_size=1, max_size=2000))
def test_the_bytes_arrive_as_they_are_at_their_address(line: Line, body: bytes) -> None:
    line.collector.seen.clear()

    line.put(body)

    ((path, arrived, headers),) = line.collector.seen
    assert (path, arrived) == (PATH, body)
    assert {name: headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "status", [pytest.param(status, id=str(status)) for status in (200, 201, 302, 400, 404, 503)]
)
def test_every_answer_comes_back_as_a_value(line: Line, status: int) -> None:
    line.collector.answer = Answer(status, b'{"code":"said"}')

    assert line.put() == Answer(status, b'{"code":"said"}')


@pytest.mark.parametrize("status", [pytest.param(201, id="201"), pytest.param(503, id="503")])
def test_the_wish_to_wait_comes_back(line: Line, status: int) -> None:
    line.collector.answer = Answer(status, b"", retry_after=30)

    assert line.put().retry_after == 30


def test_a_transport_may_be_used_again(line: Line) -> None:
    for _ in range(3):
        line.put()

    assert len(line.collector.seen) == 3


def test_a_wish_to_delete_arrives_without_a_body(line: Line) -> None:
    line.collector.answer = Answer(202, b'{"receipt":"signed"}', retry_after=5)

    answer = line.transport.delete(line.base + PATH, {"Authorization": "Bearer 1234"})

    assert answer == line.collector.answer
    ((path, body, headers),) = line.collector.seen
    assert (path, body, headers["Authorization"]) == (PATH, b"", "Bearer 1234")


def test_without_an_answer_it_is_a_send_error(dead: Line) -> None:
    with pytest.raises(SendError) as caught:
        dead.put()

    assert str(caught.value)
    assert dead.collector.seen == []


def test_a_body_may_be_posted_as_well(line: Line) -> None:
    poster = cast("Poster", line.transport)

    assert poster.post(line.base + "/mp/collect", b"{}", HEADERS) == line.collector.answer

    ((path, arrived, _),) = line.collector.seen
    assert (path, arrived) == ("/mp/collect", b"{}")


def test_without_an_answer_nothing_is_deleted_either(dead: Line) -> None:
    with pytest.raises(SendError):
        dead.transport.delete(dead.base + PATH, {})
    assert dead.collector.seen == []
