from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from aboveboard.adapters.memory import MemoryLog
from aboveboard.collector import replayer
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.replayer import Progress, Replayer, Wish, dropping
from aboveboard.collector.verify import verify
from aboveboard.errors import FactsError
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Accepted
from aboveboard.ports.collector import LogPosition

MONDAY = "2026-11-16"
ENTRY = {"metric": "file.opened", "day": MONDAY, "value": 5}
DARK = {"metric": "dark.mode", "value": True}
ALL = Wish(date(2026, 11, 1))
Write = Callable[..., bytes]


class House:
    """A collector's logs, all loaded, and a replayer over them."""

    def __init__(self, registry: Registry, write: Write) -> None:
        self.logs = [MemoryLog("0"), MemoryLog("1")]
        self.registry = registry
        self.loaded: dict[str, LogPosition] = {}
        self._write = write
        self.replayer = Replayer(
            lambda: self.logs, self._place, {"editor": registry}, self.logs[0].append
        )

    def take(self, number: int, *entries: dict[str, Any], log: int = 0, day: int = 18) -> None:
        """Take a report as it was before the metrics of its entries were registered."""
        report_id = f"{number:032x}"
        bare = replace(self.registry, metrics={})
        submission = Submission("editor", report_id, self._write(*entries, id=report_id))
        verdict = verify(submission, {"editor": bare}, date(2026, 11, day), Limits())
        assert isinstance(verdict, Accepted)
        self.logs[log].append([verdict.record])

    def more(self) -> list[dict[str, Any]]:
        """Give what came back."""
        found = [json.loads(record) for record in self.logs[0].records]
        return [each for each in found if each.get("kind") == "more"]

    def _place(self, name: str) -> LogPosition:
        log = next(log for log in self.logs if log.name == name)
        return self.loaded.get(name, LogPosition(0, len(log.records)))


@pytest.fixture
def house(registry: Registry, write: Write) -> House:
    return House(registry, write)


def test_what_waits_in_any_log_comes_back_once(house: House) -> None:
    house.take(1, ENTRY, DARK)
    house.take(2, ENTRY, log=1)
    assert house.replayer.run(ALL) == Progress("idle", records=2, reports=2, entries=3)
    assert [more["id"][-1] for more in house.more()] == ["1", "2"]
    assert house.replayer.run(ALL).reports == 0
    assert len(house.more()) == 2


def test_a_report_that_is_in_two_logs_comes_back_once(house: House) -> None:
    house.take(1, ENTRY)
    house.take(1, ENTRY, log=1)
    assert house.replayer.run(ALL).reports == 1


def test_one_metric_may_be_wished_for(house: House) -> None:
    house.take(1, ENTRY, DARK)
    house.replayer.run(replace(ALL, metric="dark.mode"))
    assert [more["facts"][0]["m"] for more in house.more()] == ["dark.mode"]
    house.replayer.run(ALL)
    assert [more["facts"][0]["m"] for more in house.more()] == ["dark.mode", "file.opened"]


def test_another_app_and_what_is_too_old_are_left(house: House) -> None:
    house.take(1, ENTRY, day=18)
    house.take(2, ENTRY, day=19)
    assert house.replayer.run(replace(ALL, app="viewer")).reports == 0
    assert house.replayer.run(Wish(date(2026, 11, 19), "editor")).reports == 1


def test_an_app_that_is_no_longer_served_is_left(house: House) -> None:
    house.take(1, ENTRY)
    nobody = Replayer(lambda: house.logs, lambda _: LogPosition(0, 9), {}, house.logs[0].append)
    assert nobody.run(ALL).reports == 0


def test_what_is_not_loaded_yet_is_left_until_it_is(house: House) -> None:
    for number in range(4):
        house.take(number, ENTRY)
    house.loaded["0"] = LogPosition(0, 0)
    assert house.replayer.run(ALL).reports == 0
    house.loaded["0"] = LogPosition(0, 3)
    assert house.replayer.run(ALL).reports <= 3
    del house.loaded["0"]
    house.replayer.run(ALL)
    assert sorted(more["id"][-1] for more in house.more()) == ["0", "1", "2", "3"]


def test_what_was_taken_back_stays_away(house: House) -> None:
    house.take(1, ENTRY)
    gone = {"kind": "gone", "id": f"{1:032x}", "app": "editor", "day": "2026-11-18"}
    house.logs[1].append([msgspec.json.encode(gone), b'{"kind":"erased"}     '])
    assert house.replayer.run(ALL).reports == 0


def test_what_was_dropped_stays_away_and_what_came_later_does_not(house: House) -> None:
    house.take(1, ENTRY, DARK)
    house.logs[0].append(
        dropping("editor", date(2026, 11, 18), [("file.opened", "unknown_metric")])
    )
    house.take(2, ENTRY, log=1, day=18)
    house.take(3, ENTRY, log=1, day=19)
    house.replayer.run(ALL)
    back = {more["id"][-1]: [fact["m"] for fact in more["facts"]] for more in house.more()}
    assert back == {"1": ["dark.mode"], "3": ["file.opened"]}


def test_many_come_back_in_several_goes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replayer, "MANY", 2)
    monkeypatch.setattr(replayer, "MOST_BYTES", 300)
    for number in range(5):
        house.take(number, ENTRY)
    assert house.replayer.run(ALL).reports == 5
    assert house.replayer.run(ALL).reports == 0


def test_a_replay_that_fails_says_so_and_can_be_repeated(house: House) -> None:
    house.take(1, ENTRY)

    def fail(_: str) -> LogPosition:
        raise FactsError

    failing = Replayer(lambda: house.logs, fail, {"editor": house.registry}, house.logs[0].append)
    with pytest.raises(FactsError):
        failing.run(ALL)
    assert failing.progress.state == "failing"
    assert house.replayer.run(ALL).reports == 1


def test_a_replay_can_be_told_to_stop(house: House) -> None:
    house.take(1, ENTRY)
    house.replayer.stop()
    assert house.replayer.run(ALL).reports == 0
