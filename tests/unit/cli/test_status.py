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
        "keeping": {"jobs": {}, "replay": {"state": "idle"}},
    }
    return {"address": "http://h", "pid": 7, "health": health, "ready": READY}


def test_a_collector_that_is_well_is_told_in_few_words() -> None:
    assert list(running(_found(2000))) == [
        "A collector serves at http://h (process 7).",
        "It can acknowledge reports.",
        "Not in the tables yet: 2.0 kB of the log.",
        "Since its start: 0 reports kept, 0 repeats.",
    ]


def test_the_jobs_of_the_day_are_told_with_what_became_of_them() -> None:
    found = _found(0)
    jobs = {
        name: {"started": "2026-11-25T04:12:09+00:00", "outcome": outcome}
        for name, outcome in (("retention", "done"), ("backup", "failed"), ("tidy", ""))
    }
    found["health"]["keeping"] = {"jobs": jobs, "replay": {"state": "failing"}}
    assert list(running(found))[4:] == [
        "The job retention last began at 2026-11-25 04:12 UTC: done.",
        "! The job backup failed at 2026-11-25 04:12 UTC; it is tried again.",
        "The job tidy last began at 2026-11-25 04:12 UTC: under way.",
        "! What waits in quarantine cannot be replayed.",
    ]


def test_what_only_some_collectors_have_is_told_where_it_is_not_well() -> None:
    found = _found(0)
    found["health"] |= {"workers": {"state": "failing"}, "queue": {"state": "ok"}}
    assert "! One of the processes that take reports is not well." in list(running(found))


def test_a_report_that_was_taken_back_is_no_refusal() -> None:
    found = _found(0)
    found["health"]["outcomes"] = {"kept": 3, "deleted": 1, "will_be_deleted": 1, "no_token": 1}
    assert list(running(found))[3:] == [
        "Since its start: 3 reports kept, 0 repeats.",
        "Taken back: 2 reports.",
        "Refused: 1 no_token.",
    ]
