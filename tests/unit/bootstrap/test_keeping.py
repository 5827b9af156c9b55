from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.data_folder import ServedBy
from aboveboard.adapters.desk import Desk, have_done
from aboveboard.adapters.system import SystemClock
from aboveboard.analysis import keeper
from aboveboard.bootstrap import keeping
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.collector.receive import Request
from aboveboard.errors import FactsError, QueryError
from aboveboard.model.period import Week
from aboveboard.model.verdict import Kept, Refused
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

OLD = EXAMPLE_REGISTRY.replace(b"file.opened", b"file.closed")
TODAY = SystemClock().now().date()


@pytest.fixture
def settings(tmp_path: Path) -> CollectorSettings:
    (tmp_path / "registry").mkdir()
    settings = CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry")
    serve(settings, OLD)
    return settings


def serve(settings: CollectorSettings, registry: bytes) -> None:
    (settings.registry / "editor.toml").write_bytes(registry)


@contextmanager
def running(settings: CollectorSettings, *, started: bool = True) -> Iterator[Collector]:
    parts = collector(settings)
    parts.follower.start()
    if started:
        parts.keeping.start()
    try:
        yield parts
    finally:
        parts.keeping.stop()
        if parts.follower.alive():
            parts.follower.stop()
        parts.facts.close()
        for log in parts.logs:
            log.close()


def take(parts: Collector, number: int, metric: str = "file.opened") -> Kept | Refused:
    report_id = f"{number:032x}"
    content = {
        "format": 1,
        "id": report_id,
        "app": "editor",
        "period": str(Week.of(TODAY)),
        "registry": parts.registries["editor"].fingerprint,
        "entries": [{"metric": metric, "day": TODAY.isoformat(), "value": 3}],
    }
    request = Request("editor", report_id, json.dumps(content).encode())
    return asyncio.run(parts.acceptor.accept(request))


def eventually(parts: Collector, select: str, rows: list[tuple[Any, ...]]) -> None:
    """Wait until a query gives what it should."""
    deadline = time.monotonic() + PATIENCE
    while (found := list(parts.facts.query(select, 100).rows)) != rows:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


WAITING = "select metric, reports from quarantine order by all"
COUNTED = "select metric, count, n from totals where span = 'week'"


def test_a_metric_that_is_registered_brings_back_what_waited_for_it(
    settings: CollectorSettings,
) -> None:
    with running(settings) as parts:
        for number in range(3):
            assert take(parts, number) == Kept(repeated=False, aside=1)
        take(parts, 3, "made.up")
        eventually(parts, WAITING, [("file.opened", 3), ("made.up", 1)])
    serve(settings, EXAMPLE_REGISTRY)
    with running(settings) as parts:
        eventually(parts, COUNTED, [("file.opened", 9, 3)])
        eventually(parts, WAITING, [("made.up", 1)])
        state: Any = parts.keeping.state()
        assert state["replay"] == {"state": "idle", "records": 4, "reports": 3, "entries": 3}
    with running(settings) as parts:
        time.sleep(0.1)
        eventually(parts, COUNTED, [("file.opened", 9, 3)])
        state = parts.keeping.state()
        assert state["replay"]["records"] == 0


def test_a_loader_that_stands_still_lets_nothing_come_back(
    settings: CollectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE_SECONDS", 0.01)
    with running(settings, started=False) as parts:
        parts.follower.stop()
        take(parts, 1)
        parts.keeping.start()
        time.sleep(0.05)
    serve(settings, EXAMPLE_REGISTRY)
    with running(settings, started=False) as parts:
        parts.facts.close()
        parts.keeping.start()
        time.sleep(0.05)
        parts.follower.stop()


def test_tables_that_cannot_be_read_end_a_replay_and_are_said(
    settings: CollectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(settings, started=False) as parts:
        parts.follower.stop()
        monkeypatch.setattr(parts.follower, "behind", lambda: 0)
        parts.facts.close()
        parts.keeping.start()
        parts.keeping.stop()
        assert parts.keeping.late_reports() is None


def test_old_segments_go_at_the_start_as_soon_as_anybody_knows_what_is_loaded(
    settings: CollectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(settings, started=False) as parts:
        parts.follower.well = False  # as on a full disk
        with monkeypatch.context() as away:
            away.setattr(parts.follower, "behind", unknown)
            parts.keeping.keeper.look()
        assert parts.keeping.keeper.last == {}
        parts.keeping.keeper.look()
        assert parts.keeping.keeper.last.keys() == {"log"}


def unknown() -> int:
    raise FactsError


def test_the_jobs_are_done_and_said(
    settings: CollectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(keeper, "SPREAD", keeper.SPREAD * 0)
    with running(settings) as parts:
        take(parts, 1)
        deadline = time.monotonic() + PATIENCE
        while "rewrite" not in parts.keeping.keeper.last or not parts.keeping.keeper.well:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        eventually(parts, WAITING, [("file.opened", 1)])
        state: Any = parts.keeping.state()
        assert state["state"] == "ok"
        assert state["jobs"]["retention"]["outcome"] == "done"
        assert state["jobs"]["log"]["segments"] == 0


def test_where_nothing_may_wait_nothing_is_kept(settings: CollectorSettings) -> None:
    bare = CollectorSettings(data=settings.data, registry=settings.registry, quarantine_days=0)
    with running(bare) as parts:
        take(parts, 1)
        asyncio.run(parts.acceptor.accept(Request("editor", f"{2:032x}", b"mellon")))
        eventually(parts, "select metric, entries from asides", [("file.opened", 1)])
        assert list(parts.facts.query(WAITING, 9).rows) == []
        assert parts.keeping.quarantine.replay() == {"reports": 0, "entries": 0}


def asked(at: ServedBy, do: str, **told: str) -> dict[str, Any]:
    return have_done(at, do, 40.0, **{"with": told})


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_folder_s_owner_may_replay_and_drop_beside_it(settings: CollectorSettings) -> None:
    async def visit(parts: Collector) -> None:
        desk = Desk(parts.facts, parts.keeping.acts())
        await desk.start()
        at = ServedBy(1, desk.port, desk.token, "")
        try:
            told = {"app": "editor", "metric": ""}
            done = await asyncio.to_thread(asked, at, "quarantine_replay", **told)
            assert done == {"reports": 0, "entries": 0}
            done = await asyncio.to_thread(asked, at, "quarantine_drop", app="editor")
            assert done == {"reports": 1}
            with pytest.raises(QueryError, match="not a question"):
                await asyncio.to_thread(asked, at, "quarantine_drop", colour="red")
            with pytest.raises(QueryError, match="not a question"):
                await asyncio.to_thread(asked, at, "format_the_disk")
        finally:
            await desk.stop()
        with pytest.raises(FactsError, match="no collector answers"):
            await asyncio.to_thread(asked, at, "quarantine_drop", app="editor")

    with running(settings) as parts:
        take(parts, 1)
        eventually(parts, WAITING, [("file.opened", 1)])
        asyncio.run(visit(parts))
        eventually(parts, WAITING, [])
