"""What every FactStore promises, over all its adapters."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random  # noqa: TID251 the same reports every time
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.analysis.kept import columns
from aboveboard.errors import FactsError, QueryError
from aboveboard.model.total import Total
from aboveboard.ports.collector import (
    ONLY_LOG,
    Cell,
    Erasure,
    FactStore,
    KnownReport,
    LogPosition,
    LogSlice,
)

Fact = tuple[str, str | None, str, int]
Open = Callable[[Path], FactStore]
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"
WEEK = "2026-W47"


@pytest.fixture
def facts(opens: Open, tmp_path: Path) -> Iterator[FactStore]:
    store = opens(tmp_path / "facts")
    yield store
    store.close()


def record(number: int, *facts: Fact, **changes: Any) -> bytes:  # noqa: ANN401 any part of it
    content = {
        "id": f"{number:032x}",
        "app": "editor",
        "week": WEEK,
        "day": "2026-11-18",
        "facts": [{"m": m, "d": d, "k": k, "c": c} for m, d, k, c in facts],
        "aside": [],
    }
    return json.dumps(content | changes).encode()


def part(end: int, *records: bytes) -> LogSlice:
    return LogSlice(list(records), LogPosition(1, end))


def asides(store: FactStore, app: str) -> list[tuple[Cell, ...]]:
    """Give what was set aside of an app's reports, as its maintainer asks for it."""
    where = f"from asides where app = '{app}' order by day, metric, reason"
    return list(store.query(f"select day, metric, reason, entries {where}", 100).rows)


FULL = [
    {"m": "system.os", "d": None, "k": "linux", "c": 1},
    {"m": "file.opened", "d": MONDAY, "k": "", "c": 1},
    {"m": "start.duration", "d": MONDAY, "k": "0", "c": 3},
]
BRIEF = [
    {"m": "system.os", "k": "linux"},
    {"m": "file.opened", "d": MONDAY},
    {"m": "start.duration", "d": MONDAY, "k": "0", "c": 3},
]
"""The same counts as they were written once, and without what is usual."""


def os_is(word: str) -> Fact:
    return ("system.os", None, word, 1)


def test_a_new_store_is_empty(facts: FactStore) -> None:
    assert facts.position(ONLY_LOG) == LogPosition()
    assert facts.apps() == {}
    assert facts.totals("editor") == []
    assert asides(facts, "editor") == []


def test_loading_tells_how_many_reports_were_new_and_moves_the_position(facts: FactStore) -> None:
    assert facts.load(part(70, record(1, os_is("linux")), record(2, os_is("linux")))) == 2
    assert facts.position(ONLY_LOG) == LogPosition(1, 70)
    assert facts.apps() == {"editor": 2}


def test_a_record_without_what_is_usual_counts_as_one_in_full(opens: Open, tmp_path: Path) -> None:
    found = []
    for form, name in ((FULL, "full"), (BRIEF, "brief")):
        store = opens(tmp_path / name)
        content = json.loads(record(1))
        del content["aside"]
        more = {"kind": "more", **content, "id": f"{3:032x}", "facts": form, "back": []}
        report, whole = json.dumps(content | {"facts": form}).encode(), record(2, facts=form)
        store.load(part(9, report, whole, record(3), json.dumps(more).encode()))
        loaded = store.totals("editor")
        store.load(part(10, gone(1)))
        take_out(store, report)
        found.append((loaded, store.totals("editor")))
        store.close()
    assert found[0] == found[1]
    assert [total.count for total in found[1][0]] == [3, 3, 9, 9, 3]
    assert [total.count for total in found[1][1]] == [2, 2, 6, 6, 2]


ROWS = "select app, metric, period, key, count, reports from facts order by 1, 2, 3, 4, 5"


def _tabled(facts: list[Fact]) -> list[dict[str, Any]]:
    """Write counts as tables: those of a metric and a day together."""
    tables: dict[tuple[str, str | None], dict[str, int]] = {}
    for m, d, k, c in facts:
        tables.setdefault((m, d), {})[k] = c
    return [
        {"m": m, "d": d, "k": list(counts), "c": list(counts.values())}
        for (m, d), counts in tables.items()
    ]


