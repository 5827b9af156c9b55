"""Enters: the name of a rival. Leaves: it serves on a free port and prints its address.

``nothing`` answers without looking: the ceiling of the same server. ``sqlite`` is what one writes
first: a framework, a JSON parser and an insert with its own transaction per request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body and answer 201."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def sqlite(folder: Path) -> ASGIApp:
    """Make the application that inserts each report for itself, durably."""
    database = sqlite3.connect(folder / "x.sqlite", check_same_thread=False, isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table reports (id text primary key, body text)")
    lock = asyncio.Lock()

    def insert(content: dict[str, Any]) -> None:
        values = (content["id"], json.dumps(content))
        database.execute("insert or ignore into reports values (?, ?)", values)

    async def put(request: Request) -> JSONResponse:
        content = await request.json()
        async with lock:
            await run_in_threadpool(insert, content)
        return JSONResponse({}, 201)

    return Starlette(routes=[Route("/reports/{app}/{id}", put, methods=["PUT"])])


def main() -> None:
    """Serve one of them."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 for the caller
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        app = nothing if sys.argv[1] == "nothing" else sqlite(Path(folder))
        config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
