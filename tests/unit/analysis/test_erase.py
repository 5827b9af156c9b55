from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.memory import MemoryLog
from aboveboard.analysis.erase import erase_listed
from aboveboard.analysis.load import load_next
from aboveboard.ports.collector import Erasure, LogPosition, LogSlice

ID, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DuckdbFacts]:
    store = DuckdbFacts(tmp_path)
    yield store
    store.close()


def record(report_id: str = ID, app: str = "editor", said: str = "linux") -> bytes:
    content = {"id": report_id, "app": app, "week": "2026-W47", "day": "2026-11-18"}
    facts = [{"m": "system.os", "d": None, "k": said, "c": 1}]
    return json.dumps(content | {"facts": facts, "aside": []}).encode()


def gone(report_id: str = ID) -> bytes:
    content = {"kind": "gone", "id": report_id, "app": "editor", "week": "2026-W47"}
    return json.dumps(content | {"day": "2026-11-19", "w": ""}, separators=(",", ":")).encode()


def test_a_report_goes_and_whoever_merely_names_it_stays(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    others = [record(app="viewer"), record(OTHER, said=ID), b'["%b"]' % ID.encode()]
    log.append([record(), *others[:2], gone()])
    load_next(log, facts)
    broken = b"{" + ID.encode()
    log.records.extend([others[2], broken])

    assert erase_listed({"0": log}, facts) == 1

    assert log.records[0].strip() == b'{"kind":"erased"}'
    assert list(log.records)[1:] == [*others[:2], gone(), others[2], broken]
    assert [total.key for total in facts.totals("editor")] == [ID]
    assert erase_listed({"0": log}, facts) == 0


def test_what_was_added_to_a_report_later_goes_with_it(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    log.append([record()])
    load_next(log, facts)
    more = record(said="macos").replace(b'{"id"', b'{"kind":"more","id"')
    facts.load(LogSlice([record(OTHER, said="macos")], LogPosition(0, 1)))
    log.append([more])
    facts.load(LogSlice([gone()], LogPosition(0, 2)))

    erase_listed({"0": log}, facts)

    assert facts.totals("editor") == []
    assert {r.strip() for r in log.records} == {b'{"kind":"erased"}'}


def test_what_lies_in_a_log_that_is_not_here_stays_listed(facts: DuckdbFacts) -> None:
    log = MemoryLog("7")
    log.append([record(), gone()])
    load_next(log, facts)
    assert erase_listed({}, facts) == 0
    assert facts.erasures() == [Erasure("editor", ID, "7", 0, original=True, counted=True)]
    assert erase_listed({"7": log}, facts) == 1
    assert facts.erasures() == []


def test_a_copy_that_comes_later_is_erased_and_counted_neither_way(facts: DuckdbFacts) -> None:
    log, other = MemoryLog(), MemoryLog("1")
    log.append([record(), record(OTHER), gone()])
    load_next(log, facts)
    erase_listed({"0": log, "1": other}, facts)
    before = facts.totals("editor")
    other.append([record(said="macos")])
    load_next(other, facts)
    assert facts.erasures() == [Erasure("editor", ID, "1", 0)]
    erase_listed({"0": log, "1": other}, facts)
    assert facts.totals("editor") == before
    assert other.records[0].strip() == b'{"kind":"erased"}'


def test_counts_are_taken_out_once(facts: DuckdbFacts) -> None:
    log = MemoryLog()
    log.append([record(), record(OTHER), gone()])
    load_next(log, facts)
    (place,) = facts.erasures()
    for _ in range(2):
        facts.take_out(place, [record()])
    assert [(total.n, total.all_n) for total in facts.totals("editor")] == [(1, 1)]