def _facts_of_a_report(chance: Random) -> list[Fact]:
    """Make counts in which metrics, days and keys come again in any order."""
    places = {
        (f"list.{chance.randrange(3)}", chance.choice([None, MONDAY, TUESDAY])): None
        for _ in range(chance.randrange(8))
    }
    return [
        (metric, day, key, chance.randint(1, 3))
        for metric, day in places
        for key in chance.sample(["a", "b", "c", "\u00e4 'quoted'"], chance.randint(1, 3))
    ]


@pytest.mark.parametrize("length", [0, 40_000])
def test_a_table_counts_as_each_of_its_counts_by_itself(
    length: int, opens: Open, tmp_path: Path
) -> None:
    chance = Random(length)  # noqa: S311 to vary, not to hide
    said = [_facts_of_a_report(chance) for _ in range(200)]
    # A long report is read another way, which counts the same.
    more = {"body": "x" * length}
    found = []
    for names in ((), ("list.1",), ("list.0", "list.1", "list.2")):
        store = opens(tmp_path / str(len(names)))
        records = [
            record(
                number,
                *(fact for fact in facts if fact[0] not in names),
                tables=_tabled([fact for fact in facts if fact[0] in names]),
                **more,
            )
            for number, facts in enumerate(said)
        ]
        store.load(part(9, *records))
        loaded = store.totals("editor"), store.query(ROWS, 10_000).rows
        store.load(part(10, gone(1)))
        take_out(store, records[1])
        found.append((loaded, store.totals("editor"), store.query(ROWS, 10_000).rows))
        store.close()
    assert found[0] == found[1] == found[2]
    assert found[0][0] != found[0][1:]


def test_the_same_slice_loaded_twice_counts_once(facts: FactStore) -> None:
    same = part(70, record(1, os_is("linux"), ("file.opened", MONDAY, "", 3)), record(2))
    facts.load(same)
    before = facts.totals("editor")
    assert facts.load(same) == 0
    assert facts.totals("editor") == before
    assert facts.apps() == {"editor": 2}


def test_the_same_report_twice_in_a_slice_counts_once(facts: FactStore) -> None:
    one = record(1, os_is("linux"))
    assert facts.load(part(70, one, record(2, os_is("macos")), one)) == 1 + 1
    assert facts.totals("editor") == [
        Total("system.os", "week", WEEK, "linux", 1, 1, 2),
        Total("system.os", "week", WEEK, "macos", 1, 1, 2),
    ]


def test_the_same_id_of_two_apps_is_two_reports(facts: FactStore) -> None:
    editor = record(1, os_is("linux"))
    viewer = record(1, os_is("linux"), app="viewer")
    assert facts.load(part(70, editor, viewer)) == 2
    assert facts.apps() == {"editor": 1, "viewer": 1}
    assert facts.totals("viewer") == [Total("system.os", "week", WEEK, "linux", 1, 1, 1)]


def test_a_state_is_counted_by_week_alone(facts: FactStore) -> None:
    words = ["linux", "linux", "macos"]
    facts.load(part(9, *(record(number, os_is(word)) for number, word in enumerate(words))))
    assert facts.totals("editor") == [
        Total("system.os", "week", WEEK, "linux", 2, 2, 3),
        Total("system.os", "week", WEEK, "macos", 1, 1, 3),
    ]


def test_a_counter_is_summed_by_day_and_week_and_n_counts_reports(facts: FactStore) -> None:
    both_days = record(1, ("file.opened", MONDAY, "", 3), ("file.opened", TUESDAY, "", 4))
    facts.load(part(9, both_days, record(2, ("file.opened", TUESDAY, "", 10))))
    assert facts.totals("editor") == [
        Total("file.opened", "day", MONDAY, "", 3, 1, 1),
        Total("file.opened", "day", TUESDAY, "", 14, 2, 2),
        Total("file.opened", "week", WEEK, "", 17, 2, 2),
    ]


