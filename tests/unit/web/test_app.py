from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.memory_queue import MemoryLists, MemoryQueue
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.cli.main import run as run_command
from aboveboard.collector.decoders import native
from aboveboard.collector.drain import Drain
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.app import CollectorApp

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ADDRESS = "http://127.0.0.1:8790"
TODAY = "2026-11-16"
ID = "0123456789abcdef0123456789abcdef"
Message = dict[str, Any]
Call = Callable[..., Coroutine[Any, Any, tuple[int, bytes]]]


@pytest.fixture
def parts(tmp_path: Path) -> Collector:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry"))


def serve(parts: Collector, visit: Callable[[Call], Coroutine[Any, Any, None]]) -> None:
    """Start the app as a server does, pay it a visit, and end it."""
    app = CollectorApp(parts, ADDRESS)

    async def call(method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
            sent.append(dict(message))

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [],
        }
        await app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])

    async def run() -> None:
        told: asyncio.Queue[Message] = asyncio.Queue()
        said: asyncio.Queue[str] = asyncio.Queue()

        async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
            await said.put(message["type"])

        life = asyncio.ensure_future(app({"type": "lifespan"}, told.get, send))
        await told.put({"type": "lifespan.startup"})
        assert await hear(said, life) == "lifespan.startup.complete"
        await visit(call)
        await told.put({"type": "lifespan.shutdown"})
        assert await hear(said, life) == "lifespan.shutdown.complete"
        await life

    asyncio.run(run())


async def hear(said: asyncio.Queue[str], life: asyncio.Future[None]) -> str:
    """Give what the application says next, or let out why it broke."""
    next_word = asyncio.ensure_future(said.get())
    both: set[asyncio.Future[Any]] = {next_word, life}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not next_word.done():
        next_word.cancel()
        life.result()
    return await next_word


def report() -> bytes:
    content = {
        "format": 1,
        "id": ID,
        "app": "editor",
        "period": "2026-W47",
        "registry": read(EXAMPLE_REGISTRY).fingerprint,
        "entries": [{"metric": "file.opened", "day": TODAY, "value": 3}],
    }
    return json.dumps(content).encode()


def test_reports_health_and_pages_have_their_places(parts: Collector) -> None:
    async def visit(call: Call) -> None:
        status, body = await call("PUT", f"/reports/viewer/{ID}", report())
        assert (status, json.loads(body)["code"]) == (404, "unknown_app")
        status, body = await call("GET", "/health")
        assert (status, json.loads(body)["outcomes"]) == (200, {"unknown_app": 1})
        status, body = await call("POST", "/health")
        assert (status, json.loads(body)["code"]) == (405, "method_not_allowed")
        status, body = await call("GET", "/")
        assert status == 200
        assert b"An example editor" in body

    serve(parts, visit)


def test_while_it_serves_its_owner_finds_the_desk(parts: Collector) -> None:
    async def visit(_: Call) -> None:
        served_by = parts.folder.served_by()
        assert served_by is not None
        assert (served_by.pid, served_by.port) == (os.getpid(), parts.desk.port)
        assert (served_by.token, served_by.address) == (parts.desk.token, ADDRESS)
        assert parts.follower.alive()

    serve(parts, visit)
    assert parts.folder.served_by() is None
    assert not parts.follower.alive()


def test_what_was_durable_at_the_end_is_loaded(parts: Collector) -> None:
    record = {"id": ID, "app": "editor", "week": "2026-W47", "day": TODAY, "facts": [], "aside": []}

    async def visit(_: Call) -> None:
        parts.log.append([json.dumps(record).encode()])

    serve(parts, visit)
    assert parts.follower.loaded == 1


def test_a_queue_in_front_is_drained_while_it_serves_and_let_go_of_at_the_end(
    parts: Collector,
) -> None:
    lists = MemoryLists()
    lists.push("reports", b"no item")
    queue = MemoryQueue(lists, ["reports"], "a")
    drain = Drain(queue, {"reports": native}, parts.acceptor.accept)

    async def visit(call: Call) -> None:
        async with asyncio.timeout(PATIENCE):
            while not drain.outcomes:  # noqa: ASYNC110 it tells nobody
                await asyncio.sleep(0.01)
        _, body = await call("GET", "/health")
        assert json.loads(body)["queue"]["outcomes"] == {"unreadable_item": 1}

    serve(replace(parts, drain=drain), visit)
    assert list(lists.lists["errors-reports"]) == [b"no item"]
    assert not lists.alive


def test_its_owner_has_it_tell_how_it_is_and_make_a_backup(
    parts: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(parts.folder.path)]
    into = tmp_path / "backups"
    (tmp_path / "file").touch()
    ended: list[int] = []

    async def visit(_: Call) -> None:
        async def command(*words: str) -> None:
            ended.append(await asyncio.to_thread(run_command, [*words, *data]))

        await command("status")
        await command("backup", "--backup-folder", str(into))
        await command("backup", "--backup-folder", str(tmp_path / "file"))
        parts.acceptor.log_well = False
        await command("status")

    serve(parts, visit)
    printed = capsys.readouterr()
    assert ended == [0, 0, 1, 1]
    assert "It can acknowledge reports." in printed.out
    assert "! The log cannot be written" in printed.out
    assert "no backup can be made" in printed.err
    [made] = into.iterdir()
    assert (made / "facts" / "facts.duckdb").exists()
    assert (made / "ledger" / "checkpoint").exists()
