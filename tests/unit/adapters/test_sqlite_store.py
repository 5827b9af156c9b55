"""What is particular to the store on disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import sqlite_counts, sqlite_file
from aboveboard.adapters.file_lock import hold
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.tally_file import TallyFile
from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Leave, Mode
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.report import COLLECTOR, Delivery, Fate, Outgoing
from aboveboard.model.stored import Lost

DAY = date(2026, 11, 18)
WEEK = Week.of(DAY)
COUNT = Event("file.opened", DAY, "", leave=Leave.YES)
WORD = "quetzalcoatl"
REPORT = Outgoing("1" * 32, WEEK, WORD.encode(), "ab" * 32, 0, DAY)
WAITS = Delivery("1" * 32, WEEK, Fate.WAITING, "", WORD.encode(), 0, DAY)
LARGE = 10_000_000
COUNTS_UP = """
import sys
from datetime import date
from pathlib import Path
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.model.event import Event
store = SqliteEventStore(SqliteFile(Path(sys.argv[1])))
for _ in range(60):
    store.add([Event("file.opened", date(2026, 11, 18), "")])
    store.close()
"""
IS_ACTIVE = """
import sys
from datetime import date, timedelta
from pathlib import Path
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.device import active
from aboveboard.model.consent import Choice, Consent, Leave, Mode, Rule
from aboveboard.model.event import Event
from aboveboard.registry.read import read
store = SqliteEventStore(SqliteFile(Path(sys.argv[1])))
registry = read(Path(sys.argv[2]).read_bytes())
choice = Choice(Mode.ON, date(2026, 11, 1), "")
consent = Consent(Mode.ON, Rule.CHOICE, choice)
for number in range(40):
    day = date(2026, 11, 1) + timedelta(days=number)
    store.add([Event("file.opened", day, "", leave=Leave.YES, choice=1)])
    active.count(store, registry, consent, day)
    store.close()
"""
REGISTRY = """
format = 1
[product]
id = "editor"
title = "Editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
[product.levels]
usage = "What is used."
[metric."telemetry.active"]
kind = "labelled"
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = { never = "It is the base for the rest." }
level = "usage"
labels = ["day", "week", "month"]
"""
Make: TypeAlias = "Callable[..., Home]"


class Home(SqliteEventStore):
    """A store, its file and its outbox, as one process has them."""

    def __init__(self, folder: Path) -> None:
        self.file = SqliteFile(folder)
        self.outbox = SqliteOutbox(self.file)
        super().__init__(self.file)

    def count(self, by: int = 1, event: Event = COUNT) -> TallyFile:
        """Count in a tally of its own, as a process does."""
        tally = self.tally()
        slots, index = tally.slot(event.label()) or (memoryview(b""), 0)
        slots[index] += by
        return tally

    def put(self, report: Outgoing = REPORT) -> None:
        self.take([], report, [], [COLLECTOR])

    def counts(self) -> list[int]:
        return [event.count for event in self.events()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state" / "editor"


@pytest.fixture
def make(home: Path) -> Iterator[Make]:
    """Give a function that opens the home's store as one more process would."""
    made = []

    def another(folder: Path = home) -> Home:
        made.append(Home(folder))
        return made[-1]

    yield another
    for store in made:
        store.close()