def test_a_report_in_several_buckets_is_one_report_of_the_period(facts: FactStore) -> None:
    two_buckets = record(
        1,
        ("start", MONDAY, "0", 5),
        ("start", MONDAY, "100", 1),
        ("start", TUESDAY, "0", 2),
    )
    facts.load(part(9, two_buckets, record(2, ("start", MONDAY, "0", 1))))
    assert facts.totals("editor") == [
        Total("start", "day", MONDAY, "0", 6, 2, 2),
        Total("start", "day", MONDAY, "100", 1, 1, 2),
        Total("start", "day", TUESDAY, "0", 2, 1, 1),
        Total("start", "week", WEEK, "0", 8, 2, 2),
        Total("start", "week", WEEK, "100", 1, 1, 2),
    ]


def test_late_reports_of_an_old_week_are_added_to_it(facts: FactStore) -> None:
    old = {"week": "2026-W40"}
    facts.load(part(9, record(1, ("file.opened", "2026-09-28", "", 3), os_is("linux"), **old)))
    facts.load(part(18, record(2, os_is("linux"))))
    facts.load(part(27, record(3, ("file.opened", "2026-09-28", "", 4), os_is("macos"), **old)))
    assert [total for total in facts.totals("editor") if total.period != WEEK] == [
        Total("file.opened", "day", "2026-09-28", "", 7, 2, 2),
        Total("file.opened", "week", "2026-W40", "", 7, 2, 2),
        Total("system.os", "week", "2026-W40", "linux", 1, 1, 2),
        Total("system.os", "week", "2026-W40", "macos", 1, 1, 2),
    ]


def test_what_errors_stand_for_stays_in_the_log_and_changes_no_total(facts: FactStore) -> None:
    mark = "0f" * 16
    details = [{"m": "app.broke", "k": mark, "t": ["builtins.OSError"], "f": ["editor:save:42"]}]
    broke = ("app.broke", MONDAY, mark, 2)
    facts.load(part(9, record(1, broke, details=details), record(2, broke)))
    assert facts.totals("editor") == [
        Total("app.broke", "day", MONDAY, mark, 4, 2, 2),
        Total("app.broke", "week", WEEK, mark, 4, 2, 2),
    ]


def test_what_was_set_aside_is_summed_by_the_day_it_arrived(facts: FactStore) -> None:
    unknown = {"m": "made.up", "r": "unknown_metric"}
    large = {"m": "file.opened", "r": "out_of_bounds"}
    facts.load(part(9, record(1, aside=[unknown, unknown, large])))
    facts.load(part(18, record(2, aside=[unknown]), record(3, aside=[large], day="2026-11-19")))
    facts.load(part(27, record(2, aside=[unknown])))
    assert asides(facts, "editor") == [
        ("2026-11-18", "file.opened", "out_of_bounds", 1),
        ("2026-11-18", "made.up", "unknown_metric", 3),
        ("2026-11-19", "file.opened", "out_of_bounds", 1),
    ]
    assert asides(facts, "viewer") == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"{", id="not-json"),
        pytest.param(b"{}", id="nothing-in-it"),
        pytest.param(record(3, id="no number"), id="no-id"),
        pytest.param(record(3, (None, MONDAY, "", 1)), id="no-metric"),  # type: ignore[arg-type]
        pytest.param(record(3, ("file.opened", "someday", "", 1)), id="no-day"),
        pytest.param(record(3, aside=[{"m": "made.up", "r": None}]), id="no-reason"),
    ],
)
def test_a_slice_with_a_broken_record_changes_nothing(broken: bytes, facts: FactStore) -> None:
    facts.load(part(9, record(1, os_is("linux"), aside=[{"m": "a.b", "r": "wrong_kind"}])))
    before = (
        facts.position(ONLY_LOG),
        facts.apps(),
        facts.totals("editor"),
        asides(facts, "editor"),
    )
    fine = record(2, os_is("linux"), aside=[{"m": "a.b", "r": "wrong_kind"}])
    with pytest.raises(FactsError):
        facts.load(part(99, fine, broken))
    after = (
        facts.position(ONLY_LOG),
        facts.apps(),
        facts.totals("editor"),
        asides(facts, "editor"),
    )
    assert after == before
    assert facts.load(part(27, fine)) == 1
    assert facts.position(ONLY_LOG) == LogPosition(1, 27)


