from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.memory import MemoryLog
from aboveboard.analysis.load import load_next
from aboveboard.errors import FactsError


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DuckdbFacts]:
    store = DuckdbFacts(tmp_path)
    yield store
    store.close()


def record(number: int) -> bytes:
    content = {"id": f"{number:032x}", "app": "editor", "week": "2026-W47", "day": "2026-11-18"}
    return json.dumps(content | {"facts": [], "aside": []}).encode()


def test_each_record_of_the_log_is_loaded_once(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    assert load_next(log, facts) == 0
    log.append([record(1), record(2)])
    assert load_next(log, facts) == 2
    log.append([record(3)])
    assert load_next(log, facts) == 1
    assert load_next(log, facts) == 0
    assert facts.apps() == {"editor": 3}


def test_a_part_that_cannot_be_loaded_is_tried_again_from_its_beginning(
    facts: DuckdbFacts,
) -> None:
    log = MemoryLog()
    log.append([record(1), b"broken"])
    for _ in range(2):
        with pytest.raises(FactsError):
            load_next(log, facts)
    assert facts.apps() == {}
    log.records[1] = record(2)
    assert load_next(log, facts) == 2
    assert facts.apps() == {"editor": 2}
