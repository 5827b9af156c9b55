"""A real queue in front of a real collector; both are killed while reports are pushed."""

from __future__ import annotations

import contextlib
import http.client
import json
import random  # noqa: TID251 the seed makes the moments of the kills repeat
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from tests.patience import PATIENCE
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.outside.conftest import MakeReport, Running, Start

ALL = 3000
ROUNDS = 4
SEED = 20261125
BAD = [b"", b"no item", b'{"format":1,"app":"editor","id":"7"}\n{}', b"\x00" * 2000]


@pytest.fixture
def server() -> Iterator[RedisServer]:
    # A socket's path may have about a hundred bytes; pytest's own folders are longer.
    folder = Path(tempfile.mkdtemp(prefix="ab"))
    made = RedisServer(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


class Site:
    """A collector that drains two lists, and that may be started again and again."""

    def __init__(self, start: Start, data: Path, registry: Path, server: RedisServer) -> None:
        self._start = start
        self._arguments = (
            *("serve", "--data", str(data), "--registry", str(registry), "--port", "0"),
            *("--drain", server.url, "--drain-lists", "reports,more=native"),
        )

    def start(self) -> Running:
        running = self._start(*self._arguments)
        running.wait_for("Ctrl-C ends it")
        return running

    def ask(self, running: Running, path: str) -> dict[str, Any]:
        host = running.wait_for(r"Collector at http://(127\.0\.0\.1:\d+)")
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path)
            content: dict[str, Any] = json.loads(connection.getresponse().read())
        return content


def item(report: dict[str, Any]) -> bytes:
    """Write an item as docs/queue.md says."""
    head = {"format": 1, "app": report["app"], "id": report["id"], "type": "application/json"}
    return json.dumps(head).encode() + b"\n" + json.dumps(report).encode()


class Pusher(threading.Thread):
    """Pushes every report once or more; what was not acknowledged is pushed again."""

    def __init__(self, server: RedisServer, make: MakeReport) -> None:
        super().__init__(daemon=True)
        self._client = redis.Redis(unix_socket_path=str(server.socket))
        self._make = make
        self._dice = random.Random(SEED)  # noqa: S311 as above
        self.pushed = 0

    def run(self) -> None:
        for number in range(ALL):
            self.push(item(self._make(number)))
            if self._dice.random() < 0.1:
                self.push(item(self._make(self._dice.randint(0, number))))
            if number % 700 == 0 and number < 2800:
                self.push(BAD[number // 700])
            self.pushed = number + 1

    def push(self, value: bytes) -> None:
        while True:
            try:
                self._client.lpush(self._dice.choice(["reports", "more"]), value)
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_every_pushed_report_is_counted_once_whoever_is_killed(
    start: Start, tmp_path: Path, registry: Path, server: RedisServer, report: MakeReport
) -> None:
    site = Site(start, tmp_path / "data", registry, server)
    pusher = Pusher(server, report)
    pusher.start()
    for turn in range(1, ROUNDS + 1):
        running = site.start()
        until(lambda turn=turn: pusher.pushed >= ALL * turn // (ROUNDS + 1))  # type: ignore[misc] # a lambda's default
        if turn % 2:
            server.kill()
            time.sleep(0.3)
            server.start()
        running.end(signal.SIGKILL)
    pusher.join(PATIENCE)
    assert pusher.pushed == ALL
    running = site.start()
    until(lambda: not _left(server))
    until(lambda: not site.ask(running, "/health")["loader"]["behind_bytes"])
    numbers = site.ask(running, "/apps/editor.json")
    assert numbers["reports"] == ALL
    assert numbers["metrics"][0]["weeks"][0]["count"] == ALL
    queue = site.ask(running, "/health")["queue"]
    assert queue["state"] == "ok"
    assert running.end(signal.SIGTERM) == 0
    aside = [*_items(server, "errors-reports"), *_items(server, "errors-more")]
    assert sorted(set(aside)) == sorted(BAD)
    assert set(server.client.keys("*")) <= {b"errors-reports", b"errors-more"}


def test_a_redis_that_is_away_is_told_and_reports_come_in_all_the_same(
    start: Start, tmp_path: Path, registry: Path, server: RedisServer
) -> None:
    site = Site(start, tmp_path / "data", registry, server)
    server.stop()
    running = site.start()
    running.wait_for("the queue does not answer: QueueError: ConnectionError")
    assert server.url not in running.output
    server.start()
    until(lambda: site.ask(running, "/health")["queue"]["state"] == "ok")
    assert running.end(signal.SIGTERM) == 0


def _left(server: RedisServer) -> int:
    waiting = sum(len(_items(server, name)) for name in ("reports", "more"))
    return waiting + len(server.client.hgetall("aboveboard:taken"))


def _items(server: RedisServer, name: str) -> list[bytes]:
    found: list[bytes] = server.client.lrange(name, 0, -1)  # type: ignore[assignment] # as above
    return found
