"""What is particular to the store on disk."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters import sqlite_store
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.event import Event
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.period import Week
from aboveboard.model.report import Delivery, Fate

DAY = date(2026, 11, 18)
WEEK = Week.of(DAY)
AGREED = Approval(date(2026, 1, 15), "", "")
OPENED = Metric("file.opened", Kind.COUNTER, "", "", "", "", "", AGREED, None, "usage")
OS = Metric("system.os", Kind.CHOICE, "", "", "", "", "", AGREED, None, "usage")
COUNT = Event(OPENED, DAY, "")
WORD = "quetzalcoatl"
REPORT = Delivery("1" * 32, WEEK, Fate.WAITING, "", WORD.encode(), 0, DAY)
COUNTS_UP = """
import sys
from datetime import date
from pathlib import Path
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.model.event import Event
from aboveboard.model.metric import Approval, Kind, Metric
agreed = Approval(date(2026, 1, 15), "", "")
metric = Metric("file.opened", Kind.COUNTER, "", "", "", "", "", agreed, None, "usage")
store = SqliteEventStore(Path(sys.argv[1]))
for _ in range(100):
    store.add([Event(metric, date(2026, 11, 18), "")], sendable=True)
store.close()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state" / "editor"


@pytest.fixture
def make(home: Path) -> Iterator[Callable[..., SqliteEventStore]]:
    """Give a function that opens the home's store as one more process would."""
    made = []

    def another(folder: Path = home) -> SqliteEventStore:
        made.append(SqliteEventStore(folder))
        return made[-1]

    yield another
    for store in made:
        store.close()


@pytest.fixture
def store(make: Callable[..., SqliteEventStore]) -> SqliteEventStore:
    return make()


def choice(**changes: object) -> bytes:
    """Give a choice's file with some fields replaced."""
    plain = {"mode": "on", "day": "2026-11-18", "registry": "", "number": 1}
    return json.dumps(plain | changes).encode()


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def test_nothing_is_created_before_there_is_something_to_keep(
    store: SqliteEventStore, home: Path
) -> None:
    store.choice()
    store.events()
    store.said(WEEK)
    store.deliveries()
    store.withhold()
    store.erase()
    store.close()

    assert not home.parent.exists()


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda s: s.settle(REPORT), id="settle"),
        pytest.param(lambda s: s.drop([]), id="drop"),
    ],
)
def test_a_store_that_was_removed_is_not_made_again_for_what_is_gone(
    store: SqliteEventStore, home: Path, call: Callable[[SqliteEventStore], object]
) -> None:
    store.take([], REPORT, [])
    store.erase()

    call(store)

    assert list(home.iterdir()) == []


def test_a_choice_alone_makes_no_database(store: SqliteEventStore, home: Path) -> None:
    store.choose(Choice(Mode.OFF, DAY, "f"))
    store.erase()

    assert [path.name for path in home.iterdir()] == ["choice.json"]


