"""Several workers, full disks, no descriptors left: what was acknowledged is counted."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.disks import disk_or_skip, fill
from tests.outside.senders import Senders, connect, wait_until

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, MakeReport, Serve

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

OFFSET_BITS = 40


def workers_of(collector: Collector) -> list[int]:
    pid = collector.running.process.pid
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def assert_counted(collector: Collector, reports: int) -> None:
    numbers = collector.numbers()
    week = numbers["metrics"][0]["weeks"][0]
    assert (numbers["reports"], week["count"], week["n"]) == (reports, reports, reports)


def test_two_workers_take_reports_and_the_main_process_shows_them(
    serve: Serve, report: MakeReport
) -> None:
    collector = serve(None, "--workers", "2")
    senders = Senders(report)
    with senders.sending(collector):
        wait_until(lambda: all(size_of(collector, name) for name in ("1", "2")))
        senders.wait_for(300)
    assert senders.statuses == {201}
    reports = len(senders.acknowledged)
    assert collector.put(report(0, period="2001-W01")).status == 422
    wait_until(
        lambda: collector.health()["outcomes"] == {"kept": reports, "period_too_old": 1},
    )
    assert_counted(collector, reports)
    health = collector.health()
    assert health["status"] == "ok"
    assert health["workers"] == {"state": "ok", "wanted": 2, "running": 2, "restarts": 0}
    page = collector.ask("GET", "/apps/editor")
    assert page.status == 200
    assert "connection" not in {name.lower() for name in page.headers}
    head = collector.ask("HEAD", "/apps/editor")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(page.body))
    assert collector.running.end(signal.SIGTERM) == 0
    assert "everything it accepted is on disk" in collector.running.output
    # With one process again, the logs of the workers of before are still loaded.
    assert_counted(serve(), reports)


def test_a_network_has_one_rate_whichever_worker_it_meets(serve: Serve, report: MakeReport) -> None:
    collector = serve(None, "--workers", "2", "--rate-per-minute", "5")
    statuses = [collector.put(report(number)).status for number in range(12)]
    assert statuses == [201] * 5 + [429] * 7


def test_what_killed_workers_and_processes_acknowledged_is_counted_once(
    serve: Serve, report: MakeReport
) -> None:
    collector = serve(None, "--workers", "2")
    senders = Senders(report)
    with senders.sending(collector):
        senders.wait_for(100)
        os.kill(workers_of(collector)[0], signal.SIGKILL)
        senders.wait_for(100)
        wait_until(lambda: len(workers_of(collector)) == 2)
        wait_until(lambda: collector.health()["status"] == "ok")
        senders.wait_for(100)
    senders.resend_unanswered(collector)
    assert collector.health()["workers"]["restarts"] == 1
    assert_counted(collector, len(senders.acknowledged))

    workers = workers_of(collector)
    with senders.sending(collector):
        senders.wait_for(100)
        collector.running.end(signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, workers)))
    collector = serve(None, "--workers", "3")
    senders.resend_unanswered(collector)
    assert_counted(collector, len(senders.acknowledged))
    assert collector.running.end(signal.SIGKILL) == -signal.SIGKILL

    collector = serve()
    assert_counted(collector, len(senders.acknowledged))


def size_of(collector: Collector, name: str) -> int:
    """Give how much a log says is on disk, as docs/log.md says it."""
    try:
        place = (collector.data / "log" / name / "place").read_bytes()
    except OSError:
        return 0
    return int.from_bytes(place, sys.byteorder) & ((1 << OFFSET_BITS) - 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder whose logs are on a disk of 300 kB."""
    with disk_or_skip(tmp_path / "data" / "log", "300k") as folder:
        yield folder


def test_a_full_disk_puts_reports_off_until_there_is_room(
    small_disk: Path, serve: Serve, report: MakeReport
) -> None:
    filling = small_disk / "filling"
    collector = serve(small_disk.parent)
    fill(filling)
    refused = collector.put(report(0))
    assert (refused.status, refused.content["code"]) == (503, "cannot_keep")
    assert refused.headers["retry-after"] == "60"
    assert collector.health()["log"]["state"] == "failing"
    filling.unlink()
    kept = {number for number in range(3000) if collector.put(report(number)).status == 201}
    assert 100 < len(kept) < 3000  # it filled the disk itself
    assert collector.health()["log"]["state"] == "failing"
    collector.running.end(signal.SIGKILL)
    collector = serve(small_disk.parent)
    assert collector.health()["log"]["cut_bytes_at_start"] == 0
    assert_counted(collector, len(kept))
    assert collector.put(report(min(kept))).status == 200


def test_a_collector_starts_on_a_full_disk_and_takes_reports_when_there_is_room(
    tmp_path: Path, serve: Serve, report: MakeReport
) -> None:
    data = tmp_path / "data"
    with disk_or_skip(data, "64m"):
        collector = serve(data)
        assert {collector.put(report(number)).status for number in range(20)} == {201}
        assert_counted(collector, 20)
        collector.running.end(signal.SIGTERM)
        fill(data / "filling")
        collector = serve(data)
        assert "other commands do not find this collector yet" in collector.running.output
        assert collector.put(report(3)).status == 200
        assert collector.put(report(50)).status == 503
        assert collector.health()["log"]["state"] == "failing"
        assert collector.ask("GET", "/ready").status == 503
        assert collector.ask("GET", "/apps/editor").status == 200
        (data / "filling").unlink()
        wait_until(lambda: collector.put(report(50)).status in {200, 201})
        assert collector.health()["log"]["state"] == "ok"
        assert_counted(collector, 21)
        wait_until((data / "server.json").exists)
        assert collector.running.end(signal.SIGTERM) == 0


def test_a_collector_that_was_killed_starts_on_a_full_disk(
    tmp_path: Path, serve: Serve, report: MakeReport
) -> None:
    data = tmp_path / "data"
    with disk_or_skip(data, "64m"):
        collector = serve(data, "--workers", "2")
        assert {collector.put(report(number)).status for number in range(20)} == {201}
        collector.running.end(signal.SIGKILL)
        fill(data / "filling")
        collector = serve(data, "--workers", "2")
        # What a killed process had reserved for its log is room for some more.
        assert collector.put(report(50)).status in {201, 503}
        (data / "filling").unlink()
        wait_until(lambda: collector.put(report(50)).status in {200, 201})
        assert_counted(collector, 21)
        assert collector.running.end(signal.SIGTERM) == 0


def test_a_process_without_descriptors_puts_reports_off_until_it_has_some(
    serve: Serve, report: MakeReport
) -> None:
    collector = serve()
    pid = collector.running.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with contextlib.closing(connect(collector)) as connection:
        put_on(connection, report(0, period="2001-W01"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, usual[1]))
        assert put_on(connection, report(1)) == 503
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        assert put_on(connection, report(1)) == 201
    assert_counted(collector, 1)


def put_on(connection: http.client.HTTPConnection, report: dict[str, object]) -> int:
    connection.request("PUT", f"/reports/editor/{report['id']}", json.dumps(report))
    answer = connection.getresponse()
    answer.read()
    return answer.status