def test_everything_is_there_after_reopening(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path)
    store.load(part(9, record(1, os_is("linux"), aside=[{"m": "a.b", "r": "wrong_kind"}])))
    before = (
        store.position(ONLY_LOG),
        store.apps(),
        store.totals("editor"),
        asides(store, "editor"),
    )
    store.close()
    again = opens(tmp_path)
    after = (
        again.position(ONLY_LOG),
        again.apps(),
        again.totals("editor"),
        asides(again, "editor"),
    )
    assert after == before
    assert again.load(part(18, record(1, os_is("linux")), record(2, os_is("linux")))) == 1
    assert again.totals("editor") == [Total("system.os", "week", WEEK, "linux", 2, 2, 2)]
    again.close()


def test_a_store_tells_how_much_room_its_tables_take(facts: FactStore) -> None:
    empty = facts.size()
    facts.load(part(9, *(record(n, os_is(f"{n:0100d}")) for n in range(1000))))
    assert 0 < empty < facts.size() - 100_000


def test_after_closing_every_call_is_a_facts_error(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path)
    store.close()
    for call in (lambda: store.position(ONLY_LOG), store.apps, lambda: store.totals("editor")):
        with pytest.raises(FactsError):
            call()
    with pytest.raises(FactsError):
        store.load(part(9, record(1)))
    with pytest.raises(FactsError):
        store.query("select 1", 1)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("select app, count(*) as n from reports group by app", id="select"),
        pytest.param("with a as (select app from reports) select app, 1 from a", id="with"),
        pytest.param("  select app, 1 from reports ;  -- all of them", id="with-a-comment"),
    ],
)
def test_a_person_may_read(sql: str, facts: FactStore) -> None:
    facts.load(part(9, record(1)))
    result = facts.query(sql, 10)
    assert len(result.columns) == 2
    assert result.rows == (("editor", 1),)
    assert not result.cut


def test_the_mark_is_another_one_after_each_load(facts: FactStore) -> None:
    marks = [facts.mark()]
    for number in range(2):
        facts.load(part(number, record(number)))
        facts.totals("editor")
        marks.append(facts.mark())
    assert len(set(marks)) == 3
    assert facts.mark() == marks[-1]


def test_its_tables_tell_their_columns(facts: FactStore) -> None:
    known = columns(facts.query)
    names = {table: [name for name, _ in found] for table, found in known.items()}
    assert names == {
        "facts": ["app", "metric", "period", "key", "count", "reports"],
        "totals": ["app", "metric", "span", "period", "key", "count", "n", "all_n"],
    }
    assert {kind for found in known.values() for _, kind in found} >= {"bigint"}


def test_a_person_may_ask_how_a_query_is_run(facts: FactStore) -> None:
    assert facts.query("explain select * from reports", 10).rows


