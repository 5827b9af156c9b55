"""A real collector deletes what its owner takes back, also when it is killed in the middle."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.outside.conftest import Answered, Collector, MakeReport, Run, Serve

TOKEN = "5a" * 32
HASH = hashlib.sha256(bytes.fromhex(TOKEN)).hexdigest()


def delete(collector: Collector, number: int, token: str = TOKEN) -> Answered:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return collector.ask("DELETE", f"/reports/editor/{number:032x}", None, headers)


def counted(collector: Collector) -> tuple[int, int]:
    """Give the sum of the counter and on how many reports it rests."""
    weeks = collector.numbers()["metrics"][0]["weeks"]
    return sum(week["count"] for week in weeks), sum(week["n"] for week in weeks)


def in_log(data: Path, number: int) -> list[str]:
    """Give every record of the log that names a report, as its kind."""
    name = f'"id":"{number:032x}"'.encode()
    data_of = [file.read_bytes() for file in (data / "log").rglob("*") if file.is_file()]
    return [
        "gone" if body[:place].endswith(b'{"kind":"gone",') else "report"
        for body in data_of
        for place in _places(body, name)
    ]


def _places(body: bytes, name: bytes) -> list[int]:
    found, place = [], body.find(name)
    while place >= 0:
        found.append(place)
        place = body.find(name, place + 1)
    return found


def test_a_report_is_deleted_and_its_receipt_can_be_checked(
    serve: Serve, report: MakeReport, run: Run, tmp_path: Path
) -> None:
    collector = serve()
    for number in (1, 2, 3):
        assert collector.put(report(number, withdrawal=HASH)).status == 201
    log = run("key", "--data", str(collector.data)).stdout.splitlines()[1]

    assert (delete(collector, 1, "").status, delete(collector, 1, "00" * 32).status) == (401, 403)
    assert delete(collector, 9).content["code"] == "unknown_report"
    answer = delete(collector, 1)

    assert (answer.status, answer.content["code"]) == (200, "deleted")
    assert counted(collector) == (2, 2)
    assert in_log(collector.data, 1) == ["gone"]
    assert in_log(collector.data, 2) == ["report"]
    kept = tmp_path / "receipt.json"
    kept.write_bytes(answer.body)
    done = run("verify-receipt", str(kept), "--log", log, "--report", f"{1:032x}")
    assert (done.returncode, "genuine" in done.stdout) == (0, True), done.stderr
    assert "No backup" not in done.stdout  # it keeps none
    assert delete(collector, 1).content == answer.content
    assert collector.put(report(1, withdrawal=HASH)).content["code"] == "repeated"
    assert counted(collector) == (2, 2)
    health = collector.health()
    assert health["status"] == "ok"
    assert health["outcomes"]["deleted"] == 2


@pytest.mark.parametrize("after", [0.0, 0.25, 0.5, 0.6])
def test_whenever_it_is_killed_the_report_is_gone_in_the_end(
    serve: Serve, report: MakeReport, tmp_path: Path, after: float
) -> None:
    data = tmp_path / "data"
    collector = serve(data)
    for number in (1, 2, 3):
        collector.put(report(number, withdrawal=HASH))
    assert counted(collector) == (3, 3)

    def ask() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            delete(collector, 1)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(after)
    collector.running.end(signal.SIGKILL)
    asking.join()

    again = serve(data)
    assert delete(again, 1).content["code"] == "deleted"
    assert counted(again) == (2, 2)
    assert set(in_log(data, 1)) == {"gone"}
    again.running.end(signal.SIGTERM)

    for file in (data / "facts").iterdir():
        file.unlink()
    anew = serve(data)
    assert counted(anew) == (2, 2)
    assert delete(anew, 1).content["code"] == "deleted"
