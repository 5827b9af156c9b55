"""Enters: nothing. Leaves: how loading, the file and the page change from 1 to 100 million facts.

A collector with one app of a hundred metrics and two years of weeks. Its tables grow by the same
parts of the log; at each size the next parts are timed, the file is looked at, and a server is
started on it whose page of the app is fetched.
"""

from __future__ import annotations

import http.client
import itertools
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.adapters.system import SystemClock
from aboveboard.analysis.closing import closed_weeks
from aboveboard.analysis.publisher import Publisher
from aboveboard.collector.records import Record, RecordFact, encode
from aboveboard.model.period import Week
from aboveboard.ports.collector import ONLY_LOG, LogPosition, LogSlice
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

TITLE = "How cost grows"
MILLION = 1_000_000
SIZES = (1, 10, 100)
METRICS = 100
WEEKS = 104
FACTS = 10
REPORTS = 20_000
TIMED_PARTS = 5
FETCHES = 15
FEWEST = MILLION // FACTS // WEEKS + 1
"""Reports of a week at the first size: every week is there from the beginning."""
ABOUT = (
    f"One app with {METRICS} metrics and {WEEKS} weeks, reports of {FACTS} facts, parts of "
    f"{REPORTS:,} reports; loading is the median of {TIMED_PARTS} of them at each size. Bytes are "
    "those of the whole database, the ids that judge repeated reports included. Totals are brought "
    "up to date by the loading, so closing reads them alone. The page is fetched "
    f"{FETCHES} times from a server that was started on the data. The server makes a page before "
    "somebody asks, after it started and then every half minute if the numbers have changed, and "
    "gives the last one meanwhile; the first time is that of somebody who asks while it starts."
)
HEAD = (
    "| million facts | facts loaded/s | bytes a fact | closing, s | written anew, s "
    "| page, ms | first time, ms |"
)
ID = b"00000000000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size.

    Attributes:
        facts: how many were loaded.
        rate: facts loaded per second, median of the last parts.
        file_bytes: of the database.
        closing: seconds until the numbers of all closed weeks are there to be entered in the log.
        rewriting: seconds until the tables are written anew, as each night.
        page_ms: median of fetching the app's page.
        first_page_ms: the first time, before it is ready.
    """

    facts: int
    rate: float
    file_bytes: int
    closing: float
    rewriting: float
    page_ms: float
    first_page_ms: float


def section(sizes: tuple[int, ...] = SIZES) -> str:
    """Measure, and write the section."""
    found = list(measure(sizes))
    lines = [
        f"| {size.facts / MILLION:,.0f} | {size.rate:,.0f} | {size.file_bytes / size.facts:.1f} "
        f"| {size.closing:.1f} | {size.rewriting:.1f} | {size.page_ms:,.0f} "
        f"| {size.first_page_ms:,.0f} |"
        for size in found
    ]
    first, last = found[0], found[-1]
    grown = (
        f"From {first.facts / MILLION:,.0f} to {last.facts / MILLION:,.0f} million facts, loading "
        f"keeps {last.rate / first.rate:.2f} of its speed, and the page takes "
        f"{last.page_ms / first.page_ms:.2f} times as long."
    )
    return "\n".join(
        [
            f"## {TITLE}",
            "",
            ABOUT,
            "",
            HEAD,
            "|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
            "| target | at most | measured | |",
            "|---|---:|---:|---|",
            _target("the page, at any size", 100, max(size.page_ms for size in found), "ms"),
            _target("closing, at any size", 5, max(size.closing for size in found), "s"),
            "",
            grown,
            "",
        ]
    )


def _target(words: str, most: float, measured: float, unit: str) -> str:
    verdict = "met" if measured <= most else "**not met**"
    return f"| {words} | {most} {unit} | {measured:.3g} {unit} | {verdict} |"


def measure(sizes: tuple[int, ...]) -> Iterator[Size]:
    """Grow tables to each size, and measure there."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        registry = Path(name) / "registry"
        registry.mkdir()
        (registry / "editor.toml").write_bytes(_registry())
        parts = _parts()
        loaded = 0
        for size in sizes:
            facts = DuckdbFacts(data / "facts")
            while loaded < size * MILLION:
                loaded += _load(facts, next(parts))
            timed = [next(parts) for _ in range(TIMED_PARTS)]
            seconds = [_seconds(partial(_load, facts, part)) for part in timed]
            loaded += sum(len(part.records) * FACTS for part in timed)
            closing = _seconds(partial(_close_weeks, facts))
            rewriting = _seconds(facts.rewrite)
            facts.close()
            first, *times = _page_times(data, registry)
            yield Size(
                loaded,
                REPORTS * FACTS / statistics.median(seconds),
                (data / "facts" / FILE).stat().st_size,
                closing,
                rewriting,
                statistics.median(times),
                first,
            )