WRITES = [
    pytest.param("insert into position values (9, 9)", id="insert"),
    pytest.param("update reports set app = 'viewer'", id="update"),
    pytest.param("delete from reports", id="delete"),
    pytest.param("drop table reports", id="drop"),
    pytest.param("create table mine (a integer)", id="create"),
    pytest.param("copy reports to '{folder}/out.csv'", id="copy"),
    pytest.param("export database '{folder}/out'", id="export"),
    pytest.param("attach '{folder}/other.duckdb'", id="attach"),
    pytest.param("set threads = 1", id="set"),
    pytest.param("pragma threads = 1", id="pragma"),
    pytest.param("call force_checkpoint()", id="call"),
    pytest.param("install httpfs", id="install"),
    pytest.param("load httpfs", id="load"),
    pytest.param("commit", id="commit"),
    pytest.param("select 1; select 2", id="two-statements"),
    pytest.param("select 1; delete from reports", id="a-second-that-writes"),
    pytest.param(
        "with new as (insert into position values (9, 9) returning *) select * from new",
        id="insert-inside-with",
    ),
    pytest.param("explain analyze insert into position values (9, 9)", id="explained-insert"),
    pytest.param("explain analyze delete from reports", id="explained-delete"),
    pytest.param("select * from read_csv('/etc/passwd')", id="another-file"),
    pytest.param("select * from '/etc/passwd'", id="another-file-by-name"),
    pytest.param("select * from read_text('{folder}/../secret')", id="a-file-beside"),
    pytest.param("select * from glob('/etc/*')", id="another-folder"),
    pytest.param("explain analyze copy (select 1) to '{folder}/../out.csv'", id="explained-copy"),
    pytest.param("", id="nothing"),
    pytest.param("selekt 1", id="no-sql"),
    pytest.param("select * from no_such_table", id="no-such-table"),
    pytest.param("select \x00", id="zero-byte"),
]