@pytest.fixture
def store(make: Make) -> Home:
    return make()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody."""
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.02)


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def names(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir())


# Nothing too much on the disk.


def test_nothing_is_created_before_there_is_something_to_keep(store: Home, home: Path) -> None:
    store.choice()
    store.events()
    store.said(WEEK)
    store.kept("log")
    store.gather()
    store.outbox.deliveries()
    store.outbox.token("1")
    store.outbox.strike("1")
    store.outbox.copy_to("x")
    store.outbox.leave_out("x")
    store.withhold()
    store.release()
    store.drop([])
    store.redate({DAY: DAY})
    store.prune(0, DAY)
    store.erase()
    store.erase(frozenset({"file.opened"}))
    store.close()

    assert not home.parent.exists()


def test_a_store_that_was_removed_is_not_made_again_for_what_is_gone(
    store: Home, home: Path
) -> None:
    store.put()
    store.erase()

    store.outbox.settle(WAITS)
    store.drop([])

    assert names(home) == []


def test_of_a_report_that_nobody_has_no_byte_stays(store: Home, home: Path) -> None:
    store.put()
    store.outbox.settle(replace(WAITS, fate=Fate.TAKEN_BACK))
    store.take([], replace(REPORT, report="2", body=b"somebody has it"), [], [COLLECTOR])
    store.outbox.settle(
        replace(WAITS, report="2", body=b"somebody has it", fate=Fate.DELIVERED), "token"
    )
    store.close()
    assert REPORT.body in everything(home)

    store.erase()
    store.close()

    assert b"somebody has it" in everything(home)
    assert REPORT.body not in everything(home)


def test_a_choice_alone_makes_no_database(store: Home, home: Path) -> None:
    store.choose(Choice(Mode.OFF, DAY, "f"))
    store.erase()

    assert names(home) == ["choice.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_the_person_may_look_into_the_folder(store: Home, home: Path) -> None:
    store.count().close()
    store.add([COUNT])

    assert [path.stat().st_mode & 0o077 for path in (home, home / "live")] == [0, 0]


def test_what_was_kept_outlives_the_process(make: Make) -> None:
    first = make()
    first.choose(Choice(Mode.ON, DAY, "f", 1))
    first.add([replace(COUNT, choice=1)])
    first.take([], REPORT, ["system.os"], [COLLECTOR])
    first.close()

    second = make()

    assert second.choice() == Choice(Mode.ON, DAY, "f", 1)
    assert second.counts() == [1]
    assert second.outbox.deliveries() == [WAITS]
    assert second.outbox.token(REPORT.report) == REPORT.token
    assert second.said(WEEK) == {"system.os"}


# Many processes.


def test_processes_that_begin_a_home_at_once_all_arrive(store: Home, home: Path) -> None:
    command = [sys.executable, "-c", COUNTS_UP, str(home)]
    others = [subprocess.Popen(command) for _ in range(3)]
    for _ in range(30):
        store.add([replace(COUNT, leave=Leave.NEVER)])
        store.close()

    assert [other.wait(PATIENCE) for other in others] == [0] * 3
    assert store.counts() == [210]


def test_each_sees_at_once_what_the_other_did(make: Make) -> None:
    one, other = make(), make()
    one.add([COUNT])
    other.add([COUNT])
    assert one.counts() == [2]
    one.choose(Choice(Mode.LOCAL, DAY, "f"))

    assert other.choice() == one.choice()
    other.withhold()
    assert [event.sendable for event in one.events()] == [False]


def test_two_processes_never_report_the_same_counts(make: Make) -> None:
    one, other = make(), make()
    one.add([COUNT])
    first, second = one.events(), other.events()

    assert one.take(first, REPORT, [], [COLLECTOR])
    assert not other.take(second, replace(REPORT, report="2" * 32), ["system.os"], [COLLECTOR])

    assert one.outbox.deliveries() == [WAITS]
    assert one.said(WEEK) == frozenset()


# Tallies.


def test_a_tally_goes_when_its_process_has_ended(store: Home, home: Path) -> None:
    tally = store.count(3)
    store.gather()
    assert len(names(home / "live")) == 1

    tally.close()
    store.gather()

    assert names(home / "live") == []
    assert store.counts() == [3]


def test_a_tally_that_was_gathered_by_who_was_killed_then_is_not_gathered_again(
    make: Make, home: Path
) -> None:
    class Killed(Home):
        def count_and_die(self) -> None:
            self.count(3).close()
            self._tallies.remove = self.die  # type: ignore[method-assign]
            self.gather()

        def die(self, paths: Sequence[str]) -> None:
            assert paths

    Killed(home).count_and_die()
    assert len(names(home / "live")) == 1

    make().gather()

    assert make().counts() == [3]
    assert names(home / "live") == []


def test_a_tally_that_was_taken_over_after_it_was_gathered_counts_on(
    make: Make, home: Path
) -> None:
    one = make()
    tally = one.count(3)
    one.gather()
    tally.close()

    other = make().count(4)

    assert len(names(home / "live")) == 1
    one.gather()
    other.close()
    one.gather()
    assert one.counts() == [7]


def test_a_tally_that_came_and_was_gathered_while_another_began_to_is_not_doubled(
    make: Make, home: Path
) -> None:
    """The list of tallies is made while nobody else gathers: an older one lacks the newest."""

    class Late(SqliteFile):
        def write(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 as its parent
            if during:
                during.pop()()
            return super().write()

    one, other = make(), make()
    one.count(1)
    slow = Home(home)
    slow.file.close()
    SqliteEventStore.__init__(slow, Late(home))

    def faster() -> None:
        tallies.append(other.count(5))
        other.gather()

    tallies: list[TallyFile] = []
    during = [faster]

    slow.gather()
    slow.gather()

    assert slow.counts() == [6]
    slow.close()


def test_a_tally_that_vanishes_while_it_is_gathered_is_no_mistake(
    store: Home, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.count(2).close()
    (path,) = (home / "live").iterdir()
    gone = home / "live" / f"0{path.name}"
    found = store._tallies.paths()  # noqa: SLF001 another process removes one of them just then
    monkeypatch.setattr(store._tallies, "paths", lambda: [gone, *found])  # noqa: SLF001 see above

    store.gather()

    assert store.counts() == [2]


def test_a_gathered_tally_that_comes_back_is_not_counted_again(store: Home, home: Path) -> None:
    store.count(3).close()
    (path,) = (home / "live").iterdir()
    content = path.read_bytes()
    store.gather()
    store.count(1).close()
    store.gather()

    path.write_bytes(content)
    store.gather()

    assert store.counts() == [4]
    assert names(home / "live") == []


def test_what_is_remembered_of_tallies_that_are_gone_is_bounded(
    store: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_counts, "MOST_GONE", 2)
    for _ in range(6):
        store.count(1).close()
        store.gather()

    assert store.file.rows("select count(distinct file) from gathered") == [(3,)]
    assert store.counts() == [6]


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        pytest.param(lambda content: content[:100], [3], id="cut-behind"),
        pytest.param(lambda content: content[:50], [], id="cut"),
        pytest.param(lambda content: content + b"more", [3], id="longer"),
        pytest.param(lambda _: b"", [], id="empty"),
        pytest.param(lambda _: b"something else" * 5000, [], id="foreign"),
        pytest.param(lambda content: content[:24] + b"\xff" * 8 + content[32:], [3], id="end"),
        pytest.param(lambda content: content[:32] + b"\xff" * 8 + content[40:], [], id="huge"),
        pytest.param(lambda content: content[:40] + b"\xff" * 2 + content[42:], [], id="length"),
        pytest.param(lambda content: content[:42] + b"\xff" * 2 + content[44:], [], id="label"),
    ],
)
def test_of_a_broken_tally_is_kept_what_can_be_read(
    make: Make, home: Path, damage: Callable[[bytes], bytes], kept: list[int]
) -> None:
    make().count(3).close()
    (path,) = (home / "live").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    store = make()

    store.gather()
    store.gather()

    assert store.counts() == kept
    assert names(home / "live") == []


def test_broken_files_are_told_once(store: Home, home: Path) -> None:
    live = home / "live"
    live.mkdir(parents=True)
    (live / "1.tally").write_bytes(b"foreign")
    (live / "2.tally").write_bytes(b"foreign")
    (home / "counts.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError):
        store.gather()

    assert store.prune(LARGE, DAY) == Lost(broken=3)
    assert store.prune(LARGE, DAY) == Lost()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_tally_at_all_stands_in_nobodys_way(store: Home, home: Path) -> None:
    live = home / "live"
    (live / "folder.tally").mkdir(parents=True)
    (live / "link.tally").symlink_to("nowhere")
    os.mkfifo(live / "pipe.tally")
    tally = store.count(2)

    store.gather()
    tally.close()
    store.gather()

    assert store.counts() == [2]
    store.erase()
    assert names(live) == ["folder.tally", "pipe.tally"]


def test_what_was_not_finished_goes_after_a_while(store: Home, home: Path) -> None:
    live = home / "live"
    live.mkdir(parents=True)
    (live / "old.part").write_bytes(b"")
    (live / "new.part").write_bytes(b"")
    (live / "newest.part").symlink_to("nowhere")
    now = (live / "new.part").stat().st_mtime
    os.utime(live / "old.part", (now - 7200, now - 7200))

    store.prune(LARGE, DAY)

    assert names(live) == ["new.part"]


def test_a_choice_that_cannot_be_read_keeps_nothing_from_being_gathered(
    store: Home, home: Path
) -> None:
    store.count(2)
    (home / "choice.json").write_bytes(b"{")

    store.gather()

    assert [(event.count, event.leave) for event in store.events()] == [(2, Leave.NEVER)]


def test_tallies_of_running_programs_leave_half_of_the_room(make: Make) -> None:
    store = make()
    tallies = [make().count(1) for _ in range(4)]
    store.add([replace(COUNT, metric="file.saved")])
    base = store.file.size()

    assert store.prune(2 * base, DAY).counts == 0
    assert store.prune(base, DAY).counts == 2
    for tally in tallies:
        tally.close()


def test_a_file_that_was_set_aside_goes_first(store: Home, home: Path) -> None:
    store.add([COUNT])
    (home / "counts.broken").write_bytes(bytes(1_000_000))

    assert store.prune(LARGE, DAY) == Lost()
    assert (home / "counts.broken").exists()
    assert store.prune(500_000, DAY) == Lost()
    assert not (home / "counts.broken").exists()


def test_a_file_becomes_smaller_when_much_of_it_went(store: Home, home: Path) -> None:
    for week in range(30):
        body = os.urandom(50_000)
        store.put(replace(REPORT, report=f"{week:032x}", body=body))
    store.close()
    before = (home / "counts.sqlite").stat().st_size

    store.prune(200_000, DAY)
    store.close()

    assert (home / "counts.sqlite").stat().st_size < before / 3


# Erasing.


def test_what_is_counted_after_another_process_erased_is_not_lost(make: Make) -> None:
    one, other = make(), make()
    one.add([COUNT])
    one.close()
    other.erase()

    one.add([COUNT])
    other.add([COUNT])

    assert make().counts() == [2]


def test_a_tally_knows_that_it_was_erased(make: Make) -> None:
    one, other = make(), make()
    tally = one.count(3)

    other.erase()

    assert tally.lost()
    slots, index = tally._slots, 5  # noqa: SLF001 whoever counts on does no harm
    slots[index] += 1
    tally.close()
    one.gather()
    assert one.counts() == []


@pytest.mark.parametrize(
    "journal", [pytest.param(True, id="with-a-journal"), pytest.param(False, id="without")]
)
@pytest.mark.parametrize(
    "held", [pytest.param(True, id="open-elsewhere"), pytest.param(False, id="alone")]
)
@pytest.mark.usefixtures("impatient")
def test_what_was_erased_is_not_in_the_files_any_more(
    make: Make,
    home: Path,
    journal: bool,  # noqa: FBT001 a column of the table
    held: bool,  # noqa: FBT001 a column of the table
) -> None:
    store = make()
    state = Event("system.os", DAY, WORD, adds_up=False)
    for number in range(200):  # pages are split, and hold copies of what moved
        store.add([replace(state, metric=f"m{number * 7919 % 200:03}")])
    store.count(1, state)
    store.put()
    store.keep("log", WORD.encode())
    (home / "counts.broken").write_bytes(WORD.encode())
    if journal:
        store.put(replace(REPORT, report="2" * 32, body=b"journal"))
        left = replace(WAITS, report="2" * 32, body=b"journal", fate=Fate.DELIVERED)
        store.outbox.settle(left)
    other = make()
    if held:
        assert other.events()
    assert WORD.encode() in everything(home)

    store.erase()

    assert WORD.encode() not in everything(home)
    assert (b"journal" in everything(home)) is journal
    assert [d.report for d in store.outbox.deliveries()] == (["2" * 32] if journal else [])
    store.close()
    if not journal and not held:
        assert names(home) == []


@pytest.mark.parametrize("others", [True, False])
def test_reports_that_were_let_go_are_not_in_the_files_any_more(
    make: Make,
    home: Path,
    others: bool,  # noqa: FBT001 a column of the table
) -> None:
    store = make()
    store.put()
    if others:
        store.count().close()
        store.gather()
    (home / "sending.lock").touch()

    store.let_go({REPORT.report})

    assert WORD.encode() not in everything(home)
    assert (home / "counts.sqlite").exists() is others
    assert (home / "sending.lock").exists() is others


def test_while_another_process_reads_a_file_is_overwritten_and_stays(
    make: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    store = make()
    store.put()
    lock = hold(home / "counts.lock", shared=True, create=False, seconds=0)
    assert lock is not None

    store.let_go({REPORT.report})
    os.close(lock)

    assert WORD.encode() not in everything(home)
    assert (home / "counts.sqlite").exists()


def test_metrics_that_were_erased_are_not_in_the_files_any_more(store: Home, home: Path) -> None:
    for number in range(100):
        store.add([Event("system.os", DAY, f"{WORD}{number}"), replace(COUNT, count=7)])
    store.count(1, Event("system.os", DAY, WORD)).close()
    (home / "counts.broken").write_bytes(WORD.encode())

    store.erase(frozenset({"system.os"}))

    assert WORD.encode() not in everything(home)
    assert store.counts() == [700]


@pytest.mark.parametrize(
    "metrics", [pytest.param(None, id="all"), pytest.param(frozenset({"file.opened"}), id="some")]
)
def test_a_broken_file_is_erased_too(
    store: Home, home: Path, metrics: frozenset[str] | None
) -> None:
    home.mkdir(parents=True)
    (home / "counts.sqlite").write_bytes(WORD.encode() * 1000)

    store.erase(metrics)

    assert WORD.encode() not in everything(home)
    assert names(home) == ([] if metrics is None else ["counts.lock"])


@pytest.mark.usefixtures("impatient")
def test_a_home_that_cannot_be_erased_now_is_a_store_error(make: Make) -> None:
    store, other = make(), make()
    store.add([COUNT])
    store.close()

    with other.file.alone(), pytest.raises(StoreError):
        store.erase()

    store.erase()
    assert store.counts() == []


def test_where_there_are_only_tallies_nothing_can_be_pruned(store: Home, home: Path) -> None:
    tally = store.count(0)
    shutil.rmtree(home / "live")
    tally.close()
    (home / "counts.broken").write_bytes(bytes(100))

    assert store.prune(10, DAY) == Lost()


@pytest.mark.usefixtures("impatient")
def test_what_came_while_it_was_erased_stays(make: Make) -> None:
    one, other = make(), make()
    one.add([COUNT])
    one.put()
    other.events()

    one.outbox.settle(replace(WAITS, fate=Fate.DELIVERED))
    one.erase()
    other.add([COUNT])

    assert one.counts() == [1]
    assert [delivery.fate for delivery in one.outbox.deliveries()] == [Fate.DELIVERED]


# What goes wrong.

CALLS = [
    pytest.param(lambda s: s.add([COUNT]), id="add"),
    pytest.param(lambda s: s.keep("log", b""), id="keep"),
    pytest.param(lambda s: s.put(), id="take"),
    pytest.param(lambda s: s.outbox.settle(replace(WAITS, fate=Fate.DELIVERED)), id="settle"),
    pytest.param(lambda s: s.events(), id="events"),
    pytest.param(lambda s: s.said(WEEK), id="said"),
    pytest.param(lambda s: s.kept("log"), id="kept"),
    pytest.param(lambda s: s.outbox.deliveries(), id="deliveries"),
    pytest.param(lambda s: s.drop([]), id="drop"),
    pytest.param(lambda s: s.redate({DAY: DAY}), id="redate"),
    pytest.param(lambda s: s.withhold(), id="withhold"),
    pytest.param(lambda s: s.release(), id="release"),
    pytest.param(lambda s: s.outbox.strike("1"), id="strike"),
    pytest.param(lambda s: s.outbox.copy_to("x"), id="copy"),
    pytest.param(lambda s: s.prune(0, DAY), id="prune"),
]
WRITES = CALLS[:4]
Call = Callable[[Home], object]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not a database at all" * 100, id="no-database"),
        pytest.param(b"SQLite format 3\x00" + bytes(84) + b"\xff" * 4000, id="damaged"),
    ],
)
def test_a_broken_file_is_set_aside_and_a_new_one_begun(
    store: Home, home: Path, content: bytes, call: Call
) -> None:
    home.mkdir(parents=True)
    (home / "counts.sqlite").write_bytes(content)

    with pytest.raises(StoreError):
        call(store)

    assert store.file.set_aside
    assert (home / "counts.broken").read_bytes() == content
    store.add([COUNT])
    assert store.counts() == [1]


def test_a_file_that_breaks_while_it_is_open_is_set_aside(store: Home, home: Path) -> None:
    store.add([COUNT])
    store.close()
    content = (home / "counts.sqlite").read_bytes()
    (home / "counts.sqlite").write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(StoreError):
        store.events()

    assert store.events() == []
    assert store.file.set_aside


def test_what_another_process_set_aside_already_is_not_set_aside_again(
    make: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = make(), make()
    home.mkdir(parents=True)
    (home / "counts.sqlite").write_bytes(b"not a database at all" * 100)
    alone = SqliteFile.alone

    def faster(file: SqliteFile):  # type: ignore[no-untyped-def]  # noqa: ANN202 as it was
        monkeypatch.setattr(SqliteFile, "alone", alone)
        with pytest.raises(StoreError):
            other.events()
        other.add([COUNT])
        other.close()
        return alone(file)

    monkeypatch.setattr(SqliteFile, "alone", faster)
    with pytest.raises(StoreError):
        one.events()

    assert (one.file.set_aside, other.file.set_aside) == (False, True)
    assert one.counts() == [1]


@pytest.mark.usefixtures("impatient")
def test_a_broken_file_that_others_have_open_stays_for_the_moment(make: Make, home: Path) -> None:
    one, other = make(), make()
    other.add([COUNT])
    content = (home / "counts.sqlite").read_bytes()
    (home / "counts.sqlite-wal").write_bytes(b"")
    (home / "counts.sqlite").write_bytes(b"x" * len(content))

    with pytest.raises(StoreError):
        one.events()

    assert not one.file.set_aside


@pytest.mark.parametrize("call", CALLS)
def test_a_folder_in_the_place_of_the_file_is_a_store_error(
    store: Home, home: Path, call: Call
) -> None:
    (home / "counts.sqlite").mkdir(parents=True)

    with pytest.raises(StoreError):
        call(store)


@pytest.mark.parametrize(
    "call",
    [
        *WRITES,
        pytest.param(lambda s: s.choose(Choice(Mode.ON, DAY, "f")), id="choose"),
        pytest.param(lambda s: s.choice(), id="choice"),
        pytest.param(lambda s: s.tally(), id="tally"),
    ],
)
def test_a_home_that_cannot_be_made_is_a_store_error(
    make: Make, tmp_path: Path, call: Call
) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError):
        call(make(tmp_path / "file" / "home"))


@pytest.mark.parametrize(
    "call",
    [
        *CALLS[:3],
        pytest.param(lambda s: s.choice(), id="choice"),
        pytest.param(lambda s: s.choose(Choice(Mode.ON, DAY, "f")), id="choose"),
        pytest.param(lambda s: s.tally(), id="tally"),
    ],
)
def test_a_home_that_no_path_can_name_is_a_store_error(
    make: Make, tmp_path: Path, call: Call
) -> None:
    with pytest.raises(StoreError):
        call(make(tmp_path / "a\x00b"))


@pytest.mark.parametrize("call", CALLS)
def test_a_home_that_cannot_be_looked_at_is_a_store_error(
    make: Make, tmp_path: Path, call: Call
) -> None:
    with pytest.raises(StoreError):
        call(make(tmp_path / ("x" * 1000)))


def test_a_file_that_cannot_be_written_is_a_store_error(store: Home, home: Path) -> None:
    store.add([COUNT])
    store.close()
    (home / "counts.sqlite-wal").mkdir()  # not even root can write there

    with pytest.raises(StoreError):
        store.add([COUNT])


@pytest.mark.parametrize(
    ("change", "call"),
    [
        pytest.param("update events set day = 'soon'", lambda s: s.events(), id="day-of-a-count"),
        pytest.param("update events set leave = 7", lambda s: s.events(), id="no-consent"),
        pytest.param(
            "update sendings set fate = 'lost'", lambda s: s.outbox.deliveries(), id="new-fate"
        ),
        pytest.param(
            "update reports set week = 'x'", lambda s: s.outbox.deliveries(), id="no-week"
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_a_store_error(
    store: Home, home: Path, change: str, call: Call
) -> None:
    store.add([COUNT])
    store.put()
    store.close()
    with closing(sqlite3.connect(home / "counts.sqlite")) as database, database:
        database.execute(change)

    with pytest.raises(StoreError):
        call(store)
    assert not store.file.set_aside


@pytest.mark.usefixtures("impatient")
def test_a_file_that_another_writes_for_long_is_a_store_error(store: Home, home: Path) -> None:
    store.add([COUNT])
    store.close()
    with closing(sqlite3.connect(home / "counts.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")

        with pytest.raises(StoreError):
            store.add([COUNT])

    store.add([COUNT])
    assert store.counts() == [2]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("call", CALLS)
def test_a_file_that_another_keeps_for_itself_is_a_store_error(make: Make, call: Call) -> None:
    store, other = make(), make()
    store.add([COUNT])
    store.close()

    with other.file.alone(), pytest.raises(StoreError):
        call(store)

    assert store.counts() == [1]


def test_a_transaction_that_fails_changes_nothing(store: Home) -> None:
    store.add([COUNT])
    store.put()

    with pytest.raises(StoreError):
        store.take(store.events(), REPORT, ["system.os"], [COLLECTOR])

    assert store.counts() == [1]
    assert store.said(WEEK) == frozenset()


def test_of_many_processes_one_counts_each_day_week_and_month(
    store: Home, home: Path, tmp_path: Path
) -> None:
    store.choose(Choice(Mode.ON, date(2026, 11, 1), ""))
    file = tmp_path / "editor.toml"
    file.write_text(REGISTRY, encoding="utf-8")
    command = [sys.executable, "-c", IS_ACTIVE, str(home), str(file)]
    running = [subprocess.Popen(command) for _ in range(4)]
    assert [each.wait(PATIENCE) for each in running] == [0] * 4
    found = {"day": 0, "week": 0, "month": 0}
    for event in store.events():
        if event.metric == "telemetry.active":
            assert event.leave is Leave.YES
            found[event.key] += event.count
    # 40 days from Sunday the first of November on: the weeks from 44 to 50, and two months.
    assert found == {"day": 40, "week": 7, "month": 2}
