from __future__ import annotations

import os
import stat
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters import asked_file
from aboveboard.adapters.asked_file import MOST_BYTES, AskedFile
from aboveboard.adapters.file_lock import try_lock
from aboveboard.model.asked import Asked, AskedBook

DAY = date(2026, 11, 18)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "aboveboard" / "asked.json"


def test_looking_writes_nothing(path: Path) -> None:
    AskedFile(path).book()
    assert not path.parent.exists()


def test_a_person_can_read_the_file_and_nobody_else_can(path: Path) -> None:
    AskedFile(path).claim("editor", DAY)
    assert path.read_text() == (
        '{\n  "format": 1,\n  "apps": {\n    "editor": {\n'
        '      "asked": "2026-11-18",\n      "answered": ""\n    }\n  }\n}\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == ["asked.json", "asked.lock"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(b'{"format": 2, "apps": {}}', id="another-format"),
        pytest.param(b'{"format": 1}', id="no-apps"),
        pytest.param(b'{"format": 1, "apps": {"a": {"asked": "x", "answered": ""}}}', id="no-day"),
        pytest.param(b'{"format": 1, "apps": {"a": {"asked": 1, "answered": ""}}}', id="number"),
        pytest.param(b'{"format": 1, "apps": {"a": 1}}', id="no-table"),
        pytest.param(b'{"format": 1, "apps": {}}' + b" " * MOST_BYTES, id="too-long"),
    ],
)
def test_a_broken_file_counts_as_nobody_asked_and_is_replaced(path: Path, body: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(body)
    memory = AskedFile(path)
    assert memory.book() == AskedBook()
    assert memory.claim("editor", DAY)
    assert dict(memory.book().apps) == {"editor": Asked(DAY)}


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert asked_file._read(body) == AskedBook()  # noqa: SLF001 what a file holds is foreign


def test_where_it_cannot_be_noted_down_nobody_asks(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    memory = AskedFile(tmp_path / "file" / "asked.json")
    assert not memory.claim("editor", DAY)
    memory.answered("editor", "f")
    assert memory.book() == AskedBook()


def test_where_the_file_cannot_be_replaced_nobody_asks(path: Path) -> None:
    path.mkdir(parents=True)
    assert not AskedFile(path).claim("editor", DAY)


def test_whoever_is_asking_keeps_the_others_from_it(path: Path) -> None:
    path.parent.mkdir()
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
    assert try_lock(descriptor)
    assert not AskedFile(path).claim("editor", DAY)
    os.close(descriptor)
    assert AskedFile(path).claim("editor", DAY)


def test_of_many_programs_at_once_one_asks(path: Path) -> None:
    answers = []
    start = threading.Barrier(8)

    def program(number: int) -> None:
        start.wait()
        answers.append(AskedFile(path).claim(f"app{number}", DAY))

    threads = [threading.Thread(target=program, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answers) == 1
    assert len(AskedFile(path).book().apps) == 1


def test_a_lock_that_comes_free_soon_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
    assert try_lock(descriptor)
    timer = threading.Timer(asked_file.PAUSE_SECONDS, os.close, (descriptor,))
    timer.start()
    assert AskedFile(path).claim("editor", DAY + timedelta(days=1))
    timer.join()
