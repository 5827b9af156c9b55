"""Programs that end while their sender waits for a server that will never answer."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = """
import sys, threading, time
from aboveboard.adapters.https import HttpsTransport
from aboveboard.device.background import Background

transport = HttpsTransport(600)
began = threading.Event()

def work(stop):
    began.set()
    transport.put(sys.argv[1], b"{}", {"Content-Type": "application/json"})

background = Background(work)
background.wake()
began.wait()
sys.stdin.readline()
time.sleep(0.1)  # where nobody can see it, it hangs by now
background.end()
print("over", flush=True)
"""
Server = tuple[int, threading.Event]
"""A port, and what tells that the program hangs there."""


@contextlib.contextmanager
def connected(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[Server]:
    """Serve one connection until the block ends."""
    hangs, over = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                hangs.set()
                serve(connection, over)

        thread = threading.Thread(target=work)
        thread.start()
        yield listener.getsockname()[1], hangs
        over.set()
        thread.join()


def silent() -> contextlib.AbstractContextManager[Server]:
    """Take the request and say nothing."""

    def wait(_: socket.socket, over: threading.Event) -> None:
        over.wait()

    return connected(wait)


def dripping() -> contextlib.AbstractContextManager[Server]:
    """Answer a byte now and then."""

    def drip(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not over.wait(0.05):
            with contextlib.suppress(OSError):  # when the program has ended
                connection.sendall(b"a")

    return connected(drip)


@contextlib.contextmanager
def half_open() -> Iterator[Server]:
    """Have the system take connections for a program that never looks at them."""
    hangs = threading.Event()
    hangs.set()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1], hangs


@contextlib.contextmanager
def black_hole() -> Iterator[Server]:
    """Let no connection come about: as many wait as may."""
    hangs = threading.Event()
    hangs.set()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1], hangs


@contextlib.contextmanager
def closed() -> Iterator[Server]:
    """Have nobody listen."""
    hangs = threading.Event()
    hangs.set()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1], hangs


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(silent, id="silent"),
        pytest.param(dripping, id="dripping"),
        pytest.param(half_open, id="half-open"),
        pytest.param(black_hole, id="black-hole"),
        pytest.param(closed, id="closed-port"),
    ],
)
def test_a_program_ends_whatever_its_collector_does(
    server: Callable[[], contextlib.AbstractContextManager[Server]],
) -> None:
    with server() as (port, hangs):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, f"http://127.0.0.1:{port}/reports/editor/00"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert hangs.wait(PATIENCE)

        # The server lets go of nothing before this block ends, and the transport would wait on.
        printed, complaints = process.communicate("\n", timeout=PATIENCE)

    assert (process.returncode, printed, complaints) == (0, "over\n", "")