def test_a_choice_can_be_read_by_a_person(store: SqliteEventStore, home: Path) -> None:
    store.choose(Choice(Mode.ON, DAY, "f", 3))

    text = (home / "choice.json").read_text()
    assert json.loads(text) == {
        "mode": "on",
        "day": "2026-11-18",
        "registry": "f",
        "number": 3,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_the_person_may_look_into_the_folder(store: SqliteEventStore, home: Path) -> None:
    store.add([COUNT], sendable=True)

    assert home.stat().st_mode & 0o077 == 0


def test_what_was_kept_outlives_the_process(make: Callable[..., SqliteEventStore]) -> None:
    first = make()
    first.choose(Choice(Mode.ON, DAY, "f"))
    first.add([COUNT], sendable=True)
    first.take([], REPORT, ["system.os"])
    first.close()

    second = make()

    assert second.choice() == Choice(Mode.ON, DAY, "f")
    assert [event.count for event in second.events()] == [1]
    assert second.deliveries() == [REPORT]
    assert second.said(WEEK) == {"system.os"}


def test_two_processes_may_count_at_once(store: SqliteEventStore, home: Path) -> None:
    command = [sys.executable, "-c", COUNTS_UP, str(home)]
    others = [subprocess.Popen(command) for _ in range(2)]
    for _ in range(50):
        store.add([COUNT], sendable=True)

    assert [other.wait(60) for other in others] == [0, 0]
    assert [event.count for event in store.events()] == [250]


def test_each_sees_at_once_what_the_other_did(make: Callable[..., SqliteEventStore]) -> None:
    one, other = make(), make()
    one.add([COUNT], sendable=True)
    other.add([COUNT], sendable=True)
    one.choose(Choice(Mode.LOCAL, DAY, "f"))

    assert other.choice() == one.choice()
    assert [event.count for event in one.events()] == [2]
    other.withhold()
    assert [event.sendable for event in one.events()] == [False]


def test_two_processes_never_report_the_same_counts(
    make: Callable[..., SqliteEventStore],
) -> None:
    one, other = make(), make()
    one.add([COUNT], sendable=True)
    first, second = one.events(), other.events()
    late = Delivery("2" * 32, WEEK, Fate.WAITING, "", b"{}", 0, DAY)

    assert one.take(first, REPORT, [])
    assert not other.take(second, late, ["system.os"])

    assert one.deliveries() == [REPORT]
    assert one.said(WEEK) == frozenset()


def test_what_is_counted_after_another_process_erased_is_not_lost(
    make: Callable[..., SqliteEventStore],
) -> None:
    one, other = make(), make()
    one.add([COUNT], sendable=True)
    other.erase()

    one.add([COUNT], sendable=True)
    other.add([COUNT], sendable=True)

    assert [event.count for event in make().events()] == [2]


@pytest.mark.parametrize(
    "journal", [pytest.param(True, id="with-a-journal"), pytest.param(False, id="without")]
)
@pytest.mark.parametrize(
    "open_elsewhere", [pytest.param(True, id="open-elsewhere"), pytest.param(False, id="alone")]
)
def test_what_was_erased_is_not_in_the_files_any_more(
    make: Callable[..., SqliteEventStore],
    home: Path,
    journal: bool,  # noqa: FBT001 a column of the table
    open_elsewhere: bool,  # noqa: FBT001 a column of the table
) -> None:
    store = make()
    store.add([Event(OS, DAY, WORD)], sendable=True)
    store.take([], REPORT, [])
    if journal:
        delivered = Delivery("2" * 32, WEEK, Fate.DELIVERED, "201", b"journal", 7, DAY)
        store.take([], delivered, [])
    other = make()
    if open_elsewhere:
        assert other.events()
    assert WORD.encode() in everything(home)

    store.erase()

    assert WORD.encode() not in everything(home)
    assert (b"journal" in everything(home)) is journal
    assert [d.report for d in store.deliveries()] == (["2" * 32] if journal else [])


def test_a_store_with_nothing_but_counts_is_removed(store: SqliteEventStore, home: Path) -> None:
    store.add([COUNT], sendable=True)

    store.erase()

    assert list(home.iterdir()) == []


CALLS = [
    pytest.param(lambda s: s.add([COUNT], sendable=True), id="add"),
    pytest.param(lambda s: s.events(), id="events"),
    pytest.param(lambda s: s.said(WEEK), id="said"),
    pytest.param(lambda s: s.take([], REPORT, []), id="take"),
    pytest.param(lambda s: s.drop([]), id="drop"),
    pytest.param(lambda s: s.settle(replace(REPORT, fate=Fate.DELIVERED)), id="settle"),
    pytest.param(lambda s: s.deliveries(), id="deliveries"),
    pytest.param(lambda s: s.withhold(), id="withhold"),
    pytest.param(lambda s: s.erase(), id="erase"),
]
Call = Callable[[SqliteEventStore], object]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not a database at all" * 100, id="no-database"),
        pytest.param(b"SQLite format 3\x00" + bytes(84) + b"\xff" * 4000, id="damaged"),
    ],
)
def test_a_damaged_file_is_a_store_error(
    store: SqliteEventStore, home: Path, content: bytes, call: Call
) -> None:
    home.mkdir(parents=True)
    (home / "store.sqlite").write_bytes(content)

    with pytest.raises(StoreError):
        call(store)


@pytest.mark.parametrize("call", CALLS)
def test_a_folder_in_the_place_of_the_file_is_a_store_error(
    store: SqliteEventStore, home: Path, call: Call
) -> None:
    (home / "store.sqlite").mkdir(parents=True)

    with pytest.raises(StoreError):
        call(store)


@pytest.mark.parametrize(
    "call",
    [
        *CALLS[:1],
        *CALLS[3:6:2],
        pytest.param(lambda s: s.choose(Choice(Mode.ON, DAY, "f")), id="choose"),
        pytest.param(lambda s: s.choice(), id="choice"),
    ],
)
def test_a_home_that_cannot_be_made_is_a_store_error(
    make: Callable[..., SqliteEventStore], tmp_path: Path, call: Call
) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError):
        call(make(tmp_path / "file" / "home"))


