"""What is particular to the real transport, against a server that behaves badly."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.patience import PATIENCE

from aboveboard.adapters.https import MOST_ANSWER_BYTES, HttpsTransport
from aboveboard.adapters.system import SystemClock
from aboveboard.errors import SendError
from aboveboard.ports.device import Answer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

NOW, LATER = "Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 08:28:00 GMT"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
GREETING = b"\x16\x03\x03\x00\x7a" + bytes(122)
"""How a server's first words begin in TLS: a record of 122 bytes."""
DRIPPING_SECONDS = 6.0
"""What it takes at least to say 120 bytes, one by one."""
Script = Callable[[socket.socket, threading.Event], None]


class Server:
    """Reads one request per connection and then does what its script says."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.shield: Callable[[socket.socket], socket.socket] = lambda connection: connection
        self.over = threading.Event()
        self.script: Script = says(CREATED)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/reports/editor/00"
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection:
                if self.over.is_set():
                    return
                try:
                    self.answer(connection)
                except OSError:
                    continue

    def answer(self, connection: socket.socket) -> None:
        with self.shield(connection) as shielded:
            self.requests.append(whole_request(shielded))
            self.script(shielded, self.over)

    def close(self) -> None:
        self.over.set()
        socket.create_connection(self.socket.getsockname()).close()
        self.thread.join()
        self.socket.close()


def whole_request(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        lines = list(itertools.takewhile(lambda line: line != b"\r\n", stream))
        lengths = [int(line[15:]) for line in lines if line.lower().startswith(b"content-length")]
        return b"".join([*lines, b"\r\n", stream.read(sum(lengths))])


def says(text: bytes) -> Script:
    return lambda connection, _: connection.sendall(text)


def drips(text: bytes) -> Script:
    """Say a text byte by byte: slowly, but never so slowly that a single read would time out."""

    def script(connection: socket.socket, over: threading.Event) -> None:
        for place in range(len(text)):
            connection.sendall(text[place : place + 1])
            if over.wait(0.05):
                return

    return script


def holds(text: bytes = b"") -> Script:
    """Say a text and then nothing more, without hanging up."""

    def script(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(text)
        over.wait(PATIENCE)

    return script


def tunnels(server: Server) -> Script:
    """Do as a proxy does that is asked for a way to a server, and sees nothing of what goes by."""

    def script(connection: socket.socket, _: threading.Event) -> None:
        with socket.create_connection(server.socket.getsockname()) as inside:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            there = threading.Thread(target=pour, args=(connection, inside))
            there.start()
            pour(inside, connection)
            there.join()

    return script


def pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while some := source.recv(65536):
            target.sendall(some)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    yield server
    server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Give a new certificate of this machine and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = SystemClock().now()
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def tls(server: Server, certificate: Path) -> Server:
    """Give a server that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.shield = lambda connection: context.wrap_socket(connection, server_side=True)
    server.url = server.url.replace("http:", "https:")
    return server


