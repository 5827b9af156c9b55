from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import sqlite_file
from aboveboard.adapters.sqlite_file import SqliteFile, wipe
from aboveboard.errors import StoreError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def file(home: Path) -> Iterator[SqliteFile]:
    made = SqliteFile(home)
    yield made
    made.close()


@pytest.fixture
def other(home: Path) -> Iterator[SqliteFile]:
    """Give the same file as another process has it."""
    made = SqliteFile(home)
    yield made
    made.close()


def keep(file: SqliteFile, name: str) -> None:
    with file.write() as database:
        database.execute("insert into kept values (?, x'00')", (name,))


def kept(file: SqliteFile) -> list[str]:
    return [name for (name,) in file.rows("select name from kept order by 1")]


def test_a_file_is_made_when_something_is_written(file: SqliteFile, home: Path) -> None:
    assert not file.exists()
    assert file.rows("select 1") == []
    assert file.size() == 0
    file.overwrite()
    file.shrink()
    assert not home.exists()

    keep(file, "a")

    assert file.exists()
    assert kept(file) == ["a"]
    assert file.size() > 0


def test_a_transaction_that_raises_changes_nothing(file: SqliteFile) -> None:
    keep(file, "a")

    with contextlib.suppress(ZeroDivisionError), file.write() as database:
        database.execute("delete from kept")
        raise ZeroDivisionError

    assert kept(file) == ["a"]


@pytest.mark.parametrize(
    "value", [pytest.param(1 << 64, id="large"), pytest.param(object(), id="no-value")]
)
def test_what_sqlite_cannot_hold_is_a_store_error(file: SqliteFile, value: object) -> None:
    with pytest.raises(StoreError), file.write() as database:
        database.execute("insert into gathered values ('a', 1, ?)", (value,))

    assert file.rows("select * from gathered") == []


def test_a_file_that_somebody_removed_by_hand_is_begun_anew(file: SqliteFile, home: Path) -> None:
    keep(file, "a")
    shutil.rmtree(home)

    keep(file, "b")

    assert kept(file) == ["b"]


def test_whoever_is_alone_keeps_the_others_out_until_the_end(
    file: SqliteFile, other: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.02)
    keep(file, "a")

    with file.alone() as alone, file.alone() as still_alone:
        assert (alone, still_alone) == (True, True)
        keep(file, "b")
        with pytest.raises(StoreError):
            kept(other)

    assert kept(other) == ["a", "b"]
    with file.alone() as alone:
        assert not alone


def test_whoever_hurries_waits_for_no_other_process(
    file: SqliteFile, other: SqliteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 60.0)
    keep(file, "a")
    with file.write():
        other.hurry()
        begun = time.monotonic()
        with pytest.raises(StoreError):
            keep(other, "b")
        assert time.monotonic() - begun < sqlite_file.BUSY_SECONDS / 2

    keep(other, "c")
    other.close()
    assert kept(other) == ["a", "c"]


def test_whoever_hurries_waits_for_no_other_thread(file: SqliteFile) -> None:
    keep(file, "a")
    using, done = threading.Event(), threading.Event()

    def use() -> None:
        with file.write():
            using.set()
            done.wait(PATIENCE)

    thread = threading.Thread(target=use)
    thread.start()
    using.wait(PATIENCE)
    file.hurry()
    with pytest.raises(StoreError, match="another thread"):
        kept(file)
    file.close()
    done.set()
    thread.join()
    assert kept(file) == ["a"]


def test_nobody_is_alone_with_what_is_not_there(file: SqliteFile, home: Path) -> None:
    with file.alone() as alone:
        assert not alone

    assert not home.exists()


def test_what_was_removed_is_begun_anew_by_the_others(file: SqliteFile, other: SqliteFile) -> None:
    keep(other, "a")
    other.close()

    with file.alone():
        file.remove()
    assert kept(other) == []
    keep(other, "b")

    assert kept(file) == ["b"]


def test_a_reader_that_waited_while_a_file_was_removed_reads_nothing(
    file: SqliteFile, other: SqliteFile
) -> None:
    keep(file, "a")
    share = other._share  # noqa: SLF001 another process is faster just then

    def wait() -> None:
        with file.alone():
            file.remove()
        share()

    other._share = wait  # type: ignore[method-assign]  # noqa: SLF001 see above

    assert kept(other) == []


def test_threads_share_one_file_also_if_one_of_them_closes_it(file: SqliteFile) -> None:
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            for step in range(30):
                keep(file, f"{number} {step}")
                kept(file)
                file.close()
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(kept(file)) == 120


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_finds_no_file_open_and_opens_its_own(file: SqliteFile) -> None:
    keep(file, "parent")

    child = os.fork()
    if not child:
        keep(file, "child")
        os._exit(0 if {"child", "parent"} <= set(kept(file)) else 1)
    keep(file, "parent too")

    assert os.waitpid(child, 0)[1] == 0
    assert kept(file) == ["child", "parent", "parent too"]


def test_wiping_overwrites_and_removes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"secret" * 50_000)
    other = tmp_path / "link"
    os.link(path, other)

    wipe(path)
    wipe(path)

    assert not path.exists()
    assert other.read_bytes() == bytes(300_000)
