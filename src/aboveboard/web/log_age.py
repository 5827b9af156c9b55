"""Enters: a log that may rest for days. Leaves: its old segments, left so that they can go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.adapters.file_log import FileLog

PAUSE_SECONDS = 60.0


async def leave_old(log: FileLog, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Look now and then whether a log's segment is old enough; go on until cancelled."""
    while True:
        await asyncio.sleep(pause_seconds)
        await asyncio.to_thread(log.leave_old)
