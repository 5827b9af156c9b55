"""Enters: native reports, where to send, a round, whose time, which clients. Leaves: JSON.

Each client's requests are made before the first of them is sent, and each is sent once; all wires
take short turns over connections of their own, for the machine is faster in some seconds than in
others. What is told of each: events a second, and the server's processor time per event.
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

from aboveboard.adapters.system import SystemClock
from aboveboard.wires.foreign import Asked
from benchmarks.intake_reports import APP, Pool
from benchmarks.sender import END_OF_HEAD, cpu_seconds
from benchmarks.wires_requests import ALONE, native, sizes, some

CONNECTIONS = 16
REPORTS = 3000
TURNS = 6
PATIENCE = 120
MICRO = 1e6
_GOOD = frozenset({b"200", b"201", b"204"})


class Queue:
    """Requests to send, and what was answered."""

    def __init__(self, requests: list[bytes]) -> None:
        self.requests = requests
        self.answers: Counter[bytes] = Counter()


class Sender(asyncio.Protocol):
    """One connection: sends the next request when the last one was answered."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._got = b""
        self._transport: Any = None
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the others."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        self._got = got = self._got + data if self._got else data
        head = got.find(END_OF_HEAD)
        if head < 0:
            return
        place = got.lower().find(b"content-length:", 0, head)
        length = int(got[place + 15 : got.index(b"\r", place)]) if place > 0 else 0
        if len(got) < head + 4 + length:
            return
        self._queue.answers[got[9:12]] += 1
        self._got = b""
        self.answered()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        del exc
        if not self.ended.done():
            self.ended.set_result(None)

    def answered(self) -> None:
        """Go on."""
        self.next()

    def next(self) -> None:
        """Send, or leave."""
        if self._queue.requests:
            self._transport.write(self._queue.requests.pop())
        else:
            self._transport.close()


class Alone(Sender):
    """A connection for one request, which the server ends."""

    def answered(self) -> None:
        """Wait for the end."""


def written(asked: Asked, version: str = "1.1") -> bytes:
    """Write a foreign request."""
    place = f"{asked.path}?{asked.query}" if asked.query else asked.path
    headers = {"host": "x", **asked.headers, "content-length": str(len(asked.body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{asked.method} {place} HTTP/{version}\r\n{head}\r\n".encode() + asked.body


def _native(pool: Pool, **headers: str) -> list[bytes]:
    made = []
    for _ in range(REPORTS):
        name, body = pool.next()
        told = {"content-type": "application/json", **headers}
        made.append(written(Asked("PUT", f"/reports/{APP}/{name.decode()}", "", told, body)))
    return made


def _batches(pool: Pool, lines: int) -> list[bytes]:
    made = []
    for _ in range(REPORTS * 2 // (lines + 2)):
        body = b"\n".join(pool.next()[1] for _ in range(lines))
        told = {"content-type": "application/x-ndjson"}
        made.append(written(Asked("POST", f"/reports/{APP}", "", told, body)))
    return made


async def send(
    port: int, pid: int, requests: list[bytes], *, alone: bool = False
) -> tuple[float, float]:
    """Send requests; tell how many seconds went by, and how many the server computed."""
    queue, many = Queue(requests), len(requests)
    made = [await _connected(Alone if alone else Sender, queue, port) for _ in range(CONNECTIONS)]
    before, since = cpu_seconds([pid]), time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(_through(each, queue, port) for each in made))
    passed, spent = time.perf_counter() - since, cpu_seconds([pid]) - before
    if set(queue.answers) - _GOOD or queue.answers.total() != many:
        message = f"a server refused what it should keep: {queue.answers} of {many}"
        raise RuntimeError(message)
    return passed, spent


async def _connected(kind: type[Sender], queue: Queue, port: int) -> Sender:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(lambda: kind(queue), "127.0.0.1", port))[1]


async def _through(sender: Sender, queue: Queue, port: int) -> None:
    """Send until nothing is left, over as many connections as it takes."""
    sender.next()
    await sender.ended
    while queue.requests:
        sender = await _connected(type(sender), queue, port)
        sender.next()
        await sender.ended


def main() -> None:
    """Send as the arguments say: native reports, port, process of the server, round, clients."""
    file, port, pid, number, *words = sys.argv[1:]
    pool, now = Pool(Path(file)), SystemClock().seconds()
    work = [(native(1), _native(pool), 1)]
    clients = some(words)
    work += [(native(size), _batches(pool, size), size) for size in sizes(clients)]
    if any(client.alone for client in clients):
        work.append((ALONE, _native(pool, connection="close"), 1))
    for client in clients:
        first = (int(number) + 1) * client.requests
        asked = (client.ask(first + each, now) for each in range(client.requests))
        made = [written(each, "1.0" if client.alone else "1.1") for each in asked]
        work.append((client.title, made, client.events))
    alone = {ALONE, *(client.title for client in clients if client.alone)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in work}
    for turn in range(TURNS):
        for name, made, _ in work:
            sent = send(int(port), int(pid), made[turn::TURNS], alone=name in alone)
            taken[name].append(uvloop.run(sent))
    found = {}
    for name, made, events in work:
        passed, spent = map(sum, zip(*taken[name], strict=True))
        many = len(made) * events
        found[name] = {"rate": many / passed, "cpu": MICRO * spent / many}
    print(json.dumps(found))  # noqa: T201 for the caller


if __name__ == "__main__":
    main()
