"""A collector that is watched, backed up while it works, killed and restored."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families
from tests.outside.conftest import Collector
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import MakeReport, Run, Serve, Start


def test_a_watched_collector_tells_what_it_does_and_nothing_of_what_was_sent(
    serve: Serve, report: MakeReport, run: Run
) -> None:
    collector = serve()
    hostile = 'horse"\n{}\\'
    assert collector.put(report(1)).status == 201
    collector.put(report(2, app="horse"))
    collector.ask("PUT", "/reports/editor/horse", hostile.encode(), {"Content-Type": "a/horse"})
    collector.ask("PUT", "/reports/horse/horse/horse", b"\x00horse", {"Content-Encoding": "horse"})
    assert collector.ask("GET", "/alive").status == 200
    assert collector.ask("GET", "/ready").content["ready"] is True

    page = collector.ask("GET", "/metrics").body.decode()
    answers = {
        tuple(sample.labels[name] for name in ("code", "wire", "app")): sample.value
        for family in text_string_to_metric_families(page)
        if family.name == "aboveboard_answers"
        for sample in family.samples
    }
    assert answers["kept", "native", "editor"] == 1
    assert answers["unknown_app", "native", ""] >= 1
    assert "horse" not in page
    assert collector.ask("GET", "/metrics", headers={"X-Forwarded-For": "::1"}).status == 404

    said = run("status", "--data", str(collector.data))
    assert said.returncode == 0
    assert said.stdout.startswith(f"A collector serves at {collector.address} (process ")
    assert "It can acknowledge reports." in said.stdout
    assert "horse" not in collector.running.output
    assert collector.running.end(signal.SIGTERM) == 0
    assert "horse" not in collector.running.output


def test_what_workers_measure_is_told_by_the_collector(
    start: Start, registry: Path, report: MakeReport, tmp_path: Path
) -> None:
    running = start(
        "serve",
        "--data",
        str(tmp_path / "data"),
        "--registry",
        str(registry),
        "--port",
        "0",
        "--workers",
        "2",
    )
    running.wait_for("Ctrl-C ends it")
    address = running.wait_for(r"Collector at (http://127\.0\.0\.1:\d+)")
    collector = Collector(running, tmp_path / "data", address, "")
    for number in range(20):
        assert collector.put(report(number)).status == 201
    line = 'aboveboard_answers_total{code="kept",wire="native",app="editor"} 20'
    end = time.monotonic() + PATIENCE
    while line not in (page := collector.ask("GET", "/metrics").body.decode()).splitlines():
        assert time.monotonic() < end, page
        time.sleep(0.05)
    assert "aboveboard_sync_seconds_count 20" in page.splitlines()
    assert collector.ask("GET", "/metrics", headers={"X-Forwarded-For": "::1"}).status == 404
    assert collector.ask("GET", "/ready").status == 200


def test_a_backup_under_load_holds_exactly_what_was_acknowledged(
    serve: Serve, report: MakeReport, run: Run, tmp_path: Path
) -> None:
    collector = serve()
    kept: list[int] = []
    enough = threading.Event()
    sender = threading.Thread(target=_send, args=(collector, report, kept, enough))
    sender.start()
    try:
        _wait_for(kept, 50)
        before = len(kept)
        folder = str(tmp_path / "backups")
        done = run("backup", "--data", str(collector.data), "--backup-folder", folder)
        after = len(kept)
        _wait_for(kept, after + 20)
    finally:
        enough.set()
        sender.join()
    assert done.returncode == 0, done.stderr
    collector.running.end(signal.SIGKILL)

    [backup] = Path(folder).iterdir()
    again = str(tmp_path / "again")
    assert run("restore", str(backup), "--data", again).returncode == 0
    first = run("load", "--data", again)
    assert first.returncode == 0, first.stderr
    query = "select cast(id as varchar) as id from reports"
    rows = json.loads(
        run("sql", query, "--data", again, "--format", "json", "--rows", "99999").stdout
    )
    restored = {int(row["id"].replace("-", ""), 16) for row in rows}
    assert set(kept[:before]) <= restored
    # The one under way as the command ended may be in it as well.
    assert restored <= set(kept[: after + 2])
    assert len(rows) == len(restored)
    counts = "select sum(count) as c, sum(n) as n from totals where span = 'week'"
    totals = json.loads(run("sql", counts, "--data", again, "--format", "json").stdout)
    assert int(totals[0]["c"]) == int(totals[0]["n"]) == len(restored)


def _send(
    collector: Collector, report: MakeReport, kept: list[int], enough: threading.Event
) -> None:
    number = 0
    while not enough.is_set():
        number += 1
        if collector.put(report(number)).status == 201:
            kept.append(number)


def _wait_for(kept: list[int], number: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(kept) < number:
        assert time.monotonic() < end
        time.sleep(0.01)
