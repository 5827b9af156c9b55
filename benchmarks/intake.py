"""Enters: nothing. Leaves: what one report costs the collector, beside a ceiling and two rivals.

Each server runs in a process of its own, and so do the senders; all take turns, round by round, so
that what slows the machine slows them all alike.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from aboveboard.adapters.system import SystemClock
from benchmarks.databases import free_port, postgres, redis
from benchmarks.device.running import PYTHON
from benchmarks.intake_reports import APP, registry, reports
from benchmarks.intake_tables import STEADY, written

TITLE = "Reports kept per second"
CONNECTIONS = 64
LINES = 500
FEW = 8
"""Connections that send batches: each has a whole batch on its way."""
SECONDS = 4.0
ROUNDS = 5
MANY = 10_000
"""Reports that ``json.loads`` is timed with."""
PATIENCE = 60.0
HERE = Path(__file__).parent

Values = dict[str, float]


@dataclass(frozen=True)
class Sending:
    """How it is sent.

    Attributes:
        connections: at once.
        lines: reports in one request; 0 for single ones.
        rate: requests a second; 0 for each when the one before it was answered.
    """

    connections: int = CONNECTIONS
    lines: int = 0
    rate: int = 0


SATURATED = Sending()
BATCHES = Sending(FEW, LINES)
HALF = Sending(FEW // 2, LINES)


@dataclass
class Bench:
    """Where the servers run.

    Attributes:
        registry: a folder with the registry of the app.
        reports: a file with what all senders send, a report a line.
        postgres: address of a PostgreSQL.
        redis: port of a Redis.
        found: name to what each round found.
    """

    registry: Path
    reports: Path
    postgres: str
    redis: int
    found: dict[str, list[Values]] = field(default_factory=dict)

    def take(self, name: str, once: Callable[[], Values]) -> None:
        """Measure somebody once more."""
        values = once()
        sys.stderr.write(f"  {name}: {values}\n")
        self.found.setdefault(name, []).append(values)


def section() -> str:
    """Measure, and write the section of the page."""
    return written(TITLE, measure())


def measure() -> dict[str, Values]:
    """Let all of them take reports in turn; give the medians."""
    if not PYTHON.exists():
        message = f"there is no {PYTHON}: `make bench` makes it"
        raise FileNotFoundError(message)
    with tempfile.TemporaryDirectory() as folder, postgres() as address, redis() as port:
        bench = Bench(*prepared(Path(folder)), address, port)
        for _ in range(ROUNDS):
            _round(bench)
    return {name: _medians(rounds) for name, rounds in bench.found.items()}


def prepared(folder: Path) -> tuple[Path, Path]:
    """Write down what is sent, and the registry that it needs.

    Returns:
        The folder of the registry, and the file of the reports.
    """
    registries, file = folder / "registries", folder / "reports.ndjson"
    registries.mkdir()
    (registries / f"{APP}.toml").write_bytes(registry())
    file.write_bytes(b"\n".join(reports(SystemClock().now().date())))
    return registries, file


def _round(bench: Bench) -> None:
    for loader in ("alone", "loader"):
        bench.take(f"ceiling.{loader}", lambda: _kept(bench, "protocol", loader))  # noqa: B023 at once
        bench.take(f"ours.{loader}", lambda: _kept(bench, "asgi", loader))  # noqa: B023 at once
    steady = Sending(rate=STEADY)
    bench.take("ceiling.steady", lambda: _kept(bench, "protocol", "alone", steady))
    bench.take("ours.steady", lambda: _kept(bench, "asgi", "alone", steady))
    bench.take("batches", lambda: _kept(bench, "asgi", "alone", BATCHES))
    bench.take("batches.two", lambda: _by_two(bench))
    bench.take("json", lambda: _json(bench))
    bench.take("fastapi", lambda: _fastapi(bench))
    bench.take("queue", lambda: _queue(bench))
    bench.take("worker", lambda: _worker(bench))


def _medians(rounds: list[Values]) -> Values:
    return {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}


def _kept(bench: Bench, how: str, loader: str, load: Sending = SATURATED) -> Values:
    with tempfile.TemporaryDirectory() as data:
        program = [sys.executable, "-m", "benchmarks.intake_server", data, str(bench.registry)]
        with started([*program, how, loader]) as (process, port):
            values = _send(bench, port, process.pid, load)
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=PATIENCE + 60)[0]
    behind = re.search(r"behind ([0-9.]+)", rest)
    return {**values, "behind": float(behind[1])} if behind else values


def _by_two(bench: Bench) -> Values:
    """Let two processes take batches at once, each into a log of its own."""
    with contextlib.ExitStack() as stack:
        servers = []
        for _ in range(2):
            data = stack.enter_context(tempfile.TemporaryDirectory())
            program = [sys.executable, "-m", "benchmarks.intake_server", data, str(bench.registry)]
            process, port = stack.enter_context(started([*program, "asgi", "alone"]))
            servers.append((port, process.pid))
        pool = stack.enter_context(ThreadPoolExecutor(len(servers)))
        found = list(pool.map(lambda server: _send(bench, server[0], server[1], HALF), servers))
    each = {what: [values[what] for values in found] for what in found[0]}
    slowest = {what: max(each[what]) for what in ("p50", "p99")}
    return {"rate": sum(each["rate"]), "cpu": statistics.mean(each["cpu"]), **slowest}


def _json(bench: Bench) -> Values:
    lines = bench.reports.read_bytes().splitlines()[:MANY]
    since = time.process_time()
    for line in lines:
        json.loads(line)
    took = (time.process_time() - since) / len(lines)
    return {"rate": 1 / took, "cpu": took * 1e6}


def _fastapi(bench: Bench) -> Values:
    port = free_port()
    with _rival("rival_fastapi.py", port, bench.postgres) as process:
        return _send(bench, port, process.pid)


def _queue(bench: Bench) -> Values:
    port = free_port()
    with _rival("rival_queue.py", "intake", port, bench.redis, wait_for=port) as process:
        return _send(bench, port, process.pid)


def _worker(bench: Bench) -> Values:
    told = ["worker", str(bench.redis), bench.postgres, str(SECONDS)]
    program = [str(PYTHON), str(HERE / "rival_queue.py"), *told]
    done = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603 ours
    return {"rate": int(done.stdout) / SECONDS}


def _send(bench: Bench, port: int, pid: int, load: Sending = SATURATED) -> Values:
    return sent(bench.reports, port, pid, SECONDS, load)


def sent(reports: Path, port: int, pid: int, seconds: float, load: Sending) -> Values:
    """Send for a while; give what came of it."""
    told = [reports, port, load.connections, seconds, load.lines, load.rate, pid]
    program = [sys.executable, "-m", "benchmarks.sender", *map(str, told)]
    done = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603 ours
    values: Values = json.loads(done.stdout)
    if values.pop("others") > values["kept"] / 100:
        message = f"a server refused what it should keep: {done.stdout}"
        raise RuntimeError(message)
    return values


@contextlib.contextmanager
def started(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a server of ours.

    Yields:
        Its process and its port.
    """
    process = subprocess.Popen(  # noqa: S603 ours
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if found is None:
            message = f"{command} did not start: {line}"
            raise RuntimeError(message)
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _rival(
    program: str, *told: object, wait_for: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(PYTHON), str(HERE / program), *map(str, told)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 ours
    try:
        _until_open(wait_for if wait_for is not None else int(str(told[0])))
        yield process
    finally:
        process.kill()
        process.wait()


def _until_open(port: int) -> None:
    import socket  # noqa: PLC0415 for this alone

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    message = f"nobody listens on port {port}"
    raise RuntimeError(message)