@pytest.mark.parametrize("sql", WRITES)
def test_a_person_s_query_that_does_more_than_read_is_refused(
    sql: str, facts: FactStore, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("mellon")
    facts.load(part(9, record(1)))
    folder = tmp_path / "facts"
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(QueryError):
        facts.query(sql.format(folder=folder), 10)
    assert facts.apps() == {"editor": 1}
    assert facts.position(ONLY_LOG) == LogPosition(1, 9)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert facts.query("select 1", 1).rows == ((1,),)


@pytest.mark.parametrize(
    ("most_rows", "cut"),
    [
        pytest.param(2, True, id="more"),
        pytest.param(3, False, id="just-all"),
        pytest.param(9, False, id="fewer"),
    ],
)
def test_a_cut_answer_says_so(most_rows: int, cut: bool, facts: FactStore) -> None:  # noqa: FBT001 expected
    facts.load(part(9, record(1), record(2), record(3)))
    result = facts.query("select * from reports", most_rows)
    assert (len(result.rows), result.cut) == (min(3, most_rows), cut)


def test_every_cell_can_be_written_as_json(facts: FactStore) -> None:
    facts.load(part(9, record(1)))
    result = facts.query(
        "select true, 7, cast(0.5 as double precision), 'a', null, received,"
        " 1.50::decimal(4, 2), id from reports",
        1,
    )
    assert json.loads(json.dumps(result.rows)) == [
        [True, 7, 0.5, "a", None, "2026-11-18", "1.50", "00000000-0000-0000-0000-000000000001"]
    ]


def test_a_number_that_json_does_not_know_becomes_text(facts: FactStore) -> None:
    result = facts.query("select cast('nan' as double precision), 'inf'::float", 1)
    json.dumps(result.rows, allow_nan=False)


def test_people_may_ask_while_reports_are_loaded(facts: FactStore) -> None:
    errors: list[BaseException] = []
    seen: list[tuple[int, int]] = []
    ended = threading.Event()

    def ask() -> None:
        try:
            while not ended.is_set():
                result = facts.query("select count(*) from reports", 1)
                (total,) = facts.totals("editor") or [Total("", "", "", "", 0, 0, 0)]
                seen.append((int(str(result.rows[0][0])), total.n))
                facts.apps()
        except BaseException as error:  # noqa: BLE001 a thread's error would be lost
            errors.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(8):
        facts.load(part(number + 1, record(number, os_is("linux"))))
    ended.set()
    for asker in askers:
        asker.join()
    assert errors == []
    assert all(count <= n for count, n in seen)
    assert facts.totals("editor") == [Total("system.os", "week", WEEK, "linux", 8, 8, 8)]


@st.composite
def reports(draw: st.DrawFn) -> list[tuple[int, list[Fact]]]:
    places = st.tuples(
        st.sampled_from(["a.one", "a.two"]),
        st.sampled_from([None, MONDAY, TUESDAY]),
        st.sampled_from(["", "0", "100"]),
    )
    found = []
    for number in range(draw(st.integers(0, 6))):
        counts = draw(st.dictionaries(places, st.integers(1, 5), max_size=5))
        found.append((number, [(m, d, k, c) for (m, d, k), c in counts.items()]))
    return found


def reference(found: list[tuple[int, list[Fact]]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Say in plain words what a total is."""
    sums: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(lambda: defaultdict(list))
    for number, facts in found:
        for metric, day, key, count in facts:
            for span, period in [("week", WEEK), *([("day", day)] if day else [])]:
                sums[metric, span, period][key].append((number, count))
    return sums


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=reports(), slices=st.integers(1, 3), repeated=st.booleans())
def test_totals_are_what_all_reports_say_however_they_arrive(
    opens: Open,
    found: list[tuple[int, list[Fact]]],
    slices: int,
    repeated: bool,  # noqa: FBT001 drawn
) -> None:
    records = [record(number, *facts) for number, facts in found]
    with TemporaryDirectory() as folder:
        store = opens(Path(folder))
        for start in range(slices):
            store.load(part(start, *records[start::slices]))
        if repeated:
            store.load(part(slices, *records))
        totals = store.totals("editor")
        store.close()
    expected = []
    for (metric, span, period), keys in sorted(reference(found).items()):
        everyone = {number for said in keys.values() for number, _ in said}
        for key, said in sorted(keys.items()):
            count, n = sum(c for _, c in said), len({number for number, _ in said})
            expected.append(Total(metric, span, period, key, count, n, len(everyone)))
    assert totals == expected


def test_closing_waits_for_whoever_reads(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path / "facts")
    store.load(part(1, record(1, ("file.opened", MONDAY, "", 3))))
    began = threading.Barrier(5)
    said: list[str] = []

    def read() -> None:
        began.wait()
        try:
            for _ in range(50):
                store.totals("editor")
        except FactsError as error:
            said.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    began.wait()
    store.close()
    for reader in readers:
        reader.join()
    assert all(text.startswith("the tables cannot be read") for text in said)


# Taking back.


def gone(number: int, **changes: Any) -> bytes:  # noqa: ANN401 any part of it
    content = {
        "kind": "gone",
        "id": f"{number:032x}",
        "app": "editor",
        "week": WEEK,
        "day": "2026-11-19",
        "w": "ab",
    }
    return json.dumps(content | changes, separators=(",", ":")).encode()


def take_out(store: FactStore, *records: bytes) -> None:
    """Take out what is listed, as if these records had been found there."""
    for place in store.erasures():
        found = replace(place, frames=((8, 100), (116, 7)))
        store.take_out(found, records if place.original else [])
        assert found in store.erasures()
        store.erased(place)


def test_a_report_is_known_by_its_place_and_token(facts: FactStore) -> None:
    assert facts.report("editor", f"{1:032x}") is None
    facts.load(part(9, record(1, w="ab"), record(2)))
    assert facts.report("editor", f"{1:032x}") == KnownReport(WEEK, linked=True, token=HASH)
    assert facts.report("editor", f"{2:032x}") == KnownReport(WEEK, linked=True)
    assert facts.report("viewer", f"{1:032x}") is None
    assert facts.erasures() == []


def test_what_is_taken_out_leaves_the_tables_as_if_it_had_never_come(facts: FactStore) -> None:
    one = record(
        1,
        os_is("linux"),
        ("file.opened", MONDAY, "", 3),
        ("file.opened", TUESDAY, "", 3),
        aside=[{"m": "a.b", "r": "wrong_kind"}, {"m": "a.b", "r": "wrong_kind"}],
    )
    two = record(
        2,
        os_is("linux"),
        ("file.opened", MONDAY, "", 3),
        aside=[{"m": "a.b", "r": "wrong_kind"}],
    )
    facts.load(part(9, two))
    before = (facts.totals("editor"), asides(facts, "editor"), facts.query(FACTS, 99))
    facts.load(part(18, one))
    facts.load(part(27, gone(1)))
    waits = KnownReport(WEEK, linked=False, gone=date(2026, 11, 19), waits=True)
    assert facts.report("editor", f"{1:032x}") == waits
    assert facts.apps() == {"editor": 1}
    (place,) = facts.erasures()
    assert place == Erasure("editor", f"{1:032x}", ONLY_LOG, 1, original=True, counted=True)

    take_out(facts, one)

    assert (facts.totals("editor"), asides(facts, "editor"), facts.query(FACTS, 99)) == before
    assert facts.erasures() == []
    assert facts.report("editor", f"{1:032x}") == replace(waits, waits=False)
    assert facts.load(part(36, record(3, ("file.opened", TUESDAY, "", 3), os_is("macos")))) == 1
    assert len(facts.totals("editor")) == 5


HASH = "ab"
FACTS = "select metric, period, key, count, reports from facts order by 1, 2, 3, 4"


def test_the_place_of_a_copy_is_listed_with_the_original(facts: FactStore) -> None:
    facts.load(part(9, record(1), record(1)))
    facts.load(replace(part(9, record(1)), log="1"))
    facts.load(replace(part(18, record(1)), log="1"))
    facts.load(part(27, gone(1)))
    assert facts.erasures() == [
        Erasure("editor", f"{1:032x}", "0", 1, original=True, counted=True),
        Erasure("editor", f"{1:032x}", "1", 1, original=False, counted=True),
    ]
    facts.load(replace(part(27, gone(1, day="2026-11-20")), log="1"))
    known = facts.report("editor", f"{1:032x}")
    assert known is not None
    assert known.gone == date(2026, 11, 19)
    assert len(facts.erasures()) == 2


def test_counts_are_taken_out_once_and_of_a_copy_not_at_all(facts: FactStore) -> None:
    one = record(1, os_is("linux"))
    facts.load(part(9, one, record(2, os_is("linux"))))
    facts.load(replace(part(9, one), log="1"))
    facts.load(part(27, gone(1)))
    original, copy = facts.erasures()
    for _ in range(2):
        facts.take_out(replace(original, frames=()), [one])
        facts.take_out(replace(copy, frames=()), [])
    assert facts.totals("editor") == [Total("system.os", "week", WEEK, "linux", 1, 1, 1)]
    assert [place.frames for place in facts.erasures()] == [(), ()]


def test_a_copy_of_what_is_gone_is_listed_and_not_counted(facts: FactStore) -> None:
    one = record(1, os_is("linux"))
    facts.load(part(9, one, gone(1)))
    take_out(facts, one)
    assert facts.load(replace(part(9, one), log="1")) == 0
    assert facts.erasures() == [Erasure("editor", f"{1:032x}", "1", 1)]
    assert facts.totals("editor") == []


def test_what_never_came_can_be_gone_all_the_same(facts: FactStore) -> None:
    facts.load(part(9, gone(1)))
    known = KnownReport(WEEK, linked=False, token=HASH, gone=date(2026, 11, 19))
    assert facts.report("editor", f"{1:032x}") == known
    assert facts.erasures() == []
    assert facts.load(part(18, record(1, os_is("linux")))) == 0
    assert (facts.totals("editor"), facts.apps()) == ([], {})
    assert facts.erasures() == [Erasure("editor", f"{1:032x}", ONLY_LOG, 1)]


def test_what_cannot_be_taken_out_stays_listed_and_counted(facts: FactStore) -> None:
    facts.load(part(9, record(1, os_is("linux")), gone(1)))
    before = facts.totals("editor"), facts.erasures()
    with pytest.raises(FactsError):
        take_out(facts, b"{")
    assert (facts.totals("editor"), facts.erasures()) == before
