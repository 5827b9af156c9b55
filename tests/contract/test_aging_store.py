"""What every AgingStore promises, over all its adapters."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.postgres import Server

from aboveboard.adapters.duckdb_facts import FRESH, DuckdbFacts
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.model.total import Total
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.ports.keeping import Ages, Tables

Fact = tuple[str, str | None, str, int]
AGES = Ages(facts=date(2026, 11, 17), waiting=date(2026, 11, 17), ids=date(2026, 11, 16))
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"
VALUE = "mellonmellonmellon"
TABLES = (
    "position",
    "reports",
    "facts",
    "group_totals",
    "period_totals",
    "asides",
    "quarantine",
    "late",
    "copies",
)


@pytest.fixture
def store(opens: Callable[..., Tables], tmp_path: Path) -> Iterator[Tables]:
    made = opens(tmp_path / "facts")
    yield made
    made.close()


def record(number: int, *facts: Fact, **changes: Any) -> bytes:  # noqa: ANN401 any part of it
    content = {
        "id": f"{number:032x}",
        "app": "editor",
        "week": "2026-W47",
        "day": "2026-11-18",
        "facts": [{"m": m, "d": d, "k": k, "c": c} for m, d, k, c in facts],
        "aside": [],
        "w": "f" * 64,
    }
    return json.dumps(content | changes).encode()


def waits(text: str) -> dict[str, Any]:
    return {"aside": [{"m": "made.up", "r": "unknown_metric", "e": f'{{"v":"{text}"}}'}]}


def part(segment: int, *records: bytes) -> LogSlice:
    return LogSlice(list(records), LogPosition(segment, 9))


def rows(store: Tables, select: str) -> list[tuple[Any, ...]]:
    return list(store.query(select, 10_000).rows)


def tables(store: Tables) -> list[Any]:
    every = [rows(store, f"select * from {table}") for table in TABLES]  # noqa: S608 ours
    return [sorted(each, key=str) for each in every]


def opened(day: str, count: int) -> Fact:
    return ("file.opened", day, "", count)


def test_facts_go_when_their_day_or_week_is_over_and_totals_stay(store: Tables) -> None:
    store.load(
        part(
            1,
            record(1, opened(MONDAY, 3), opened(TUESDAY, 4), ("system.os", None, "linux", 1)),
            record(2, ("system.os", None, "linux", 1), week="2026-W46"),
        )
    )
    before = store.totals("editor")
    assert store.age(AGES)["facts"] == 2
    kept = rows(store, "select metric, period, count from facts order by metric, period")
    assert kept == [("file.opened", TUESDAY, 4), ("system.os", "2026-W47", 1)]
    assert store.totals("editor") == before
    assert store.age(AGES)["facts"] == 0


def test_an_app_may_have_a_time_of_its_own(store: Tables) -> None:
    store.load(part(1, record(1, opened(MONDAY, 3)), record(1, opened(MONDAY, 3), app="viewer")))
    store.age(replace(AGES, facts_of={"viewer": date(2026, 11, 16)}))
    assert rows(store, "select app from facts") == [("viewer",)]
    store.age(replace(AGES, facts=date(2026, 11, 1), facts_of={"viewer": date(2026, 11, 18)}))
    assert rows(store, "select app from facts") == []


def test_what_waits_goes_by_the_day_it_arrived_and_is_counted(store: Tables) -> None:
    store.load(part(1, record(1, day=MONDAY, **waits("a")), record(2, day=MONDAY, **waits("a"))))
    store.load(part(1, record(3, day=TUESDAY, **waits("a"))))
    assert store.age(AGES)["quarantine"] == 1
    assert rows(store, "select cast(day as varchar), reports from quarantine") == [(TUESDAY, 1)]
    assert rows(store, "select * from let_go") == [("editor", "old", 2)]


def test_where_nothing_may_wait_nothing_does(store: Tables) -> None:
    store.load(part(1, record(1, **waits("a")), record(2, **waits("b"))))
    store.age(replace(AGES, most_waiting=1))
    assert len(rows(store, "select * from quarantine")) == 1
    store.age(replace(AGES, most_waiting=0))
    assert rows(store, "select * from quarantine") == []


def test_ids_go_when_their_reports_would_no_longer_be_accepted(store: Tables) -> None:
    store.load(part(1, record(1, opened(MONDAY, 3)), record(2, week="2026-W46")))
    assert store.age(AGES)["reports"] == 1
    assert rows(store, "select week from reports") == [("2026-W47",)]
    assert store.apps() == {"editor": 2}
    store.age(replace(AGES, ids=date(2027, 1, 1)))
    assert store.apps() == {"editor": 2}


def test_who_could_take_a_report_back_is_forgotten_with_the_log(store: Tables) -> None:
    store.load(part(1, record(1)))
    store.load(part(2, record(2), record(1)))
    store.forget_places("0", 2)
    assert rows(store, "select log, segment, token is null from reports order by id") == [
        (None, None, True),
        ("0", 2, False),
    ]
    assert len(rows(store, "select * from copies")) == 1
    store.forget_places("0", 3)
    assert rows(store, "select * from copies") == []


def test_late_reports_are_counted_by_week(store: Tables) -> None:
    last_day_of_grace, first_late = "2026-12-06", "2026-12-07"
    store.load(part(1, record(1, day=last_day_of_grace), record(2, day=first_late)))
    store.load(part(1, record(3, day="2027-03-01"), record(2, day=first_late)))
    assert rows(store, "select * from late") == [("editor", "2026-W47", 2)]


def test_nothing_changes_when_everything_is_written_anew(store: Tables) -> None:
    store.load(part(1, record(1, opened(MONDAY, 3), **waits("a")), record(2, week="2026-W40")))
    before = tables(store)
    totals = store.totals("editor")
    store.rewrite()
    assert tables(store) == before
    assert store.totals("editor") == totals
    assert store.load(part(2, record(1), record(3, opened(MONDAY, 3)))) == 1
    assert store.position("0") == LogPosition(2, 9)
    assert store.totals("editor")[0] == Total("file.opened", "day", MONDAY, "", 6, 2, 2)


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_what_was_deleted_is_in_no_file_afterwards(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(1, record(1, day=MONDAY, **waits(VALUE)), record(2, opened(TUESDAY, 3))))
    store.close()
    store = DuckdbFacts(tmp_path)
    store.age(AGES)
    assert VALUE.encode() in bytes_of(tmp_path)
    store.rewrite()
    assert VALUE.encode() not in bytes_of(tmp_path)
    store.load(part(1, record(3, opened(TUESDAY, 3))))
    store.close()
    assert VALUE.encode() not in bytes_of(tmp_path)
    again = DuckdbFacts(tmp_path)
    assert again.totals("editor")[0].n == 2
    again.close()


def test_what_was_deleted_is_in_no_table_s_file_of_a_server_afterwards(
    postgres: Callable[[Path], str], postgres_server: Server, tmp_path: Path
) -> None:
    store = PostgresFacts(postgres(tmp_path))
    store.load(part(1, record(1, day=MONDAY, **waits(VALUE)), record(2, opened(TUESDAY, 3))))
    postgres_server.run("checkpoint", "analyze")
    store.age(AGES)
    files = postgres_server.folder / "data" / "base"
    assert VALUE.encode() in bytes_of(files)
    store.rewrite()
    postgres_server.run("checkpoint")
    assert VALUE.encode() not in bytes_of(files)
    assert store.totals("editor")[0].n == 1
    store.close()


def test_rows_stand_in_the_order_of_their_values_afterwards(
    postgres: Callable[[Path], str], tmp_path: Path
) -> None:
    store = PostgresFacts(postgres(tmp_path))
    for number in (3, 1, 2):
        store.load(part(number, record(number, opened(MONDAY, number))))
    store.rewrite()
    assert rows(store, "select count from facts order by ctid") == [(1,), (2,), (3,)]
    assert rows(store, "select segment from reports order by ctid") == [(1,), (2,), (3,)]
    store.close()


def test_what_an_unfinished_rewriting_left_is_no_obstacle(tmp_path: Path) -> None:
    store = DuckdbFacts(tmp_path)
    store.load(part(1, record(1, opened(MONDAY, 3))))
    for name in (FRESH, f"{FRESH}.wal"):
        (tmp_path / name).write_bytes(b"half")
    store.rewrite()
    assert not (tmp_path / FRESH).exists()
    assert store.totals("editor")[0].n == 1
    store.close()


def test_people_may_ask_and_reports_may_come_while_everything_is_written_anew(
    store: Tables,
) -> None:
    errors: list[BaseException] = []
    ended = threading.Event()

    def busy(act: Callable[[int], object]) -> None:
        number = 0
        try:
            while not ended.is_set():
                act(number := number + 1)
        except BaseException as error:  # noqa: BLE001 a thread's error would be lost
            errors.append(error)

    acts: list[Callable[[int], object]] = [
        lambda number: store.load(part(number, record(number, opened(MONDAY, 1)))),
        lambda _: store.totals("editor"),
        lambda _: store.query("select count(*) from reports", 1),
    ]
    threads = [threading.Thread(target=busy, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for _ in range(3):
        store.rewrite()
        store.age(replace(AGES, facts=date(2026, 1, 1)))
    ended.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.totals("editor")[0].n == store.apps()["editor"]
