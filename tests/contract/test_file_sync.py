"""The contract of the port FileSync, for all its adapters."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import kernel_sync
from aboveboard.adapters.memory_sync import HeldSync
from aboveboard.ports.collector import FileSync


class EndedAtOnce(HeldSync):
    """Ends each sync as soon as it begins, as a fast disk does."""

    def start(self, descriptor: int, told: Callable[[OSError | None], None]) -> None:
        """Begin and end a sync."""
        super().start(descriptor, told)
        self.end()


@pytest.fixture(params=["memory", "kernel"])
def sync(request: pytest.FixtureRequest, tmp_path: Path) -> FileSync:
    if request.param == "memory":
        return EndedAtOnce()
    offered = kernel_sync.offered(tmp_path)
    assert offered is not None, "this kernel (Linux 4.18 or newer is asked for) syncs no files"
    return offered


@pytest.fixture
def written(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, b"some")
    yield descriptor
    os.close(descriptor)


def reaped(sync: FileSync, told: list[OSError | None], many: int) -> list[OSError | None]:
    end = time.monotonic() + PATIENCE
    while len(told) < many and time.monotonic() < end:
        sync.reap()
        time.sleep(0.001)
    return told


def test_nobody_is_told_before_somebody_reaps(sync: FileSync, written: int) -> None:
    told: list[OSError | None] = []
    sync.start(written, told.append)
    assert told == []
    assert reaped(sync, told, 1) == [None]
    sync.reap()
    assert told == [None]


def test_several_syncs_may_be_under_way(sync: FileSync, written: int) -> None:
    told: list[OSError | None] = []
    for _ in range(3):
        sync.start(written, told.append)
    assert reaped(sync, told, 3) == [None] * 3


def test_without_a_sync_there_is_nothing_to_reap(sync: FileSync) -> None:
    sync.reap()
    sync.reap()


def test_a_file_that_is_not_open_is_refused_at_once(sync: FileSync, tmp_path: Path) -> None:
    told: list[OSError | None] = []
    closed = os.open(tmp_path, os.O_RDONLY)
    os.close(closed)
    with pytest.raises(OSError, match=r"."):
        sync.start(closed, told.append)
    sync.reap()
    assert told == []


def test_loops_may_follow_each_other(sync: FileSync, written: int) -> None:
    told: list[OSError | None] = []

    async def once() -> None:
        loop = asyncio.get_running_loop()
        sync.watch(loop)
        sync.watch(loop)
        sync.start(written, told.append)
        sync.reap()
        await asyncio.sleep(0.01)

    for number in (1, 2):
        asyncio.run(once())
        reaped(sync, told, number)
    assert told == [None, None]
