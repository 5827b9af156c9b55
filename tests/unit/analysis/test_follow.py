from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.memory import MemoryLog
from aboveboard.analysis import follow
from aboveboard.analysis.follow import Follower


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DuckdbFacts]:
    store = DuckdbFacts(tmp_path)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "PAUSE_SECONDS", 0.005)
    monkeypatch.setattr(follow, "PAUSE_AFTER_FAILURE_SECONDS", 0.005)


def record(number: int) -> bytes:
    content = {"id": f"{number:032x}", "app": "editor", "week": "2026-W47", "day": "2026-11-18"}
    return json.dumps(content | {"facts": [], "aside": []}).encode()


def test_a_step_loads_what_there_is_and_says_so(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    changes: list[int] = []
    follower = Follower([log], facts, lambda: changes.append(1))
    assert not follower.step()
    log.append([record(1), record(2)])
    assert follower.behind() == len(record(1)) * 2
    assert follower.step()
    assert follower.behind() == 0
    assert not follower.step()
    assert follower.loaded == 2
    assert changes == [1]


def test_a_store_that_fails_is_tried_until_it_is_well_and_named_once(
    facts: DuckdbFacts, caplog: pytest.LogCaptureFixture
) -> None:
    log = MemoryLog()
    log.append([record(1), b"broken"])
    follower = Follower([log], facts)
    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        for _ in range(3):
            assert not follower.step()
    assert (follower.well, follower.loaded) == (False, 0)
    assert len(caplog.records) == 1
    log.records[1] = record(2)
    assert follower.step()
    assert follower.well
    assert facts.apps() == {"editor": 2}


def test_it_follows_a_growing_log_in_its_own_thread(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    changed = threading.Event()
    follower = Follower([log], facts, changed.set)
    assert not follower.alive()
    follower.start()
    assert follower.alive()
    for number in range(3):
        changed.clear()
        log.append([record(number)])
        assert changed.wait(PATIENCE)
    follower.stop()
    assert not follower.alive()
    assert facts.apps() == {"editor": 3}


def test_it_recovers_in_its_own_thread(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    log.append([b"broken"])
    changed = threading.Event()
    follower = Follower([log], facts, changed.set)
    follower.start()
    log.records[0] = record(1)
    assert changed.wait(PATIENCE)
    follower.stop()
    assert follower.well


def test_stopping_first_loads_everything_there_is(
    facts: DuckdbFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "PAUSE_SECONDS", 60.0)
    log = MemoryLog()
    changed = threading.Event()
    follower = Follower([log], facts, changed.set)
    log.append([record(0)])
    follower.start()
    assert changed.wait(PATIENCE)
    log.append([record(number) for number in range(1, 50)])
    follower.stop()
    assert facts.apps() == {"editor": 50}


def test_stopping_does_not_wait_for_a_store_that_stays_broken(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    log.append([b"broken"])
    follower = Follower([log], facts)
    follower.start()
    follower.stop()
    assert not follower.well
