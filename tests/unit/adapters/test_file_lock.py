from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from aboveboard.adapters.file_lock import hold, is_at, try_lock, unlock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def held(path: Path, *, shared: bool = False, create: bool = True, seconds: float = 0.0) -> int:
    descriptor = hold(path, shared=shared, create=create, seconds=seconds)
    assert descriptor is not None
    return descriptor


def test_one_alone_keeps_everybody_out(path: Path) -> None:
    alone = held(path)

    assert hold(path, shared=False, create=True, seconds=0.02) is None
    assert hold(path, shared=True, create=True, seconds=0) is None
    os.close(alone)
    os.close(held(path))


def test_many_that_share_keep_out_who_wants_to_be_alone(path: Path) -> None:
    several = [held(path, shared=True) for _ in range(3)]

    assert hold(path, shared=False, create=True, seconds=0) is None
    for descriptor in several:
        os.close(descriptor)
    os.close(held(path))


def test_a_lock_that_is_let_go_is_free_while_the_file_is_open(path: Path) -> None:
    one, other = os.open(path, os.O_RDWR | os.O_CREAT), os.open(path, os.O_RDWR)
    assert try_lock(one)
    assert not try_lock(other)

    unlock(one)

    assert try_lock(other)
    os.close(one)
    os.close(other)


def test_whoever_waits_gets_it_when_it_is_let_go(path: Path) -> None:
    alone = held(path)
    threading.Timer(0.05, os.close, [alone]).start()

    began = time.monotonic()
    os.close(held(path, shared=True, seconds=10))

    assert time.monotonic() - began < 5


def test_a_lock_on_a_file_that_was_removed_is_none(path: Path) -> None:
    alone = held(path)
    waits: list[int] = []
    waiter = threading.Thread(target=lambda: waits.append(held(path, seconds=10)))
    waiter.start()
    time.sleep(0.02)
    path.unlink()
    os.close(alone)
    waiter.join()

    assert is_at(path, waits[0])
    os.close(waits[0])


def test_nothing_is_made_where_nothing_is_to_be(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hold(path, shared=True, create=False, seconds=0)


def test_a_path_of_nothing_names_no_file(path: Path) -> None:
    descriptor = held(path)
    path.unlink()

    assert not is_at(path, descriptor)
    os.close(descriptor)
