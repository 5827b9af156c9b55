from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap import words
from aboveboard.bootstrap.worker import Worker, worker
from aboveboard.errors import SetupError
from aboveboard.model.period import Week
from aboveboard.ports.collector import LogPosition
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web import worker as worker_module
from aboveboard.web.server import listen
from aboveboard.web.worker import WorkerApp, listen_to, run

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ID = "0123456789abcdef0123456789abcdef"
FINGERPRINT = read(EXAMPLE_REGISTRY).fingerprint


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[words.Order]:
    """Give an order as a main process gives it, and a socket to listen on."""
    monkeypatch.chdir(tmp_path)  # a worker goes into the data folder
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    settings = CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry", workers=2)
    with closing(listen("127.0.0.1", 0)) as listener:
        listener.listen()
        yield words.Order(
            "1",
            os.dup(listener.fileno()),
            settings,
            {"editor": FINGERPRINT},
            {"editor": frozenset({FINGERPRINT})},
            {"editor": frozenset({"no.more"})},
        )


@pytest.fixture
def parts(order: words.Order) -> Iterator[Worker]:
    os.close(order.listener)
    made = worker(order)
    yield made
    made.log.close()


def report() -> bytes:
    today: date = SystemClock().now().date()
    week = Week.of(today)
    content = {
        "format": 1,
        "id": ID,
        "app": "editor",
        "period": str(week),
        "registry": FINGERPRINT,
        "entries": [{"metric": "file.opened", "day": week.first.isoformat(), "value": 3}],
    }
    return json.dumps(content).encode()


def call(app: WorkerApp, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> Any:  # noqa: ANN401 as in ASGI
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode()}
    who = {"client": ("198.51.100.7", 1)}
    asyncio.run(app(scope | who | {"query_string": b"", "headers": []}, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_a_worker_keeps_reports_in_its_own_log_and_says_so(parts: Worker) -> None:
    app = WorkerApp(parts, lambda _: None)
    status, body = call(app, "PUT", f"/reports/editor/{ID}", report())
    assert (status, json.loads(body)["answered"]) == (201, ["no.more"])
    assert parts.log.name == "1"
    assert len(parts.log.read(LogPosition(), 10_000).records) == 1
    assert parts.say().outcomes == {"kept": 1}


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("DELETE", f"/reports/editor/{ID}")])
def test_what_is_no_report_goes_to_the_main_process(
    method: str, path: str, parts: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, body = call(WorkerApp(parts, lambda _: None), method, path)
    assert (status, json.loads(body)["code"]) == (503, "main_process_away")


def test_who_takes_back_too_much_hears_it_where_the_address_is_seen(
    order: words.Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.close(order.listener)
    settings = replace(order.settings, rate_per_minute=1)
    made = worker(msgspec.structs.replace(order, settings=settings))
    app = WorkerApp(made, lambda _: None)
    answers = [call(app, "DELETE", f"/reports/editor/{ID}") for _ in range(2)]
    assert [status for status, _ in answers] == [503, 429]
    assert json.loads(answers[1][1])["code"] == "too_many_requests"
    assert made.say().outcomes == {"too_many_requests": 1}
    made.log.close()


def test_it_says_what_is_new_and_sometimes_that_it_lives(
    parts: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "SAY_SECONDS", 0.001)
    heard: list[words.Said] = []
    enough = asyncio.Event()

    def say(line: bytes) -> None:
        heard.append(words.said(line))
        if len(heard) == 2:
            parts.acceptor.outcomes["kept"] += 1
        if len(heard) > 3:
            enough.set()

    async def run_it() -> None:
        app, told = WorkerApp(parts, say), asyncio.Queue[dict[str, str]]()
        answers: list[Any] = []

        async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
            answers.append(message["type"])

        life = asyncio.ensure_future(app({"type": "lifespan"}, told.get, send))
        await told.put({"type": "lifespan.startup"})
        await enough.wait()
        await told.put({"type": "lifespan.shutdown"})
        await life
        assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    asyncio.run(run_it())
    assert [dict(said.outcomes) for said in heard[:3]] == [{}, {}, {"kept": 1}]
    assert heard[-1].outcomes == {"kept": 1}


def test_it_hears_what_is_new_until_the_end(parts: Worker) -> None:
    told = [
        words.line(words.News({"editor": frozenset({"file.opened"})})),
        words.line(words.News(end=True)),
        b"never heard",
    ]
    done: list[str] = []
    stream = io.BytesIO(b"\n".join(told) + b"\n")
    listen_to(stream, parts, lambda: done.append("end"), lambda: done.append("orphaned"))
    assert done == ["end"]
    assert parts.acceptor.answered == {"editor": frozenset({"file.opened"})}


def test_it_is_orphaned_when_nobody_speaks_any_more(parts: Worker) -> None:
    done: list[str] = []
    listen_to(io.BytesIO(), parts, lambda: done.append("end"), lambda: done.append("orphaned"))
    assert done == ["orphaned"]


def test_a_registry_that_changed_is_not_served(order: words.Order) -> None:
    os.close(order.listener)
    with pytest.raises(SetupError, match="the registry changed since the collector was started"):
        worker(words.Order("1", 0, order.settings, {"editor": "other"}, {}, {}))


def test_a_worker_that_cannot_work_says_why(
    order: words.Order, capsys: pytest.CaptureFixture[str]
) -> None:
    os.close(order.listener)
    nowhere = replace(order.settings, registry=Path("/no/such/folder"))
    told = words.line(words.Order("1", 0, nowhere, {}, {}, {}))
    assert run(io.BytesIO(told + b"\n"), io.BytesIO()) == 1
    assert "worker 1: there is no registry file" in capsys.readouterr().err


def test_a_worker_serves_on_the_shared_socket_until_it_is_told_to_end(order: words.Order) -> None:
    address = socket.socket(fileno=os.dup(order.listener))
    port = address.getsockname()[1]
    address.close()
    reading, writing = os.pipe()
    said = io.BytesIO()
    got: list[bytes] = []

    def visit() -> None:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            body = report()
            head = f"PUT /reports/editor/{ID} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n"
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            while piece := connection.recv(1000):
                got.append(piece)
        os.write(writing, words.line(words.News(end=True)) + b"\n")

    visitor = threading.Thread(target=visit)
    with open(reading, "rb") as told:  # noqa: PTH123 a pipe has no path
        os.write(writing, words.line(order) + b"\n")
        visitor.start()
        assert run(told, said) == 0
        visitor.join()
    os.close(writing)
    assert b"".join(got).startswith(b"HTTP/1.1 201 ")
    assert words.said(said.getvalue().splitlines()[-1]).outcomes == {"kept": 1}
    log = FileLogReader(order.settings.data / "log" / "1")
    assert len(log.read(LogPosition(), 10_000).records) == 1
    log.close()
