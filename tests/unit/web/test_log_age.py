from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.memory import SetClock
from aboveboard.web.log_age import leave_old


def test_an_old_segment_is_left_while_nothing_comes(tmp_path: Path) -> None:
    clock = SetClock()
    log = FileLog(tmp_path, clock=clock)
    log.append([b"one"])
    clock.move(timedelta(days=1))

    async def run() -> None:
        looking = asyncio.create_task(leave_old(log, pause_seconds=0.001))
        for _ in range(2000):
            if log.segments()[0].sealed:
                break
            await asyncio.wait([looking], timeout=0.005)
        looking.cancel()

    asyncio.run(run())
    assert log.segments()[0].sealed
