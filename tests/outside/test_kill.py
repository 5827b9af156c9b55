from __future__ import annotations

import json
import random  # noqa: TID251 the seed makes the moments of the kills repeat
import signal
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.senders import Senders

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, MakeReport, Run, Serve

ROUNDS = 3
SEED = 20261121


@pytest.fixture(params=["the kernel", "a thread"])
def synced_by(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Tell who syncs the log; a thread has to where the library has no compiled part."""
    if request.param == "a thread":
        without = tmp_path / "without" / "caio"
        without.mkdir(parents=True)
        (without / "__init__.py").touch()
        monkeypatch.setenv("PYTHONPATH", str(without.parent))
    return str(request.param)


def test_every_acknowledged_report_is_counted_once_however_often_the_collector_is_killed(
    synced_by: str, serve: Serve, report: MakeReport, run: Run
) -> None:
    dice = random.Random(SEED)  # noqa: S311 as above
    senders = Senders(report)
    for _ in range(ROUNDS):
        collector = serve()
        assert _has_kernel_syncs(collector) == (synced_by == "the kernel")
        senders.kill_after(collector, dice.randint(50, 800))
        assert senders.statuses == {201}
        collector = serve()
        repeated = dice.sample(sorted(senders.acknowledged), len(senders.acknowledged) // 3)
        assert senders.resend(collector, repeated) == {200}
        senders.resend_unanswered(collector)
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


def _has_kernel_syncs(collector: Collector) -> bool:
    """Whether a process has a place in its memory where the kernel tells of finished syncs."""
    return "[aio]" in Path(f"/proc/{collector.running.process.pid}/maps").read_text()


def _asked(run: Run, collector: Collector, query: str) -> list[dict[str, Any]]:
    done = run("sql", query, "--data", str(collector.data), "--format", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows
