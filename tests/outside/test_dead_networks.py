"""Enters: the collectors of the benchmarks. Leaves: they answer, or are as dead as they say."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from benchmarks.device import networks

REQUEST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"


def ask(port: int, patience: float) -> bytes:
    with socket.create_connection((networks.HOST, port), timeout=patience) as asking:
        asking.sendall(REQUEST)
        return asking.recv(100)


def test_the_living_one_says_yes() -> None:
    with networks.answering() as port:
        body = urllib.request.Request(f"http://{networks.HOST}:{port}/any", data=b"{}")
        with urllib.request.urlopen(body) as answer:  # noqa: S310 ours
            assert (answer.status, answer.read()) == (200, b"{}")


def test_a_closed_port_refuses() -> None:
    with networks.closed() as port, pytest.raises(ConnectionRefusedError):
        ask(port, 1)


def test_a_full_backlog_lets_no_connection_come_about() -> None:
    with networks.full() as port, pytest.raises(TimeoutError):
        socket.create_connection((networks.HOST, port), timeout=0.3)


def test_a_silent_server_takes_the_request_and_never_answers() -> None:
    with networks.silent() as port, pytest.raises(TimeoutError):
        ask(port, 0.3)


def test_a_dripping_server_answers_a_byte_at_a_time() -> None:
    with networks.dripping() as port:
        assert ask(port, 5) == networks.DRIP[:1]
