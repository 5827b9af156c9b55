from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder, ServedBy
from aboveboard.web.whereabouts import note, note_later

SERVED_BY = ServedBy(1, 2, "token", "http://127.0.0.1:3")


def test_where_a_collector_is_gets_noted_as_soon_as_that_can_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = DataFolder(tmp_path)
    in_the_way = tmp_path / "server.part"
    in_the_way.mkdir()
    why = note(folder, SERVED_BY)
    assert why
    assert folder.served_by() is None

    async def run() -> None:
        noting = asyncio.create_task(note_later(folder, SERVED_BY, why, pause_seconds=0.001))
        done, _ = await asyncio.wait([noting], timeout=0.05)
        assert not done
        in_the_way.rmdir()
        await asyncio.wait_for(noting, 10)

    with caplog.at_level(logging.WARNING, logger="aboveboard"):
        asyncio.run(run())
    (said,) = caplog.messages
    assert said.endswith(f"its folder cannot be written: {why}")
    assert folder.served_by() == SERVED_BY
