"""Enters: a running collector. Leaves: it was killed, halted, starved of disk, or cut off."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tests.disks import fill

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random  # noqa: TID251 whoever runs it gives the seed

    from tests.soak.servers import Server

BLOCK = 64 * 1024


class Database(Protocol):
    """A database that the collector needs, and that may be taken away from it."""

    def stop(self) -> None:
        """End it at once."""
        ...

    def start(self) -> None:
        """Start it again on what it had."""
        ...


@dataclass
class Trouble:
    """What happens to a collector, one thing after the other.

    Attributes:
        server: whom it happens to.
        disk: the folder of a small disk that holds its data.
        database: what else it needs, if anything.
    """

    server: Server
    disk: Path
    dice: Random
    database: Database | None = None

    def kinds(self) -> list[str]:
        """Name everything that may happen here."""
        kinds = ["kill", "kill a worker", "halt", "full disk", "slow disk", "end in good order"]
        more = ["dead database", "start without the database"]
        return kinds + more * (self.database is not None)

    async def happen(self, kind: str) -> None:
        """Let one thing happen, and be over."""
        match kind:
            case "kill":
                self.server.kill()
                await self.server.start()
            case "kill a worker":
                self._kill_a_worker()
            case "halt":
                await self.server.halt(self._seconds())
            case "full disk":
                await self._full_disk()
            case "slow disk":
                await self.server.end()
                await self.server.start(slow=True)
                await asyncio.sleep(self._seconds())
                self.server.kill()
                await self.server.start()
            case "end in good order":
                await self.server.end()
                await self.server.start()
            case "dead database" if self.database is not None:
                await asyncio.to_thread(self.database.stop)
                await asyncio.sleep(self._seconds())
                await asyncio.to_thread(self.database.start)
            case "start without the database" if self.database is not None:
                self.server.kill()
                await asyncio.to_thread(self.database.stop)
                await self.server.start()
                await asyncio.sleep(self._seconds())
                await asyncio.to_thread(self.database.start)

    def _seconds(self) -> float:
        return 0.5 + self.dice.random() * 2.5

    def _kill_a_worker(self) -> None:
        workers = self.server.workers()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.dice.choice(workers), signal.SIGKILL)

    async def _full_disk(self) -> None:
        """Fill the disk up, perhaps kill the collector meanwhile, and give the room back."""
        filling = self.disk / "filling"
        await asyncio.to_thread(fill, filling, BLOCK)
        await asyncio.sleep(self._seconds())
        if self.dice.random() < 0.5:
            self.server.kill()
        filling.unlink()
        if self.server.process is not None and self.server.process.poll() is not None:
            await self.server.start()
