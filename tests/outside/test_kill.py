from __future__ import annotations

import contextlib
import http.client
import json
import random  # noqa: TID251 the seed makes the moments of the kills repeat
import signal
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, MakeReport, Run, Serve

SENDERS = 8
ROUNDS = 3
SEED = 20261121


@dataclass
class Senders:
    """Many senders at once, each with a connection that it keeps."""

    make: MakeReport
    acknowledged: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, collector: Collector, kill_after: int) -> None:
        """Send as fast as they can; kill the collector once it has acknowledged so many more."""
        enough = threading.Event()
        goal = len(self.acknowledged) + kill_after
        threads = [
            threading.Thread(target=self._send_on, args=(collector, goal, enough), daemon=True)
            for _ in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        assert enough.wait(60), collector.running.output
        collector.running.end(signal.SIGKILL)
        for thread in threads:
            thread.join(60)

    def resend(self, collector: Collector, numbers: list[int]) -> set[int]:
        """Send again; give the statuses of the answers."""
        connection = http.client.HTTPConnection(collector.host, timeout=30)
        statuses = {self._put(connection, number) for number in numbers}
        connection.close()
        return statuses

    def _send_on(self, collector: Collector, goal: int, enough: threading.Event) -> None:
        connection = http.client.HTTPConnection(collector.host, timeout=30)
        killed = contextlib.suppress(OSError, http.client.HTTPException)
        with contextlib.closing(connection), killed:
            while True:
                with self._lock:
                    self._next += 1
                    number = self._next
                    self.unanswered.add(number)
                status = self._put(connection, number)
                assert status == 201
                if len(self.acknowledged) >= goal:
                    enough.set()

    def _put(self, connection: http.client.HTTPConnection, number: int) -> int:
        report = self.make(number)
        connection.request("PUT", f"/reports/editor/{report['id']}", json.dumps(report))
        answer = connection.getresponse()
        answer.read()
        if answer.status in {200, 201}:
            with self._lock:
                self.acknowledged.add(number)
                self.unanswered.discard(number)
        return answer.status


def test_every_acknowledged_report_is_counted_once_however_often_the_collector_is_killed(
    serve: Serve, report: MakeReport, run: Run
) -> None:
    dice = random.Random(SEED)  # noqa: S311 as above
    senders = Senders(report)
    for _ in range(ROUNDS):
        senders.load(serve(), kill_after=dice.randint(50, 800))
        collector = serve()
        repeated = dice.sample(sorted(senders.acknowledged), len(senders.acknowledged) // 3)
        assert senders.resend(collector, repeated) == {200}
        assert senders.resend(collector, sorted(senders.unanswered)) <= {200, 201}
        assert not senders.unanswered
        collector.running.end(signal.SIGKILL)
    collector = serve()
    expected = len(senders.acknowledged)
    numbers = collector.numbers()
    week = numbers["metrics"][0]["weeks"][0]
    assert (numbers["reports"], week["count"], week["n"]) == (expected, expected, expected)
    query = "select count(*) as reports, count(distinct id) as ids from reports"
    assert _asked(run, collector, query) == [{"reports": expected, "ids": expected}]
    query = "select sum(count * reports)::bigint as opened from facts where metric = 'file.opened'"
    assert _asked(run, collector, query) == [{"opened": expected}]


@pytest.mark.parametrize(
    ("garbage", "cut"),
    [
        pytest.param(b"\xffgarbage" * 9, 72, id="garbage"),
        pytest.param(struct.pack("<II", 300, 12345) + b'{"id":', 14, id="half-a-record"),
        pytest.param(bytes(4096), 0, id="zeros"),
        pytest.param(b"\x07", 1, id="one-byte"),
    ],
)
def test_a_torn_tail_is_cut_off_and_nothing_acknowledged_is_lost(
    serve: Serve, report: MakeReport, garbage: bytes, cut: int
) -> None:
    first = serve()
    for number in range(20):
        assert first.put(report(number)).status == 201
    first.running.end(signal.SIGKILL)
    log = first.data / "log" / "0"
    (place,) = struct.unpack("=Q", (log / "place").read_bytes())
    with (log / f"{place >> 40:010d}.log").open("r+b") as segment:
        segment.seek(place & ((1 << 40) - 1))
        segment.write(garbage)
    second = serve()
    told = f" {cut} bytes of an unfinished record"
    assert (told in second.running.output) == (cut > 0)
    state = second.health()["log"]
    assert (state["state"], state["cut_bytes_at_start"]) == ("ok", cut)
    assert {second.put(report(number)).status for number in range(20)} == {200}
    assert second.put(report(20)).status == 201
    assert second.numbers()["metrics"][0]["weeks"][0]["count"] == 21
    assert second.running.end(signal.SIGTERM) == 0
    third = serve()
    assert "unfinished" not in third.running.output
    assert third.numbers()["reports"] == 21


def _asked(run: Run, collector: Collector, query: str) -> list[dict[str, Any]]:
    done = run("sql", query, "--data", str(collector.data), "--format", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows
