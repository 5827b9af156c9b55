from __future__ import annotations

import contextlib
import errno
import mmap
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from aboveboard.adapters import tally_file, tally_layout
from aboveboard.adapters.file_lock import try_lock
from aboveboard.adapters.tally_file import TallyFile, content, lock
from aboveboard.errors import StoreError
from aboveboard.model.event import Event

LABEL = Event("file.opened", date(2026, 11, 18), "").label()
STATE = Event("system.os", date(2026, 11, 18), "linux", adds_up=False).label()
EMPTY = tally_layout.HEAD.ljust(tally_layout.SIZE, b"\0")
Make: TypeAlias = Callable[[], TallyFile]


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "home" / "live"


@pytest.fixture
def make(live: Path) -> Iterator[Make]:
    made: list[TallyFile] = []

    def another() -> TallyFile:
        made.append(TallyFile.create(live))
        return made[-1]

    yield another
    for tally in made:
        tally.close()


def count(tally: TallyFile, by: int, label: str = LABEL) -> None:
    slots, index = tally.slot(label) or (memoryview(b""), 0)
    slots[index] += by


def counts(live: Path) -> list[list[int]]:
    found = [tally_layout.records(path.read_bytes()) for path in sorted(live.iterdir())]
    return [[count for _, _, count in records] for records in found]


def test_what_was_counted_is_in_the_file_at_once(make: Make, live: Path) -> None:
    tally = make()
    count(tally, 3)
    count(tally, 4)

    assert counts(live) == [[3, 4]]


def test_two_that_count_at_once_have_a_file_each(make: Make, live: Path) -> None:
    count(make(), 3)
    count(make(), 4)

    assert counts(live) == [[3], [4]]


def test_the_next_goes_on_in_a_file_that_was_left(make: Make, live: Path) -> None:
    first = make()
    for by, label in ((3, LABEL), (5, LABEL), (7, "other")):
        count(first, by, label)
    first.close()

    second = make()
    for _ in range(3):
        count(second, 1)

    assert counts(live) == [[4, 6, 7, 1]]


def test_turns_go_on_where_the_last_owner_ended(make: Make) -> None:
    first = make()
    slots, index = first.slot(STATE) or (memoryview(b""), 0)
    for _ in range(5):
        slots[index] = first.turn()
    count(first, 1000)
    first.close()

    assert make().turn() == 6


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"foreign" * 10_000, id="foreign"),
        pytest.param(EMPTY[:100], id="cut"),
        pytest.param(EMPTY + b"x", id="longer"),
        pytest.param(EMPTY[:24] + b"\xff" * 8 + EMPTY[32:], id="end"),
    ],
)
def test_nobody_goes_on_in_a_broken_file(make: Make, live: Path, left: bytes) -> None:
    live.mkdir(parents=True)
    (live / "0.tally").write_bytes(left)

    count(make(), 1)

    assert len(list(live.iterdir())) == 2
    assert (live / "0.tally").read_bytes() == left


def test_nobody_goes_on_in_a_file_that_is_nearly_full(make: Make, live: Path) -> None:
    first = make()
    for number in range(700):
        count(first, 1, f"{LABEL}{number}")
    first.close()

    count(make(), 1)

    assert [len(each) for each in counts(live)] == [700, 1]


def test_what_is_no_file_is_passed_over(make: Make, live: Path) -> None:
    (live / "0.tally").mkdir(parents=True)
    (live / "1.tally").symlink_to(live / "nowhere")

    count(make(), 1)

    assert lock(live / "0.tally") is lock(live / "1.tally") is lock(live / "2.tally") is None
    assert content(live / "0.tally") == content(live / "1.tally") == b""
    assert content(live / "2.tally") == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_makes_nobody_wait(make: Make, live: Path) -> None:
    live.mkdir(parents=True)
    os.mkfifo(live / "0.tally")

    count(make(), 1)

    assert content(live / "0.tally") == b""


def test_a_file_that_was_removed_is_lost(make: Make, live: Path) -> None:
    tally = make()
    assert not tally.lost()

    shutil.rmtree(live)

    assert tally.lost()
    assert tally.slot(LABEL) is None


