from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.memory_queue import MemoryLists, MemoryQueue
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.bootstrap.crew import Crew
from aboveboard.collector.drain import Drain
from aboveboard.model.verdict import Reason, Refused
from aboveboard.ports.collector import LogPosition
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.health import health
from aboveboard.web.notary import Notary


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Collector]:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    made = collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry"))
    made.follower.start()
    yield made
    if made.follower.alive():
        made.follower.stop()
    made.facts.close()
    made.log.close()


def notary(parts: Collector) -> Notary:
    return Notary(parts.publisher, parts.public_log, SystemClock(), {})


def states(content: dict[str, object]) -> list[object]:
    found: list[object] = [content["status"]]
    for part in ("log", "loader", "store"):
        section = content[part]
        assert isinstance(section, dict)
        found.append(section["state"])
    return found


def test_a_well_collector_tells_what_happened_so_far(parts: Collector) -> None:
    parts.acceptor.count(Refused(Reason.TOO_LARGE, ""))
    parts.acceptor.asides = 3
    assert health(parts, notary(parts)) == (
        200,
        {
            "status": "ok",
            "log": {"state": "ok", "cut_bytes_at_start": 0, "torn_bytes": 0, "unreadable_bytes": 0},
            "loader": {"state": "ok", "behind_bytes": 0, "loaded_records": 0},
            "transparency": {"state": "ok", "entries": 2},
            "store": {"state": "ok"},
            "keeping": {
                "state": "ok",
                "jobs": {},
                "replay": {"state": "idle", "records": 0, "reports": 0, "entries": 0},
                "late_reports": 0,
            },
            "outcomes": {"too_large": 1},
            "entries_set_aside": 3,
        },
    )


def test_a_log_that_cannot_be_written_is_said(parts: Collector) -> None:
    parts.acceptor.log_well = False
    status, content = health(parts, notary(parts))
    assert status == 503
    assert states(content) == ["failing", "failing", "ok", "ok"]


def test_a_loader_that_stands_still_is_said_with_how_far_it_is_behind(parts: Collector) -> None:
    parts.follower.stop()
    parts.log.append([b"broken"])
    assert not parts.follower.step()
    status, content = health(parts, notary(parts))
    assert status == 503
    assert states(content) == ["failing", "ok", "failing", "ok"]
    loader = content["loader"]
    assert isinstance(loader, dict)
    assert loader["behind_bytes"] == parts.log.behind(LogPosition()) > 0


def test_a_loader_that_has_ended_is_said(parts: Collector) -> None:
    parts.follower.stop()
    status, content = health(parts, notary(parts))
    assert status == 503
    assert states(content) == ["failing", "ok", "failing", "ok"]


def test_a_store_that_cannot_be_read_is_said(parts: Collector) -> None:
    parts.follower.stop()
    parts.facts.close()
    status, content = health(parts, notary(parts))
    assert status == 503
    assert states(content) == ["failing", "ok", "failing", "failing"]
    loader = content["loader"]
    assert isinstance(loader, dict)
    assert loader["behind_bytes"] is None


def test_a_notary_that_cannot_work_is_said(parts: Collector) -> None:
    broken = notary(parts)
    broken.well = False
    status, content = health(parts, broken)
    assert (status, content["transparency"]) == (503, {"state": "failing", "entries": 2})


def test_workers_that_are_not_there_are_said(parts: Collector) -> None:
    wanted = replace(parts.settings, workers=2)
    crew = Crew(wanted, parts.registries, {}, {})
    status, content = health(replace(parts, crew=crew), notary(parts))
    assert status == 503
    assert content["workers"] == {"state": "failing", "wanted": 2, "running": 0, "restarts": 0}


def test_a_queue_in_front_is_told_of_and_makes_it_unwell_when_it_is_away(
    parts: Collector,
) -> None:
    queue = MemoryQueue(MemoryLists(), ["reports"], "a")
    drain = Drain(queue, {}, parts.acceptor.accept)
    with_queue = replace(parts, drain=drain)
    drain.waiting, drain.put_off, drain.given_back = {"reports": 3}, 2, 1
    drain.outcomes.update(kept=5)
    told = {
        "state": "ok",
        "waiting": {"reports": 3},
        "outcomes": {"kept": 5},
        "put_off": 2,
        "given_back": 1,
    }
    status, content = health(with_queue, notary(parts))
    assert (status, content["queue"]) == (200, told)
    drain.well = False
    status, content = health(with_queue, notary(parts))
    assert (status, content["queue"]) == (503, told | {"state": "failing"})
