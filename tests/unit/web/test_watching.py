from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aboveboard.adapters import machine
from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.errors import LogError
from aboveboard.model.verdict import Kept
from aboveboard.ports.collector import LogPosition
from aboveboard.ports.control import JobRun
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web import vitals as vitals_module
from aboveboard.web.metrics_table import TABLE
from aboveboard.web.vitals import Vitals
from aboveboard.web.watching import Watching

LOOPBACK = ("127.0.0.1", 5000)
ELSEWHERE = ("203.0.113.7", 5000)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Collector]:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    made = collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry"))
    yield made
    made.facts.close()
    made.log.close()


@pytest.fixture
def vitals(parts: Collector) -> Vitals:
    return Vitals(parts, SetClock())


def get(
    watching: Watching,
    path: str,
    client: tuple[str, int] | None = LOOPBACK,
    headers: dict[str, str] | None = None,
    method: str = "GET",
) -> tuple[int, bytes]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "method": method,
        "path": path,
        "client": client,
        "headers": [(n.encode(), v.encode()) for n, v in (headers or {}).items()],
    }
    asyncio.run(watching(scope, send))
    return sent[0]["status"], sent[1]["body"]


def test_a_process_that_answers_is_alive(vitals: Vitals) -> None:
    watching = Watching(vitals, "token", "off")
    assert get(watching, "/alive") == (200, b'{"alive":true}\n')
    assert get(watching, "/alive", method="POST")[0] == 405


def test_a_collector_is_ready_while_it_can_acknowledge(vitals: Vitals, parts: Collector) -> None:
    watching = Watching(vitals, "token", "off")
    status, body = get(watching, "/ready")
    assert (status, json.loads(body)["ready"]) == (200, True)
    parts.acceptor.log_well = False
    vitals.stopping = True
    status, body = get(watching, "/ready")
    checks = json.loads(body)["checks"]
    assert (status, [name for name, well in checks.items() if not well]) == (
        503,
        ["log_well", "not_stopping"],
    )


def test_a_full_disk_and_a_loader_far_behind_make_it_unready(
    vitals: Vitals, parts: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals_module, "disk_of", lambda _: (1000, 1000))
    monkeypatch.setattr(parts.follower, "behind", lambda: 1 << 40)
    checks = vitals.ready()
    assert [name for name, well in checks.items() if not well] == ["disk_free", "loader_keeps_up"]
    monkeypatch.setattr(vitals_module, "disk_of", lambda _: (1 << 40, 0))
    assert not vitals.ready()["disk_free"]
    monkeypatch.setattr(vitals_module, "disk_of", lambda _: None)
    assert vitals.ready()["disk_free"]


@pytest.mark.parametrize(
    ("readers", "client", "headers", "status"),
    [
        pytest.param("loopback", LOOPBACK, {}, 200, id="this-machine"),
        pytest.param("loopback", ("::1", 1, 0, 0), {}, 200, id="this-machine-too"),
        pytest.param("loopback", ELSEWHERE, {}, 404, id="elsewhere"),
        pytest.param("loopback", None, {}, 404, id="nobody-knows"),
        pytest.param("loopback", ("socket", 0), {}, 404, id="no-address"),
        pytest.param("loopback", LOOPBACK, {"x-forwarded-for": "::1"}, 404, id="through-a-server"),
        pytest.param("loopback", ELSEWHERE, {"authorization": "Bearer token"}, 200, id="token"),
        pytest.param("loopback", ELSEWHERE, {"authorization": "Bearer other"}, 404, id="no-token"),
        pytest.param("public", ELSEWHERE, {}, 200, id="public"),
        pytest.param("off", LOOPBACK, {}, 404, id="off"),
        pytest.param("off", LOOPBACK, {"authorization": "Bearer token"}, 200, id="off-but-token"),
    ],
)
def test_who_may_read_the_numbers(
    vitals: Vitals,
    readers: str,
    client: tuple[str, int] | None,
    headers: dict[str, str],
    status: int,
) -> None:
    assert get(Watching(vitals, "token", readers), "/metrics", client, headers)[0] == status


def test_the_page_tells_every_number_of_the_table(vitals: Vitals, parts: Collector) -> None:
    parts.meters.answer(Kept(repeated=False), "native", "editor")
    parts.meters.message("segment", "editor", "understood", "go/1", 2)
    parts.meters.batches.observe(3)
    moment = SetClock().now()
    parts.keeping.keeper.last = {
        "retention": JobRun("retention", moment, moment, "done"),
        "rewrite": JobRun("rewrite", moment, moment, "failed"),
    }
    _, body = get(Watching(vitals, "token", "public"), "/metrics")
    families = list(text_string_to_metric_families(body.decode()))
    told = {s.name: s.value for family in families for s in family.samples}
    jobs = {s.labels["job"] for f in families for s in f.samples if "job" in s.labels}
    assert jobs == {"retention"}
    [labels] = [s.labels for f in families for s in f.samples if "client" in s.labels]
    wanted = {"code": "understood", "wire": "segment", "app": "editor", "client": "go/1"}
    assert labels == wanted
    for name in TABLE:
        assert {name, f"{name}_count"} & told.keys(), name
    assert told["aboveboard_answers_total"] == 1
    assert told["aboveboard_messages_total"] == 2
    assert told["aboveboard_quarantine_rows"] == 0
    assert told["aboveboard_loader_behind_seconds"] == 0


def test_numbers_that_cannot_be_had_are_left_out(
    vitals: Vitals, parts: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: LogPosition) -> int:
        message = "no log"
        raise LogError(message)

    monkeypatch.setattr(parts.log, "behind", broken)
    monkeypatch.setattr(vitals_module, "disk_of", lambda _: None)
    monkeypatch.setattr(vitals_module, "open_files", lambda: None)
    parts.facts.close()
    names = {name for name, _, _ in vitals.samples()}
    assert "aboveboard_log_bytes" not in names
    assert "aboveboard_quarantine_rows" not in names
    assert "process_open_fds" not in names
    assert "aboveboard_disk_free_bytes" not in names


def test_without_a_quarantine_nothing_waits_in_it(
    vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals_module, "_TABLE_THERE", "select 0")
    assert ("aboveboard_quarantine_rows", {}, 0) in list(vitals.samples())


def test_what_waits_in_quarantine_is_counted(
    vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals_module, "_TABLE_THERE", "select 1")
    monkeypatch.setattr(vitals_module, "_WAITING", "select 7")
    assert ("aboveboard_quarantine_rows", {}, 7) in list(vitals.samples())


def test_it_looks_again_and_again(vitals: Vitals, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1, 2]

    def look() -> None:
        left.pop()  # the third look ends it

    monkeypatch.setattr(vitals, "look", look)
    monkeypatch.setattr("aboveboard.web.watching.LOOK_SECONDS", 0)
    with pytest.raises(IndexError):
        asyncio.run(Watching(vitals, "", "off").run())


def test_a_system_that_tells_nothing_is_asked_for_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_STATM", tmp_path / "none")
    monkeypatch.setattr(machine, "_DESCRIPTORS", tmp_path / "none")
    assert machine.resident_bytes() is None
    assert machine.open_files() is None
    assert machine.disk_of(tmp_path / "none") is None
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_bytes(b"12345")
    assert machine.folder_bytes(tmp_path) == 5
