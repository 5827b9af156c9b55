"""Programs that count in one home at once, are killed and fork: no count is lost or doubled."""

from __future__ import annotations

import contextlib
import json
import os
import random  # noqa: TID251 moments to kill at, the same each time
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.patience import PATIENCE
from tests.unmeasured import UNMEASURED

SEED = 20261118
OPEN = """
import json, mmap, os, sys, threading
from pathlib import Path
import aboveboard

registry, home, *rest = sys.argv[1:]
telemetry = aboveboard.open("editor", registry=Path(registry), home=home)
"""
TOTAL = (
    OPEN
    + """
bodies = [json.loads(body) for body in telemetry.preview(local=True)]
entries = [entry for body in bodies for entry in body["entries"]]
print(sum(e["value"] for e in entries if e["metric"] == "file.opened"))
"""
)
KILLED = (
    OPEN
    + """
noted = memoryview(mmap.mmap(os.open(rest[0], os.O_RDWR), 16)).cast("Q")
every = int(rest[1])
print("ready", flush=True)
while True:
    noted[0] += 1
    telemetry.count("file.opened")
    noted[1] += 1
    if noted[1] % every == 0:
        telemetry.set("system.os", "linux")
        telemetry.flush()
"""
)
MANY_THREADS = (
    OPEN
    + """
def work():
    for number in range(int(rest[0])):
        telemetry.count("file.opened")
        if number % 500 == 0:
            telemetry.set("system.os", "linux")

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
telemetry.close()
print(json.dumps(telemetry.misuse))
"""
)
GATHERS = (
    OPEN
    + """
print("ready", flush=True)
while not Path(rest[0]).exists():
    telemetry.flush()
print(json.dumps(telemetry.misuse))
"""
)
FORKS = (
    OPEN
    + """
telemetry.flush()  # Python itself cannot be forked while another thread imports something late
going, counted = True, [0, 0]

def count(place, flush_every):
    while going and counted[place] < 200_000:
        telemetry.count("file.opened")
        counted[place] += 1
        if counted[place] % flush_every == 0:
            telemetry.flush()

threads = [threading.Thread(target=count, args=(n, [10**9, 7][n])) for n in range(2)]
for thread in threads:
    thread.start()
for number in range(int(rest[0])):
    child = os.fork()
    if not child:
        for step in range(50):
            telemetry.count("file.opened")
            if step == 25:
                telemetry.flush()
        os._exit(0)
    telemetry.count("file.opened")
    _, status = os.waitpid(child, 0)
    assert status == 0, status
going = False
for thread in threads:
    thread.join()
telemetry.close()
print(sum(counted) + int(rest[0]) * 51)
"""
)
TOLD = (
    OPEN
    + """
for line in sys.stdin:
    call, _, argument = line.strip().partition(" ")
    if call == "count":
        for _ in range(int(argument)):
            telemetry.count("file.opened")
    elif call == "choose":
        telemetry.choose(argument)
    else:
        telemetry.flush()
    print(call, flush=True)
"""
)
Program: TypeAlias = "subprocess.Popen[str]"


@pytest.fixture
def begin(registry: Path, home: Path) -> Iterator[Callable[..., Program]]:
    """Give what starts a program that counts in one home."""
    started: list[Program] = []

    def begin_program(
        text: str, *arguments: object, environment: Mapping[str, str] | None = None
    ) -> Program:
        command = [sys.executable, "-c", text, str(registry / "editor.toml"), str(home / "counts")]
        process = subprocess.Popen(
            [*command, *map(str, arguments)],
            env={**os.environ, **(environment or {})},  # noqa: TID251 handed on
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin_program
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)


def ended(process: Program) -> str:
    """Wait for a program and give what it printed."""
    printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return printed


def line(process: Program) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: Program, call: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{call}\n")
    process.stdin.flush()
    assert line(process) == call.partition(" ")[0]


def total(begin: Callable[..., Program]) -> int:
    return int(ended(begin(TOTAL)))


@pytest.mark.parametrize(
    ("every", "rounds", "at_once"),
    [
        pytest.param(10**9, 4, 1, id="counting"),
        pytest.param(3, 8, 2, id="gathering"),
    ],
)
def test_a_program_that_is_killed_loses_nothing_and_doubles_nothing(
    begin: Callable[..., Program], tmp_path: Path, every: int, rounds: int, at_once: int
) -> None:
    dice = random.Random(SEED)  # noqa: S311 see above
    least = most = 0
    for number in range(rounds):
        notes = [tmp_path / f"{number}-{n}" for n in range(at_once)]
        for note in notes:
            note.write_bytes(bytes(16))
        running = [begin(KILLED, note, every) for note in notes]
        for process in running:
            assert line(process) == "ready"
        for process in running:
            time.sleep(dice.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        for note in notes:
            began, done = struct.unpack("QQ", note.read_bytes())
            least, most = least + done, most + began

    assert least <= total(begin) <= most
    assert least > 0


def test_many_processes_and_threads_count_exactly_while_another_gathers(
    begin: Callable[..., Program], tmp_path: Path
) -> None:
    gathers = begin(GATHERS, tmp_path / "over")
    assert line(gathers) == "ready"
    running = [begin(MANY_THREADS, 20_000) for _ in range(4)]

    assert [json.loads(ended(process)) for process in running] == [{}] * 4
    (tmp_path / "over").touch()
    assert ended(gathers) == "{}\n"
    assert total(begin) == 4 * 4 * 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no fork")
def test_parent_and_child_count_on_after_a_fork(begin: Callable[..., Program]) -> None:
    counted = int(ended(begin(FORKS, 30, environment=UNMEASURED)))

    assert total(begin) == counted


def test_after_another_program_erased_everything_counts_arrive_again(
    begin: Callable[..., Program],
) -> None:
    one, other = begin(TOLD), begin(TOLD)
    tell(one, "count 3")
    tell(other, "count 2")

    tell(other, "choose off")
    tell(other, "choose local")
    tell(other, "count 5")
    tell(one, "flush")
    tell(one, "count 4")

    assert total(begin) == 9
