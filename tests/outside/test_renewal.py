"""A real program takes a newer registry of a real collector, and a fork of it reports nowhere."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.outside.conftest import Run, Running, Start

PROGRAM = """
import sys, aboveboard
file, home, *wishes = sys.argv[1:]
with aboveboard.open("editor", registry=file, home=home) as telemetry:
    telemetry.choose("on")
    for wish in wishes:
        if wish == "send":
            telemetry.count("file.opened")
            for done in telemetry.flush(now=True):
                print(done.fate.value, done.answer)
        else:
            found = getattr(telemetry, wish)()
            print(found.state.value, *found.changes, sep=" | ")
"""
MIRROR = ("log", "mirror")


def free_port() -> int:
    """Give a port that stays free between two servers: no connection is given it by the system."""
    for port in range(10_000 + os.getpid() % 10_000, 30_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.fail("no port is free")


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_a_newer_registry_comes_through_the_log_and_a_fork_is_left_alone(
    start: Start,
    run: Run,
    python: Callable[..., str],
    registry: Path,
    tmp_path: Path,
) -> None:
    data, served, port = tmp_path / "data", tmp_path / "served", free_port()
    served.mkdir()
    keys = run("key", "--data", str(data)).stdout
    text = (registry / "editor.toml").read_text(encoding="utf-8")
    first = f'{text}\n[collector]\nurl = "http://127.0.0.1:{port}"\n{keys}'
    shipped = tmp_path / "editor.toml"
    shipped.write_text(first, encoding="utf-8")
    home, command = str(tmp_path / "device"), ("serve", "--data", str(data), "--port", str(port))

    def serving(body: str) -> Running:
        (served / "editor.toml").write_text(body, encoding="utf-8")
        running = start(*command, "--registry", str(served))
        running.wait_for("Ctrl-C ends it")
        return running

    def device(file: Path, *wishes: str) -> list[str]:
        return python(PROGRAM, str(file), home, *wishes).splitlines()

    running = serving(first)
    assert device(shipped, "send", "renew") == ["delivered 201 kept", "current"]

    # A fork: the same name, the same collector, another list of what is measured.
    fork = tmp_path / "fork.toml"
    fork.write_text(first.replace("threshold = 1", "threshold = 2"), encoding="utf-8")
    [told] = python(PROGRAM, str(fork), str(tmp_path / "fork"), "send").splitlines()
    assert told.startswith("waiting not_listed: ")

    mirror = str(tmp_path / "mirror")
    log = f"http://127.0.0.1:{port}/log"
    key = keys.partition('log = "')[2].rstrip().removesuffix('"')
    assert run(*MIRROR, log, mirror, "--key", key).returncode == 0

    running.end(signal.SIGTERM)
    running = serving(first.replace("threshold = 1", "threshold = 3"))
    [renewed, sent] = device(shipped, "renew", "send")
    assert renewed.startswith("renewed | ")
    assert "for groups of 3 instead of 1" in renewed
    assert sent == "delivered 201 kept"
    page = get(port, "/apps/editor/changes")
    assert "for groups of 3 instead of 1" in page
    assert "Nobody had to be asked again." in page

    running.end(signal.SIGTERM)
    running = serving(first.replace("threshold = 1", "threshold = 2"))
    waits, agreed, sent = device(shipped, "renew", "agree", "send")
    assert waits.startswith("waiting | ")
    assert (agreed, sent) == ("renewed", "delivered 201 kept")

    again = run(*MIRROR, log, mirror)
    assert again.returncode == 0
    compared = run("log", "compare", log, mirror)
    assert compared.returncode == 0, compared.stderr