@pytest.fixture
def proxy(tls: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Give a proxy of the network before a server that speaks TLS, and that the system trusts."""
    for name in ("no_proxy", "NO_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    proxy = Server()
    place = proxy.url.removeprefix("http://").partition("/")[0]
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:secret@{place}")
    proxy.script = tunnels(tls)
    yield proxy
    proxy.close()


def put(server: Server, timeout: float = PATIENCE) -> Answer:
    return HttpsTransport(timeout).put(server.url, b"{}", {"Content-Type": "application/json"})


def test_the_request_tells_nothing_about_the_machine(server: Server) -> None:
    put(server)

    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "PUT /reports/editor/00 HTTP/1.1"
    assert sorted(line.partition(":")[0].lower() for line in lines) == [
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    ]
    assert "User-Agent: aboveboard/1" in lines
    assert body == b"{}"


def test_no_proxy_stands_between_a_machine_and_itself(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.script = says(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    assert put(server).status == 201


def test_a_report_goes_through_a_proxy_that_learns_the_host_alone(
    proxy: Server, tls: Server
) -> None:
    assert put(tls) == Answer(201, b"")

    (asked,), (request,) = proxy.requests, tls.requests
    host = tls.url.removeprefix("https://").partition("/")[0]
    first, *lines = asked.decode().rstrip().split("\r\n")
    assert first.startswith(f"CONNECT {host} HTTP/1.")
    assert {line.partition(":")[0] for line in lines} <= {"Host", "Proxy-Authorization"}
    assert b"Proxy-Authorization: Basic YWRhOnNlY3JldA==" in asked
    assert request.startswith(b"PUT /reports/editor/00 HTTP/1.1\r\n")
    assert b"Proxy-" not in request, "what a proxy is told is no business of a collector"


def test_what_is_taken_back_goes_through_a_proxy_as_well(proxy: Server, tls: Server) -> None:
    tls.script = says(b"HTTP/1.1 204 Gone\r\n\r\n")

    answer = HttpsTransport(5).delete(tls.url, {"Authorization": "Bearer 5a"})

    assert (answer.status, len(proxy.requests)) == (204, 1)
    assert b"Bearer" not in proxy.requests[0]
    assert b"Authorization: Bearer 5a" in tls.requests[0]


def test_a_host_that_needs_no_proxy_is_asked_without_it(
    proxy: Server, tls: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "collector.example,127.0.0.1")

    assert put(tls).status == 201
    assert proxy.requests == []


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(b"HTTP/1.1 407 Who are you\r\n\r\n", id="unknown"),
        pytest.param(b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", id="forbidden"),
        pytest.param(b"HTTP/1.1 302 Sign in\r\nLocation: http://127.0.0.1/\r\n\r\n", id="portal"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", id="none"),
        pytest.param(b"", id="hangs-up"),
    ],
)
def test_a_proxy_that_lets_nobody_through_gets_no_report(
    proxy: Server, tls: Server, refusal: bytes
) -> None:
    proxy.script = says(refusal)

    with pytest.raises(SendError) as caught:
        put(tls)

    assert "secret" not in str(caught.value)
    assert (len(proxy.requests), tls.requests) == (1, [])


def test_a_certificate_is_checked_behind_a_proxy_too(
    proxy: Server, tls: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(SendError, match=r"SSLCertVerificationError|URLError"):
        put(tls)

    assert (len(proxy.requests), tls.requests) == (1, [])


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(holds(), id="says-nothing"),
        pytest.param(drips(b"HTTP/1.1 200 " + b"x" * 200), id="drips"),
    ],
)
def test_the_deadline_holds_for_a_proxy_too(proxy: Server, tls: Server, script: Script) -> None:
    proxy.script = script
    began = time.monotonic()

    with pytest.raises(SendError, match="not reached"):
        put(tls, timeout=0.3)

    assert time.monotonic() - began < DRIPPING_SECONDS


def test_the_deadline_holds_while_a_server_drips_its_greeting(
    server: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(server, "answer", lambda each: drips(GREETING)(each, server.over))
    server.url = server.url.replace("http:", "https:")
    began = time.monotonic()

    with pytest.raises(SendError, match="TimeoutError"):
        put(server, timeout=0.3)

    assert time.monotonic() - began < DRIPPING_SECONDS


@pytest.mark.parametrize(
    "status", [pytest.param(status, id=str(status)) for status in (301, 302, 303, 307, 308)]
)
def test_a_redirect_is_not_followed(server: Server, status: int) -> None:
    elsewhere = server.url.replace("editor", "elsewhere")
    server.script = says(
        f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
    )

    assert put(server) == Answer(status, b"")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("Retry-After: 120\r\n", 120, id="seconds"),
        pytest.param("retry-after:0\r\n", 0, id="small-letters"),
        pytest.param(
            "Retry-After: 5 \r\n",
            5,
            id="space-behind",
        ),
        pytest.param("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", None, id="date-alone"),
        pytest.param(f"Retry-After: {LATER}\r\nDate: {NOW}\r\n", 3600, id="date"),
        pytest.param(f"Retry-After: {NOW}\r\nDate: {LATER}\r\n", 0, id="date-that-is-over"),
        pytest.param(f"Retry-After: {LATER[:-4]}\r\nDate: {NOW}\r\n", None, id="no-zone"),
        pytest.param("Retry-After: -5\r\n", None, id="negative"),
        pytest.param("Retry-After: soon\r\n", None, id="word"),
        pytest.param("Retry-After: \u00b2\r\n", None, id="raised-digit"),
        pytest.param("Retry-After:\r\n", None, id="empty"),
        pytest.param("", None, id="none"),
        pytest.param(
            f"Retry-After: {'9' * 5000}\r\n",
            None,
            id="more-digits-than-python-reads",
        ),
    ],
)
def test_the_wish_to_wait_is_read_in_seconds(
    server: Server, header: str, seconds: int | None
) -> None:
    head = f"HTTP/1.1 503 Unavailable\r\n{header}Content-Length: 2\r\n\r\n{{}}"
    server.script = says(head.encode("latin-1"))

    assert put(server) == Answer(503, b"{}", seconds)


@pytest.mark.parametrize("status", [pytest.param(201, id="201"), pytest.param(500, id="500")])
def test_a_long_answer_is_cut(server: Server, status: int) -> None:
    body = b"x" * 100_000
    head = f"HTTP/1.1 {status} So\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    server.script = says(head + body)

    assert put(server) == Answer(status, b"x" * MOST_ANSWER_BYTES)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(says(b""), id="hangs-up"),
        pytest.param(says(b"SSH-2.0-OpenSSH\r\n\r\n"), id="speaks-something-else"),
        pytest.param(says(b"HTTP/1.1 two hundred\r\n\r\n"), id="no-status"),
        pytest.param(says(b"HTTP/1.1 201" + b"x" * 70_000), id="endless-line"),
        pytest.param(says(b"HTTP/1.1 201 So\r\n" + b"A: b\r\n" * 200 + b"\r\n"), id="many-headers"),
        pytest.param(
            says(b"HTTP/1.1 201 So\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            id="broken-chunks",
        ),
    ],
)
def test_an_answer_that_is_none_is_a_send_error(server: Server, script: Script) -> None:
    server.script = script

    with pytest.raises(SendError):
        put(server)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(holds(), id="says-nothing"),
        pytest.param(holds(b"HTTP/1.1 201 Created\r\n"), id="stops-in-the-head"),
        pytest.param(
            holds(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"), id="stops-in-the-body"
        ),
        pytest.param(
            holds(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 9\r\n\r\n{"),
            id="stops-in-the-body-of-an-error",
        ),
        pytest.param(
            drips(CREATED),
            id="drips",
        ),
    ],
)
def test_a_server_that_does_not_come_to_an_end_is_a_send_error(
    server: Server, script: Script
) -> None:
    server.script = script

    with pytest.raises(SendError, match="TimeoutError"):
        put(server, timeout=0.3)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://", id="no-host"),
        pytest.param("http://127.0.0.1:port/", id="no-port"),
        pytest.param("http://127.0.0.1/a b", id="space"),
        pytest.param(
            "no address",
            id="no-scheme",
        ),
    ],
)
def test_an_address_that_is_none_is_a_send_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")

    with pytest.raises(SendError):
        HttpsTransport(0.3).put(url, b"{}", {})


def test_the_reason_names_the_kind_of_failure_and_no_address(server: Server) -> None:
    server.script = holds()

    with pytest.raises(SendError) as caught:
        put(server, timeout=0.2)

    assert str(caught.value) == "not reached (TimeoutError)"


def test_a_slow_start_leaves_no_more_time_for_the_rest(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def resolve_slowly(*asked: Any) -> Any:  # noqa: ANN401 it hands over what it is given
        server.over.wait(0.4)
        return resolve(*asked)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_slowly)
    told = bytearray()

    def script(connection: socket.socket, over: threading.Event) -> None:
        for byte in CREATED:
            connection.sendall(bytes([byte]))
            told.append(byte)
            if over.wait(0.05):
                return

    server.script = script

    with pytest.raises(SendError, match="TimeoutError"):
        put(server, timeout=0.2)

    assert len(told) < len(CREATED)


def test_a_certificate_that_the_system_trusts_is_accepted(
    tls: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert put(tls) == Answer(201, b"")
    assert len(tls.requests) == 1


def test_a_certificate_that_the_system_does_not_trust_gets_no_report(tls: Server) -> None:
    with pytest.raises(SendError):
        put(tls)

    assert tls.requests == []


def test_a_server_that_speaks_no_tls_gets_no_report(server: Server) -> None:
    server.url = server.url.replace("http:", "https:")

    with pytest.raises(SendError):
        put(server, timeout=0.5)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(holds(), id="says-nothing"),
        pytest.param(drips(CREATED), id="drips"),
    ],
)
def test_the_deadline_holds_behind_tls_too(
    tls: Server, certificate: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls.script = script

    with pytest.raises(SendError, match="TimeoutError"):
        put(tls, timeout=0.5)
