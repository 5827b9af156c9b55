"""Guestbook as people run it: processes that serve at the same time, and that somebody ends."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import aboveboard
import guestbook
from aboveboard.testing import assert_nothing_private, counted

KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT")
"""The variables that a program needs; the others may say something about telemetry."""

Serve = Callable[..., "Server"]


class Server:
    """A guestbook that runs in processes of its own."""

    def __init__(self, folder: Path, processes: int) -> None:
        program = [sys.executable, guestbook.__file__, "--port", "0", "--folder", str(folder)]
        self.running = subprocess.Popen(
            [*program, "--processes", str(processes)],
            env={name: os.environ[name] for name in KEPT if name in os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.running.stdout is not None
        self._host = self.running.stdout.readline().strip().removeprefix("http://")

    def visit(self, path: str = "/about") -> int:
        """Ask for a page, and give the status."""
        connection = http.client.HTTPConnection(self._host, timeout=20)
        try:
            connection.request("GET", path, headers={"User-Agent": "Ana's browser"})
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, how: signal.Signals) -> None:
        """End it, as gently or as roughly as that."""
        self.running.send_signal(how)
        self.running.communicate(timeout=20)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Give a function that starts a guestbook; whatever still runs afterwards is ended."""
    started: list[Server] = []

    def start(processes: int = 1) -> Server:
        started.append(Server(tmp_path, processes))
        return started[-1]

    yield start
    for server in started:
        server.end(signal.SIGKILL)


def telemetry(folder: Path) -> aboveboard.Telemetry:
    """Open the counts of a guestbook that has ended."""
    registry = guestbook.HERE / "guestbook.toml"
    return aboveboard.open("guestbook", registry=registry, home=folder / "telemetry")


@pytest.mark.parametrize("processes", [pytest.param(1, id="threads"), pytest.param(4, id="forks")])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_no_request_is_lost_however_it_is_served_and_ended(
    serve: Serve, tmp_path: Path, processes: int, how: signal.Signals
) -> None:
    server = serve(processes)
    with ThreadPoolExecutor(4) as visitors:
        statuses = list(visitors.map(server.visit, ["/about"] * 40))
    server.end(how)

    assert statuses == [200] * 40
    found = telemetry(tmp_path)
    assert counted(found, "request.served", {"route": "about", "result": "ok"}) == 40
    assert counted(found, "request.took") == 40
    assert_nothing_private(found, "Ana's browser", "127.0.0.1", files=tmp_path / "telemetry")


def test_several_servers_of_one_folder_count_into_one_book(serve: Serve, tmp_path: Path) -> None:
    servers = [serve(), serve(2)]
    for server in servers * 5:
        assert server.visit("/") == 200
    for server in servers:
        server.end(signal.SIGTERM)

    assert counted(telemetry(tmp_path), "request.served", {"route": "home"}) == 10
