"""Enters: nothing. Leaves: how many reports a second are kept, beside a ceiling and a first draft.

Each server runs in a process of its own; the senders hold 64 connections and send the next report
when the last one was answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aboveboard.adapters.system import SystemClock
from aboveboard.model.period import Week
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from benchmarks.rounds import Row, rows

CONNECTIONS = 64
SECONDS = 4.0
METRICS = 10
CREATED = b"201"


def measure() -> list[Row]:
    """Send to the collector, to a server that does nothing, and to a first draft."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "registry"
        registry.mkdir()
        (registry / "editor.toml").write_bytes(_registry())
        script = str(Path(sys.executable).parent / "aboveboard")
        data = str(Path(folder) / "data")
        ours = [script, "serve", "--data", data, "--registry", str(registry), "--port", "0"]
        found = {"aboveboard: verified, once, on disk, loader running": _rate(ours)}
        rival = [sys.executable, "-m", "benchmarks.rival"]
        found["the same server, answering without looking (a ceiling)"] = _rate([*rival, "nothing"])
        found["Starlette, json, an SQLite transaction each"] = _rate([*rival, "sqlite"])
    return rows("reports/s", found)


def _registry() -> bytes:
    head, _, metric = EXAMPLE_REGISTRY.decode().partition('[metric."file.opened"]')
    return (head + "".join(f'[metric."file.m{i}"]{metric}' for i in range(METRICS))).encode()


def _rate(command: list[str]) -> float:
    with _server(command) as port:
        return asyncio.run(_load(port))


@contextlib.contextmanager
def _server(command: list[str]) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if found is None:
            message = f"{command[0]} did not start: {line}"
            raise RuntimeError(message)
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


async def _load(port: int) -> float:
    end = time.perf_counter() + SECONDS
    started = time.perf_counter()
    counts = await asyncio.gather(*(_sender(port, end) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - started)


async def _sender(port: int, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kept = 0
    body = _body()
    while time.perf_counter() < end:
        name = secrets.token_hex(16).encode()
        writer.write(_request(name, body.replace(b"ID", name)))
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        kept += head[9:12] == CREATED
    writer.close()
    return kept


def _body() -> bytes:
    today = SystemClock().now().date()
    entries = [
        {"metric": f"file.m{i}", "day": today.isoformat(), "value": i + 1} for i in range(METRICS)
    ]
    report = {"format": 1, "id": "ID", "app": "editor", "period": str(Week.of(today))}
    mark = read(_registry()).fingerprint
    return json.dumps({**report, "registry": mark, "entries": entries}).encode()


def _request(name: bytes, body: bytes) -> bytes:
    head = b"PUT /reports/editor/%b HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    return head % name + b"content-length: %d\r\n\r\n" % len(body) + body
