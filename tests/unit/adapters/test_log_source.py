from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.file_ledger import FileLedger
from aboveboard.adapters.log_source import MOST_BLOB_BYTES, FolderSource, HttpSource, source
from aboveboard.errors import LogError, SendError
from aboveboard.transparency.hashes import content_name, to_base64
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.source import Source

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@dataclass
class Script:
    """What a server answers, and what it was asked."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause: threading.Event | None = None
    asked: list[str] = field(default_factory=list)


def handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append(self.path)
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            if script.pause is not None:
                script.pause.wait(PATIENCE)
            self.wfile.write(script.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(script))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_served_comes_as_it_is(server: str, script: Script) -> None:
    log = HttpSource(server)
    script.body = b"one\ntwo\n"
    assert log.checkpoint() == b"one\ntwo\n"
    assert log.entries(3, 5) == [b"one", b"two"]
    assert log.blob("0" * 64) == b"one\ntwo\n"
    asked = ["/log/checkpoint", "/log/entries?start=3&end=5", f"/log/blobs/{'0' * 64}"]
    assert script.asked == asked


def test_no_more_entries_are_none(server: str) -> None:
    assert HttpSource(server).entries(3, 5) == []


def test_a_proof_is_read(server: str, script: Script) -> None:
    step = to_base64(bytes(32))
    script.body = b'{"proof":["%s"]}' % step.encode()
    assert HttpSource(server).consistency(1, 2) == (bytes(32),)
    assert script.asked == ["/log/consistency?old=1&new=2"]


@pytest.mark.parametrize("body", [b"", b"[" * 60_000, b"[]", b"{}", b'{"proof":["x"]}'])
def test_what_is_no_proof_proves_nothing(body: bytes, server: str, script: Script) -> None:
    script.body = body
    assert HttpSource(server).consistency(1, 2) == ()


def test_a_content_that_is_not_there_is_none(server: str, script: Script) -> None:
    script.status = 404
    assert HttpSource(server).blob("0" * 64) is None
    with pytest.raises(SendError, match=r"there is no log at .*Check the address"):
        HttpSource(server).checkpoint()


@pytest.mark.parametrize("status", [302, 500])
def test_another_answer_is_an_error_that_tells_it(status: int, server: str, script: Script) -> None:
    script.status, script.headers = status, {"Location": "/elsewhere"}
    with pytest.raises(SendError, match=f"status {status}"):
        HttpSource(server).checkpoint()
    assert script.asked == ["/log/checkpoint"]


def test_an_answer_without_end_is_cut_off(server: str, script: Script) -> None:
    script.body = b"x" * (MOST_BLOB_BYTES + 1)
    with pytest.raises(SendError, match="more than"):
        HttpSource(server).blob("0" * 64)


def test_an_answer_that_takes_too_long_is_given_up(server: str, script: Script) -> None:
    script.body, script.pause = b"late", threading.Event()
    try:
        with pytest.raises(SendError, match="TimeoutError"):
            HttpSource(server, timeout_seconds=0.3).checkpoint()
    finally:
        script.pause.set()


def test_an_address_at_which_nobody_answers_is_an_error() -> None:
    with pytest.raises(SendError, match="was not reached"):
        HttpSource("http://127.0.0.1:1/log").checkpoint()
    with pytest.raises(SendError, match="was not reached"):
        HttpSource("http://127.0.0.1:nonsense/log").checkpoint()


def test_a_folder_is_a_source(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path)
    ledger.append([b"one", b"two", b"three"])
    ledger.put(b"blob")
    (tmp_path / "checkpoint").write_bytes(b"note")
    log: Source = source(str(tmp_path))
    assert isinstance(log, FolderSource)
    assert log.checkpoint() == b"note"
    assert log.entries(1, 9) == [b"two", b"three"]
    tree = Tree(map(leaf_hash, [b"one", b"two", b"three"]))
    assert log.consistency(1, 3) == tree.consistency_proof(1, 3)
    assert log.consistency(2, 3) == tree.consistency_proof(2, 3)
    assert log.consistency(3, 4) == ()
    assert log.blob(content_name(b"blob")) == b"blob"


def test_a_folder_without_a_log_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="there is no log in"):
        FolderSource(tmp_path).checkpoint()


def test_what_begins_like_an_address_is_one() -> None:
    assert isinstance(source("https://telemetry.editor.example/log"), HttpSource)
