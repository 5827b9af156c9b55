"""The contract of the port Lease, run over all its adapters."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.file_lease import CallableLease, LockLease, SharedLease
from aboveboard.adapters.memory_sending import MemoryLease
from aboveboard.ports.sending import Lease

HOLDER = """
import sys
from pathlib import Path
from aboveboard.adapters import file_lease
lease = getattr(file_lease, sys.argv[1])(Path(sys.argv[2]))
with lease.claim() as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""
WORKER = """
import os, sys, time
from pathlib import Path
from aboveboard.adapters import file_lease
folder = Path(sys.argv[2])
lease = getattr(file_lease, sys.argv[1])(folder)
got = 0
end = time.monotonic() + 20
while got < 10 and time.monotonic() < end:
    with lease.claim() as mine:
        if mine:
            got += 1
            os.close(os.open(folder / "one at a time", os.O_CREAT | os.O_EXCL))
            time.sleep(0.001)
            os.unlink(folder / "one at a time")
    time.sleep(0.0005)
sys.exit(got != 10)
"""
files = pytest.mark.parametrize("kind", [LockLease, SharedLease], ids=["lock", "shared"])


@pytest.fixture(params=["memory", "callable", "lock", "shared"])
def lease(request: pytest.FixtureRequest, tmp_path: Path) -> Lease:
    made: dict[str, Callable[[], Lease]] = {
        "memory": MemoryLease,
        "callable": lambda: CallableLease(threading.Lock()),
        "lock": lambda: LockLease(tmp_path),
        "shared": lambda: SharedLease(tmp_path),
    }
    return made[request.param]()


def test_one_alone_holds_it(lease: Lease) -> None:
    with lease.claim() as first, lease.claim() as second:
        assert (first, second) == (True, False)


def test_the_next_may_hold_it_when_it_was_given_back(lease: Lease) -> None:
    for _ in range(3):
        with lease.claim() as mine:
            assert mine


def test_who_did_not_get_it_gives_nothing_back(lease: Lease) -> None:
    with lease.claim():
        with lease.claim() as second:
            assert not second
        with lease.claim() as third:
            assert not third


def test_it_is_given_back_when_the_work_fails(lease: Lease) -> None:
    with contextlib.suppress(ZeroDivisionError), lease.claim():
        raise ZeroDivisionError
    with lease.claim() as mine:
        assert mine


@contextlib.contextmanager
def holder(kind: type[LockLease | SharedLease], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that holds it until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, kind.__name__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


@files
def test_of_several_processes_one_holds_it(
    kind: type[LockLease | SharedLease], tmp_path: Path
) -> None:
    with holder(kind, tmp_path) as process:
        with kind(tmp_path).claim() as mine:
            assert not mine
        process.communicate(timeout=PATIENCE)
        with kind(tmp_path).claim() as mine:
            assert mine


@files
def test_several_processes_take_turns(kind: type[LockLease | SharedLease], tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, kind.__name__, str(tmp_path)]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(PATIENCE) for process in running] == [0, 0, 0]


def test_the_system_lets_go_of_a_lock_whose_holder_was_killed(tmp_path: Path) -> None:
    with holder(LockLease, tmp_path) as process:
        process.kill()
        process.wait(PATIENCE)
        with LockLease(tmp_path).claim() as mine:
            assert mine


def test_a_lease_whose_holder_was_killed_holds_for_its_time(tmp_path: Path) -> None:
    with holder(SharedLease, tmp_path) as process:
        process.kill()
        process.wait(PATIENCE)
    with SharedLease(tmp_path).claim() as mine:
        assert not mine
    (file,) = tmp_path.glob("sending.lease.*")
    for moved in (-7200, 7200):
        now = file.stat().st_mtime
        os.utime(file, (now + moved, now + moved))
        with SharedLease(tmp_path, seconds=3600).claim() as mine:
            assert mine
        (file,) = tmp_path.glob("sending.lease.*")
        file.write_bytes(b"")


def test_a_folder_keeps_one_lease_alone(tmp_path: Path) -> None:
    for _ in range(3):
        with SharedLease(tmp_path).claim():
            pass
    assert [file.name for file in tmp_path.iterdir()] == ["sending.lease.3"]


@files
def test_where_there_is_no_folder_there_is_nothing_to_send(
    kind: type[LockLease | SharedLease], tmp_path: Path
) -> None:
    with kind(tmp_path / "home").claim() as mine:
        assert not mine
    assert list(tmp_path.iterdir()) == []
