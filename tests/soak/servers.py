"""Enters: a data folder and a port. Leaves: a collector that can be hurt and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = [str(Path(sys.executable).parent / "aboveboard")]
SLOW = [sys.executable, "-m", "tests.soak.slow_disk"]
PATIENCE = 60.0
STEP = 0.1


class NeverServedError(Exception):
    """A collector that was started did not begin to serve."""


@dataclass
class Server:
    """A collector under way.

    Attributes:
        arguments: those of ``aboveboard serve``.
        port: where it takes reports.
        printed: the file with what it printed.
    """

    arguments: list[str]
    port: int
    printed: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = field(default=0)

    async def start(self, *, slow: bool = False) -> None:
        """Start it, and again for as long as what it needs is missing; wait until it serves.

        Raises:
            NeverServedError: it does not begin to serve.
        """
        for _ in range(int(PATIENCE / STEP)):
            if self.process is None or self.process.poll() is not None:
                self.process = self._begin(SLOW if slow else COMMAND)
            await asyncio.sleep(STEP)
            if await asyncio.to_thread(self._health) is not None:
                return
        raise NeverServedError(self.printed.read_text(encoding="utf-8", errors="replace")[-2000:])

    def kill(self) -> None:
        """Kill it, and with it whatever it started."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def end(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self.process.wait, PATIENCE)

    async def halt(self, seconds: float) -> None:
        """Let it stand still for a while."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            os.kill(self.process.pid, signal.SIGCONT)

    def workers(self) -> list[int]:
        """Give the processes that it started to take reports."""
        if self.process is None:
            return []
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = children.read_text(encoding="ascii").split() if children.exists() else []
        return [int(pid) for pid in found if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    async def settled(self) -> dict[str, Any]:
        """Wait until everything that is on disk is in the tables; give the public numbers.

        Raises:
            NeverServedError: the tables never catch up.
        """
        health: dict[str, Any] | None = None
        for _ in range(int(PATIENCE / STEP)):
            health = await asyncio.to_thread(self._health)
            if health is not None and health["loader"]["behind_bytes"] == 0:
                return await asyncio.to_thread(self._get, "/apps/editor.json")
            await asyncio.sleep(STEP)
        message = f"the tables do not catch up: {health}"
        raise NeverServedError(message)

    def _health(self) -> dict[str, Any] | None:
        try:
            return self._get("/health")
        except urllib.error.HTTPError as unwell:
            content: dict[str, Any] = json.loads(unwell.read())
            return content
        except (OSError, ValueError):
            return None

    def _get(self, path: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            content: dict[str, Any] = json.load(answer)
        return content

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.printed.open("ab") as stream:
            return subprocess.Popen(
                [*command, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