@pytest.mark.parametrize("again", [pytest.param(True, id="reused"), pytest.param(False, id="gone")])
def test_a_program_that_closes_all_it_has_open_loses_nothing_of_its_own(
    make: Make,
    live: Path,
    again: bool,  # noqa: FBT001 a column of the table
) -> None:
    tally = make()
    count(tally, 3)
    descriptor = tally._descriptor  # noqa: SLF001 as os.closerange does
    if again:
        other = os.open(live.parent / "other", os.O_RDWR | os.O_CREAT)
        os.dup2(other, descriptor)
        os.close(other)
    else:
        os.close(descriptor)

    assert tally.lost()
    tally.close()

    assert counts(live) == [[3]]
    if again:
        os.close(descriptor)


def test_a_folder_that_cannot_be_made_is_a_store_error(live: Path) -> None:
    live.parent.mkdir()
    live.write_text("in the way")

    with pytest.raises(StoreError):
        TallyFile.create(live)


def test_a_file_that_cannot_be_mapped_is_a_store_error(live: Path) -> None:
    live.mkdir(parents=True)
    path = live / "0.tally"
    path.write_bytes(EMPTY[:10])
    descriptor = os.open(path, os.O_RDWR)

    with pytest.raises(StoreError):
        TallyFile(descriptor)

    os.close(descriptor)


def test_nothing_is_left_open_if_it_cannot_be_mapped(
    live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally_layout, "SIZE", len(EMPTY))
    live.mkdir(parents=True)
    (live / "0.tally").write_bytes(EMPTY)

    def refuse(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as context:
        context.setattr(mmap, "mmap", refuse)
        with pytest.raises(StoreError):
            TallyFile.create(live)

    TallyFile.create(live).close()
    assert [path.name for path in live.iterdir()] == ["0.tally"]


@pytest.mark.parametrize("call", ["write", "posix_fallocate"])
def test_a_full_disk_is_a_store_error_and_leaves_nothing(
    call: str, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, call, full)

    with pytest.raises(StoreError):
        TallyFile.create(live)

    assert list(live.iterdir()) == []


def test_a_system_that_cannot_reserve_writes_the_whole_file(
    make: Make, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")

    make()

    assert [path.read_bytes() for path in live.iterdir()] == [EMPTY]


def test_a_disk_that_takes_half_of_it_is_a_store_error(
    live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda *_: 5)

    with pytest.raises(StoreError):
        TallyFile.create(live)

    assert list(live.iterdir()) == []


@pytest.mark.parametrize(
    ("times", "made"), [pytest.param(2, True, id="twice"), pytest.param(3, False, id="always")]
)
def test_a_new_file_that_somebody_gathers_at_once_is_made_again(
    live: Path,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    made: bool,  # noqa: FBT001 a column of the table
) -> None:
    left = [times]

    def gathered(path: str) -> int | None:
        if left[0]:
            left[0] -= 1
            Path(path).unlink()
        return lock(path)

    monkeypatch.setattr(tally_file, "lock", gathered)

    with contextlib.nullcontext() if made else pytest.raises(StoreError):
        TallyFile.create(live).close()


def test_a_file_that_goes_between_opening_and_locking_is_nobodys(
    make: Make, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make().close()
    (path,) = live.iterdir()

    def slow(descriptor: int) -> bool:
        path.unlink()
        return try_lock(descriptor)

    monkeypatch.setattr(tally_file, "try_lock", slow)

    assert lock(path) is None


def test_what_is_open_is_closed_in_a_child(make: Make, live: Path) -> None:
    tallies = [make(), make()]
    count(tallies[0], 3)

    tally_file._forget_in_child()  # noqa: SLF001 as the fork itself does, in a process that is seen

    assert [tally.lost() for tally in tallies] == [True, True]
    assert counts(live) == [[3], []]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_does_not_count_in_its_parents_file(make: Make, live: Path) -> None:
    tally = make()
    slots, index = tally.slot(LABEL) or (memoryview(b""), 0)
    slots[index] += 1

    child = os.fork()
    if not child:
        with contextlib.suppress(ValueError):
            slots[index] += 100
            os._exit(1)
        other = TallyFile.create(live)
        count(other, 7)
        os._exit(0 if tally.lost() else 1)
    status = os.waitpid(child, 0)[1]
    slots[index] += 1

    assert status == 0
    assert counts(live) == [[2], [7]]
