"""Enters: an address that is now and then dead. Leaves: which reports it has acknowledged.

The senders behave as devices do: what was not acknowledged is sent again, with the same id.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.outside.conftest import FINGERPRINT

if TYPE_CHECKING:
    from random import Random  # noqa: TID251 whoever runs it gives the seed

CONNECTIONS = 32
PATIENCE = 15.0
KEPT = {200, 201}
COME_AGAIN = {429, 500, 502, 503, 504}
AGAIN_OF = 20
"""One of so many acknowledged reports is sent once more."""
TAKEN_BACK_OF = 50
"""One of so many acknowledged reports is taken back at the end."""


class BrokenPromiseError(Exception):
    """The collector answered what it must never answer."""


@dataclass
class Senders:
    """Many senders at once, and what they were told.

    Attributes:
        acknowledged: the numbers of the reports that the collector has said it keeps.
        statuses: how often which status was answered; 0 for no answer.
    """

    port: int
    dice: Random
    acknowledged: set[int] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    _again: deque[int] = field(default_factory=deque)
    _next: int = 0
    _going: bool = True

    async def run(self) -> None:
        """Send until told to stop, then until everything is acknowledged."""
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._sender())

    def stop(self) -> None:
        """Begin no new report."""
        self._going = False

    async def _sender(self) -> None:
        connection: Connection | None = None
        while (number := self._number()) is not None:
            try:
                connection = connection or await Connection.open(self.port)
                async with asyncio.timeout(PATIENCE):
                    status = await connection.put(number)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                status = 0
            if status not in KEPT:
                if connection is not None:
                    connection.close()
                connection = None
            self._note(number, status)
            if status not in KEPT:
                await asyncio.sleep(0.05 + self.dice.random() * 0.2)
        if connection is not None:
            connection.close()

    def _number(self) -> int | None:
        if self._again:
            return self._again.popleft()
        if not self._going:
            return None
        self._next += 1
        return self._next

    def _note(self, number: int, status: int) -> None:
        self.statuses[status] += 1
        if status in KEPT:
            self.acknowledged.add(number)
            if self._going and self.dice.randrange(AGAIN_OF) == 0:
                self._again.append(number)
        elif status in COME_AGAIN or status == 0:
            self._again.append(number)
        else:
            message = f"a good report was answered with {status}"
            raise BrokenPromiseError(message)


@dataclass
class Connection:
    """A connection that is kept from one report to the next."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Connection:
        """Connect to a port of this machine."""
        async with asyncio.timeout(PATIENCE):
            return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def put(self, number: int) -> int:
        """Send a report; give the status of the answer."""
        return await self._ask("PUT", number, body_of(number), "")

    async def take_back(self, number: int) -> int:
        """Ask to delete a report; give the status of the answer."""
        return await self._ask("DELETE", number, b"", f"authorization: Bearer {token(number)}\r\n")

    async def _ask(self, method: str, number: int, body: bytes, headers: str) -> int:
        head = (
            f"{method} /reports/editor/{report_id(number)} HTTP/1.1\r\nhost: soak\r\n{headers}"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        await self.writer.drain()
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = answer.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await self.reader.readexactly(int(length or b"0"))
        return int(answer[9:12])

    def close(self) -> None:
        """Let go of it."""
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.close()


def report_id(number: int) -> str:
    """Give a report's id: random to look at, the same for the same number."""
    return hashlib.sha256(b"id %d" % number).hexdigest()[:32]


def token(number: int) -> str:
    """Give the token that takes a report back: 32 bytes, in hexadecimal digits."""
    return hashlib.sha256(b"token %d" % number).hexdigest()


def opened(number: int) -> int:
    """Give how many files a report says were opened."""
    return 1 + number % 7


def body_of(number: int) -> bytes:
    """Write a report."""
    system = ("linux", "macos", "other")[number % 3]
    report = {
        "format": 1,
        "id": report_id(number),
        "app": "editor",
        "period": time.strftime("%G-W%V"),
        "registry": FINGERPRINT,
        "withdrawal": hashlib.sha256(bytes.fromhex(token(number))).hexdigest(),
        "entries": [
            {"metric": "file.opened", "day": time.strftime("%Y-%m-%d"), "value": opened(number)},
            {"metric": "system.os", "value": system},
        ],
    }
    return json.dumps(report).encode()
