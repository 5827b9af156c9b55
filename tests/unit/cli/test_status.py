from __future__ import annotations

from typing import Any

from aboveboard.cli.status import running

WELL = {"state": "ok"}
READY = {"log_well": True, "not_stopping": True, "disk_free": True, "loader_keeps_up": True}


def _found(behind: int | None) -> dict[str, Any]:
    health = {
        "log": WELL,
        "loader": WELL | {"behind_bytes": behind},
        "store": WELL,
        "transparency": WELL,
        "outcomes": {},
        "entries_set_aside": 0,
    }
    return {"address": "http://h", "pid": 7, "health": health, "ready": READY}


def test_a_collector_that_is_well_is_told_in_few_words() -> None:
    assert list(running(_found(2000))) == [
        "A collector serves at http://h (process 7).",
        "It can acknowledge reports.",
        "Not in the tables yet: 2.0 kB of the log.",
        "Since its start: 0 reports kept, 0 repeats.",
    ]