def _load(facts: DuckdbFacts, part: LogSlice) -> int:
    facts.load(part)
    return len(part.records) * FACTS


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _close_weeks(facts: DuckdbFacts) -> None:
    registry = read(_registry())
    published = Publisher({registry.app: registry}, facts).app(registry.app)
    if published is None or len(closed_weeks(published, SystemClock().now().date())) < WEEKS // 2:
        message = "the weeks are not closed"
        raise RuntimeError(message)


def _registry() -> bytes:
    head, _, metric = EXAMPLE_REGISTRY.decode().partition('[metric."file.opened"]')
    metrics = (f'[metric."{_name(number)}"]{metric}' for number in range(METRICS))
    return (head + "".join(metrics)).encode()


def _name(number: int) -> str:
    return f"file.m{number:02d}"


def _parts() -> Iterator[LogSlice]:
    """Give parts of a log without end: the oldest week first, ids never twice."""
    weeks = [Week.parse(f"{2024 + (n + 46) // 52}-W{(n + 46) % 52 + 1:02d}") for n in range(WEEKS)]
    yield from (_part(week, FEWEST, number) for number, week in enumerate(weeks, 1))
    # From here on whole parts: at the first size they are those that are timed.
    for number in itertools.count(WEEKS + 1):
        yield _part(weeks[number % WEEKS], REPORTS, number)


def _part(week: Week, reports: int, number: int) -> LogSlice:
    templates = [_record(week, each).partition(ID) for each in range(997)]
    records = []
    for each in range(reports):
        head, _, rest = templates[each % len(templates)]
        records.append(head + secrets.token_hex(16).encode() + rest)
    return LogSlice(records, LogPosition(1, number), ONLY_LOG)


def _record(week: Week, number: int) -> bytes:
    days = [week.first.isoformat(), week.last.isoformat()]
    facts = [
        RecordFact(_name((number + step * 7) % METRICS), days[step % 2], c=number % 9 + 1)
        for step in range(FACTS)
    ]
    return encode(Record(ID.decode(), "editor", str(week), days[1], facts))


def _page_times(data: Path, registry: Path) -> list[float]:
    with _served(data, registry) as port:
        return [_fetch(port) for _ in range(FETCHES + 1)]


def _fetch(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    started = time.perf_counter()
    connection.request("GET", "/apps/editor")
    answer = connection.getresponse()
    body = answer.read()
    spent = time.perf_counter() - started
    connection.close()
    if answer.status != http.HTTPStatus.OK or b"m99" not in body:
        message = f"the page was answered with {answer.status}"
        raise RuntimeError(message)
    return spent * 1000


@contextmanager
def _served(data: Path, registry: Path) -> Iterator[int]:
    script = str(Path(sys.executable).parent / "aboveboard")
    command = [script, "serve", "--data", str(data), "--registry", str(registry), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if found is None:
            message = f"the server did not start: {line}"
            raise RuntimeError(message)
        yield int(found[1])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
