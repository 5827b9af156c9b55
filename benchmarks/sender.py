"""Enters: where to send what, how, for how long. Leaves: what was answered, how fast, as JSON.

A process of its own: so many connections, each of which sends its next request when the last one
was answered, or, at a steady rate, when it is time; what is late counts as waiting. As little as
possible happens per request, for the sender shares the cores with those whom it measures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.intake_reports import APP, Pool

WARM_SECONDS = 0.5
GOLDEN = 0.618_034
"""Its multiples, without what is before the point, lie evenly between 0 and 1."""
END_OF_HEAD = b"\r\n\r\n"
_PUT = (
    b"PUT /reports/%b/%%b HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"content-length: %%d\r\n\r\n%%b"
) % APP.encode()


class Load:
    """What is sent, and what came back.

    Args:
        pool: the reports.
        lines: how many are in one request; 0 for single ones.
        every: seconds from one request of a connection to its next; 0 for none.
    """

    def __init__(self, pool: Pool, lines: int, every: float) -> None:
        self.lines = lines
        self.every = every
        self.taken: list[float] = []
        self.answers: Counter[bytes] = Counter()
        self.open = True
        self._pool = pool
        self._connections = 0

    def apart(self) -> float:
        """Tell by how much one connection more is out of step with the others, in seconds."""
        self._connections += 1
        return self.every * (self._connections * GOLDEN % 1)

    def request(self) -> bytes:
        """Make a request that nobody sent before."""
        if self.lines:
            return self._batch()
        name, body = self._pool.next()
        return _PUT % (name, len(body), body)

    def _batch(self) -> bytes:
        body = b"\n".join([self._pool.next()[1] for _ in range(self.lines)])
        head = b"host: x\r\ncontent-type: application/x-ndjson\r\ncontent-length: %d" % len(body)
        return b"POST /reports/%b HTTP/1.1\r\n%b" % (APP.encode(), head + END_OF_HEAD + body)


class Sender(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._got = b""
        self._since = 0.0
        self._transport: Any = None
        self._loop = asyncio.get_running_loop()
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._since = time.perf_counter() - self._load.apart()
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        self._got = got = self._got + data if self._got else data
        head = got.find(END_OF_HEAD)
        if head < 0:
            return
        low = got[:head].lower()
        place = low.find(b"content-length:") + 15
        end = low.find(b"\r", place)
        length = int(low[place : end if end > 0 else head])
        if len(got) < head + 4 + length:
            return
        self._load.taken.append(time.perf_counter() - self._since)
        self._load.answers[got[9:12]] += 1
        if self._load.lines:
            self._load.answers[b"lines"] += got.count(b'"status":201', head)
        self._got = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        del exc
        if not self.ended.done():
            self.ended.set_result(None)

    def _next(self) -> None:
        now = time.perf_counter()
        if not self._load.every:
            self._since = now
            self._write()
            return
        self._since += self._load.every
        if self._since > now:
            self._loop.call_later(self._since - now, self._write)
        else:
            self._write()

    def _write(self) -> None:
        if self._load.open:
            self._transport.write(self._load.request())
        else:
            self._transport.close()


def cpu_seconds(pids: list[int]) -> float:
    """Tell how much processor time processes have taken."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 read in a loop
            total += sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
    return total / 100


async def send(port: int, connections: int, seconds: float, load: Load, pids: list[int]) -> None:
    """Send, and print what came of it."""
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: Sender(load), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.sleep(WARM_SECONDS)
    load.taken.clear()
    load.answers.clear()
    before, since = cpu_seconds(pids), time.perf_counter()
    await asyncio.sleep(seconds)
    taken, answers = sorted(load.taken), Counter(load.answers)
    spent, passed = cpu_seconds(pids) - before, time.perf_counter() - since
    load.open = False
    await asyncio.wait([sender.ended for sender in made], timeout=30)
    kept = answers[b"lines"] if load.lines else answers[b"201"]
    found = {
        "kept": kept,
        "others": sum(answers.values()) - kept - (answers[b"201"] if load.lines else 0),
        "rate": kept / passed,
        "p50": 1e3 * taken[len(taken) // 2],
        "p99": 1e3 * taken[len(taken) * 99 // 100],
        "cpu": 1e6 * spent / max(kept, 1),
    }
    print(json.dumps(found))  # noqa: T201 for the caller


def main() -> None:
    """Send: file, port, connections, seconds, lines, requests a second, whose time is taken."""
    file, port, connections, seconds, lines, rate, *pids = sys.argv[1:]
    every = int(connections) / int(rate) if int(rate) else 0.0
    load = Load(Pool(Path(file)), int(lines), every)
    uvloop.run(send(int(port), int(connections), float(seconds), load, list(map(int, pids))))


if __name__ == "__main__":
    main()
