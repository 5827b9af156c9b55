from __future__ import annotations

import asyncio
import errno
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import uvloop
from caio import linux_aio
from tests.patience import PATIENCE

from aboveboard.adapters import kernel_sync
from aboveboard.adapters.kernel_sync import KernelSync


@pytest.fixture
def kernel(tmp_path: Path) -> KernelSync:
    offered = kernel_sync.offered(tmp_path)
    assert offered is not None
    return offered


def library(**parts: object) -> ModuleType:
    """Give a library that behaves like ``caio.linux_aio`` where a machine has less."""
    made = ModuleType("linux_aio")
    made.__dict__.update({"Context": linux_aio.Context, "Operation": linux_aio.Operation, **parts})
    return made


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_loop_that_watches_hears_of_each_sync(
    loop: str, kernel: KernelSync, tmp_path: Path
) -> None:
    async def sync_thrice() -> list[OSError | None]:
        loop = asyncio.get_running_loop()
        kernel.watch(loop)
        found: list[OSError | None] = []
        with (tmp_path / "file").open("wb", buffering=0) as file:
            for _ in range(3):
                file.write(b"some")
                ended: asyncio.Future[OSError | None] = loop.create_future()
                kernel.start(file.fileno(), ended.set_result)
                found.append(await asyncio.wait_for(ended, PATIENCE))
        return found

    run = uvloop.run if loop == "uvloop" else asyncio.run
    assert run(sync_thrice()) == [None] * 3


class FailedSync:
    """An operation that ends with an error as the library tells it: as a number without a sign."""

    fdsync: Callable[[int], FailedSync]

    def __init__(self, _descriptor: int) -> None:
        self._told: Callable[[int], None] = print

    def set_callback(self, told: Callable[[int], None]) -> None:
        """Take who is to be told."""
        self._told = told

    def end(self) -> int:
        """Fail."""
        self._told((1 << 64) - errno.EIO)
        return 1


FailedSync.fdsync = FailedSync


def test_a_sync_that_fails_is_told_with_the_systems_reason() -> None:
    told: list[OSError | None] = []
    context = SimpleNamespace(submit=lambda operation: operation.end())
    kernel = KernelSync(library(Operation=FailedSync, Context=lambda _: context))
    kernel.start(0, told.append)
    (failure,) = told
    assert failure is not None
    assert (failure.errno, failure.strerror) == (errno.EIO, "Input/output error")


def test_a_file_that_cannot_be_synced_is_refused(kernel: KernelSync) -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(OSError, match="EINVAL"):
            kernel.start(writer, lambda _: None)
    finally:
        os.close(reader)
        os.close(writer)


def test_a_kernel_that_takes_nothing_is_no_success() -> None:
    kernel = KernelSync(library(Context=lambda _: SimpleNamespace(submit=lambda _: 0)))
    with pytest.raises(OSError, match="took no sync"):
        kernel.start(0, lambda _: None)


def test_a_signal_on_its_way_is_no_failure(tmp_path: Path) -> None:
    real, interrupted = linux_aio.Context(4), [True]

    def process_events(*arguments: int) -> int:
        if interrupted:
            interrupted.clear()
            raise SystemError(errno.EINTR, "Interrupted system call")
        return real.process_events(*arguments)

    context = SimpleNamespace(poll=real.poll, submit=real.submit, process_events=process_events)
    kernel = KernelSync(library(Context=lambda _: context))
    told: list[OSError | None] = []
    with (tmp_path / "file").open("wb") as file:
        kernel.start(file.fileno(), told.append)
        kernel.reap()
        assert told == []
        kernel.wait(60)
    assert told == [None]


def none_of_it(*_arguments: object) -> object:
    raise SystemError(errno.ENOSYS, "Function not implemented")


def refused(*_arguments: object) -> object:
    message = "[EINVAL]"
    raise ValueError(message)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"Context": none_of_it}, id="the-kernel-has-none"),
        pytest.param({"Context": lambda _: SimpleNamespace(submit=refused)}, id="refused"),
        pytest.param({"Context": lambda _: SimpleNamespace(submit=lambda _: 0)}, id="not-taken"),
    ],
)
def test_where_the_kernel_does_not_sync_nothing_is_offered(
    parts: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "caio.linux_aio", library(**parts))
    assert kernel_sync.offered(tmp_path) is None


def test_a_first_sync_that_takes_too_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SimpleNamespace(submit=lambda _: 1, process_events=lambda *_: 0)
    monkeypatch.setitem(sys.modules, "caio.linux_aio", library(Context=lambda _: slow))
    assert kernel_sync.offered(tmp_path) is None


def test_without_the_library_or_its_compiled_part_nothing_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "caio.linux_aio", None)
    assert kernel_sync.offered(tmp_path) is None


def test_a_folder_that_is_not_there_offers_nothing(tmp_path: Path) -> None:
    assert kernel_sync.offered(tmp_path / "nowhere") is None


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_what_is_not_used_any_more_leaves_no_descriptor(tmp_path: Path) -> None:
    kernel_sync.offered(tmp_path)
    gc.collect()
    before = open_files()
    for _ in range(5):
        kernel_sync.offered(tmp_path)
    gc.collect()
    assert open_files() <= before
