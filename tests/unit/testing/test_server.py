"""The collector of a test at an address of this machine."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.https import HttpsTransport
from aboveboard.bootstrap.device import assemble
from aboveboard.errors import SendError
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read
from aboveboard.settings import DeviceSettings
from aboveboard.testing import FakeCollector, with_collector
from aboveboard.wires import native

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HEADERS = {"Content-Type": "application/json"}


@pytest.fixture
def collector(registry: Registry) -> FakeCollector:
    return FakeCollector(registry)


@pytest.fixture
def url(collector: FakeCollector) -> Iterator[str]:
    with collector.serving() as url:
        yield url


def report(registry: Registry, number: int = 1) -> tuple[str, bytes]:
    content = {
        "format": 1,
        "id": f"{number:032x}",
        "app": "editor",
        "period": "2026-W47",
        "registry": registry.fingerprint,
        "entries": [{"metric": "system.os", "value": "linux"}],
    }
    return native.path("editor", str(content["id"])), json.dumps(content).encode()


def ask(url: str, method: str, path: str = "/", headers: dict[str, str] | None = None) -> str:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return f"{answer.status} {answer.read().decode()}"
    finally:
        connection.close()


def test_a_real_telemetry_reaches_it(
    file: bytes, collector: FakeCollector, url: str, tmp_path: Path
) -> None:
    registry = read(with_collector(file, url))
    with assemble(registry, DeviceSettings(str(tmp_path), strict=True)) as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened", by=7)
        (delivery,) = telemetry.flush(now=True)

    assert delivery.answer == "201 kept"
    assert [entry["value"] for entry in collector.entries("file.opened")] == [7]


def test_it_answers_as_it_does_in_memory(
    registry: Registry, collector: FakeCollector, url: str
) -> None:
    path, body = report(registry)
    transport = HttpsTransport(5)

    assert transport.put(url + path, body, HEADERS).status == 201
    assert transport.put(url + path, body, HEADERS).status == 200
    assert transport.put(url + path, b"{}", HEADERS).status == 400
    asked = collector.requests[0]
    assert (asked.method, asked.url, asked.body) == ("PUT", url + path, body)
    assert asked.headers["content-type"] == "application/json"


def test_it_asks_to_wait(registry: Registry, collector: FakeCollector, url: str) -> None:
    path, body = report(registry)
    collector.will_answer(503, "cannot_keep", retry_after=30)
    answer = HttpsTransport(5).put(url + path, body, HEADERS)

    assert (answer.status, answer.body) == (503, b'{"code":"cannot_keep"}')
    assert answer.retry_after == 30


@pytest.mark.parametrize("keeping", [pytest.param(True, id="kept"), pytest.param(False, id="lost")])
@pytest.mark.parametrize("how", ["hang", "drip", "close"])
def test_it_gives_no_answer_in_each_of_its_ways(
    registry: Registry, collector: FakeCollector, url: str, how: str, *, keeping: bool
) -> None:
    path, body = report(registry)
    getattr(collector, f"will_{how}")(keeping=keeping)
    with pytest.raises(SendError) as caught:
        HttpsTransport(0.3).put(url + path, body, HEADERS)

    assert str(caught.value).startswith("not reached")
    assert len(collector.reports) == keeping


def test_it_says_nothing_of_what_it_does_not_know(url: str) -> None:
    assert ask(url, "GET").startswith("404 ")
    assert "method_not_allowed" in ask(url, "GET", "/reports/editor/1")
    assert "method_not_allowed" in ask(url, "POST", "/reports/editor/1")


@pytest.mark.parametrize("announced", ["", "many", "-1", "0"])
def test_a_body_that_is_not_announced_is_none(url: str, announced: str) -> None:
    path = native.path("editor", "0" * 32)

    assert "not_a_report" in ask(url, "PUT", path, {"Content-Length": announced})


def test_a_report_is_taken_back_over_the_network(collector: FakeCollector, url: str) -> None:
    path = native.path("editor", "0" * 32)
    answer = ask(url, "DELETE", path, {"Authorization": f"Bearer {'ab' * 32}"})

    assert answer.startswith('404 {"code":"unknown_report"')
    assert collector.requests[0].method == "DELETE"


def test_whoever_goes_away_disturbs_nobody(
    registry: Registry, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = urlsplit(url)
    with socket.create_connection((str(place.hostname), place.port or 0), timeout=PATIENCE) as gone:
        gone.sendall(b"PUT /reports/editor/1 HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
    path, body = report(registry)

    assert HttpsTransport(5).put(url + path, body, HEADERS).status == 201
    assert capsys.readouterr() == ("", "")


def test_when_the_block_ends_nothing_of_it_is_left(collector: FakeCollector) -> None:
    before = set(threading.enumerate())
    with collector.serving() as url:
        collector.will_hang()
        waiting = threading.Thread(target=_wait_in_vain, args=(url,))
        waiting.start()
        while not collector.requests:
            pass
    waiting.join(PATIENCE)

    # Threads that another test left may end meanwhile: what counts is that none is new. The one
    # that watches a request's time is told to end, and does so in a moment.
    end = time.monotonic() + PATIENCE
    while new := set(threading.enumerate()) - before:
        assert time.monotonic() < end, new
        time.sleep(0.01)
    with pytest.raises(SendError):
        HttpsTransport(1).put(url, b"", {})


def _wait_in_vain(url: str) -> None:
    with pytest.raises(SendError):
        HttpsTransport(5).put(url, b"", {})


def test_many_at_once_are_each_counted_once(
    registry: Registry, collector: FakeCollector, url: str
) -> None:
    def send(number: int) -> None:
        path, body = report(registry, number)
        for _ in range(2):
            HttpsTransport(5).put(url + path, body, HEADERS)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(collector.reports) == 8
    assert len(collector.requests) == 16