@pytest.mark.parametrize(
    "call",
    [
        *CALLS[:1],
        *CALLS[3:6:2],
        pytest.param(lambda s: s.choice(), id="choice"),
        pytest.param(
            lambda s: s.choose(Choice(Mode.ON, DAY, "f")),
            id="choose",
        ),
    ],
)
def test_a_home_that_no_path_can_name_is_a_store_error(
    make: Callable[..., SqliteEventStore], tmp_path: Path, call: Call
) -> None:
    with pytest.raises(StoreError):
        call(make(tmp_path / "a\x00b"))


@pytest.mark.parametrize("call", [*CALLS[1:3], *CALLS[6:]])
def test_a_home_that_cannot_be_looked_at_is_a_store_error(
    make: Callable[..., SqliteEventStore], tmp_path: Path, call: Call
) -> None:
    with pytest.raises(StoreError):
        call(make(tmp_path / ("x" * 1000)))


def test_a_file_that_cannot_be_written_is_a_store_error(
    store: SqliteEventStore, home: Path
) -> None:
    store.add([COUNT], sendable=True)
    store.close()
    (home / "store.sqlite-wal").mkdir()  # not even root can write there
    with pytest.raises(StoreError):
        store.add([COUNT], sendable=True)


@pytest.mark.parametrize(
    ("change", "call"),
    [
        pytest.param("update events set day = 'soon'", lambda s: s.events(), id="day-of-a-count"),
        pytest.param("update reports set fate = 'lost'", lambda s: s.deliveries(), id="new-fate"),
        pytest.param("update reports set week = 'x'", lambda s: s.deliveries(), id="no-week"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_store_error(
    store: SqliteEventStore, home: Path, change: str, call: Call
) -> None:
    store.add([COUNT], sendable=True)
    store.take([], REPORT, [])
    store.close()
    with closing(sqlite3.connect(home / "store.sqlite")) as database, database:
        database.execute(change)

    with pytest.raises(StoreError):
        call(store)


def test_a_file_that_another_holds_for_long_is_a_store_error(
    store: SqliteEventStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    store.add([COUNT], sendable=True)
    with closing(sqlite3.connect(home / "store.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")

        with pytest.raises(StoreError):
            store.add([COUNT], sendable=True)

    store.add([COUNT], sendable=True)
    assert [event.count for event in store.events()] == [2]


def test_a_start_that_failed_is_made_again(
    store: SqliteEventStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    home.mkdir(parents=True)
    with closing(sqlite3.connect(home / "store.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(StoreError):
            store.add([COUNT], sendable=True)

    store.add([COUNT], sendable=True)

    assert [event.count for event in store.events()] == [1]


def test_a_transaction_that_fails_changes_nothing(store: SqliteEventStore) -> None:
    store.add([COUNT], sendable=True)
    store.take([], REPORT, [])

    with pytest.raises(StoreError):
        store.take(store.events(), REPORT, ["system.os"])

    assert [event.count for event in store.events()] == [1]
    assert store.said(WEEK) == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b"{}", id="no-fields"),
        pytest.param(choice(day="soon"), id="no-day"),
        pytest.param(choice(day=3), id="number-for-day"),
        pytest.param(choice(mode="yes"), id="no-mode"),
        pytest.param(choice(number=None), id="no-number"),
        pytest.param(choice(number="many"), id="word-for-number"),
        pytest.param(
            choice(number=math.inf),
            id="endless-number",
        ),
        pytest.param(
            b"[" * 100_000,
            id="deep",
        ),
    ],
)
def test_a_choice_that_cannot_be_read_is_a_store_error(
    store: SqliteEventStore, home: Path, content: bytes
) -> None:
    home.mkdir(parents=True)
    (home / "choice.json").write_bytes(content)

    with pytest.raises(StoreError):
        store.choice()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100))
def test_no_bytes_make_a_choice_raise_anything_but_a_store_error(
    store: SqliteEventStore, home: Path, content: bytes
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "choice.json").write_bytes(content)

    with pytest.raises(StoreError):
        store.choice()


def test_a_choice_that_could_not_be_written_leaves_the_old_one(
    store: SqliteEventStore, home: Path
) -> None:
    store.choose(Choice(Mode.OFF, DAY, "f"))
    (home / "choice.part").mkdir()

    with pytest.raises(StoreError):
        store.choose(Choice(Mode.ON, DAY, "f"))

    assert store.choice() == Choice(Mode.OFF, DAY, "f")
