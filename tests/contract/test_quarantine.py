"""What every FactStore promises about what waits, comes back, is dropped or taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory import MemoryLog
from aboveboard.analysis import quarantine
from aboveboard.analysis.erase import erase_listed
from aboveboard.analysis.load import load_next
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.records import RecordUnread, encode
from aboveboard.collector.replayer import Replayer, Wish, dropping
from aboveboard.collector.verify import verify
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.model.verdict import Accepted
from aboveboard.ports.collector import Cell, FactStore
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

Open = Callable[..., FactStore]
OPENED, OPENING, OS = "file.opened", "file.opening", "system.os"
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"
TODAY = date(2026, 11, 18)


def registry() -> Registry:
    head, _, metric = EXAMPLE_REGISTRY.decode().partition("[metric.")
    opening = metric.replace(OPENED, OPENING).replace('"counter"', '"timing"\nbuckets = [0, 100]')
    system = metric.replace(OPENED, OS).replace('"counter"', '"choice"\nchoices = ["linux"]')
    return read((head + "".join(f"[metric.{each}" for each in (metric, opening, system))).encode())


REGISTRY = registry()


def entry(metric: str, value: object, day: str | None = None) -> dict[str, Any]:
    return {"metric": metric, "value": value} | ({"day": day} if day else {})


class House:
    """A collector whose registry grows: a log, its tables, a replayer."""

    def __init__(self, facts: FactStore) -> None:
        self.facts = facts
        self.log = MemoryLog()
        self.registry = REGISTRY

    def take(self, number: int, *entries: dict[str, Any], day: date = TODAY) -> None:
        """Take a report as the registry in force judges it."""
        content = {
            "format": 1,
            "id": f"{number:032x}",
            "app": "editor",
            "period": "2026-W47",
            "registry": "f" * 64,
            "entries": list(entries),
        }
        submission = Submission("editor", f"{number:032x}", json.dumps(content).encode())
        verdict = verify(submission, {"editor": self.registry}, day, Limits())
        assert isinstance(verdict, Accepted)
        self.append(verdict.record)

    def append(self, *records: bytes) -> None:
        self.log.append(records)

    def load(self) -> None:
        while load_next(self.log, self.facts):
            erase_listed({self.log.name: self.log}, self.facts)
        erase_listed({self.log.name: self.log}, self.facts)

    def know(self, *metrics: str) -> None:
        """Serve a registry with these metrics alone."""
        left = {name: each for name, each in REGISTRY.metrics.items() if name in metrics}
        self.registry = replace(REGISTRY, metrics=left)

    def replay(self) -> int:
        self.load()
        known, log = {"editor": self.registry}, self.log
        replayer = Replayer(lambda: [log], self.facts.position, known, log.append)
        entries = replayer.run(Wish(date(2026, 11, 1))).entries
        self.load()
        return entries

    def take_back(self, number: int) -> None:
        gone = {"app": "editor", "week": "2026-W47", "day": "2026-11-18", "w": ""}
        self.append(
            json.dumps(
                {"kind": "gone", "id": f"{number:032x}"} | gone, separators=(",", ":")
            ).encode()
        )
        self.load()

    def rows(self, select: str) -> list[tuple[Cell, ...]]:
        return list(self.facts.query(select, 1000).rows)

    def waiting(self) -> list[tuple[Cell, ...]]:
        """Give what waits: metric, reason, reports and entries."""
        return [
            (metric, reason, reports, entries)
            for _, metric, reason, _, _, _, reports, entries in self.rows(
                quarantine.ROWS.format(where="")
            )
        ]


@pytest.fixture
def house(opens: Open, tmp_path: Path) -> Iterator[House]:
    store = opens(tmp_path / "facts")
    yield House(store)
    store.close()


MON = '{"metric":"file.opened","value":3,"day":"2026-11-16"}'
TUE = '{"metric":"file.opened","value":4,"day":"2026-11-17"}'
MADE_UP = '{"metric":"made.up","value":"mellon"}'


def test_entries_of_a_report_wait_in_a_row_for_each_metric_and_reason(house: House) -> None:
    house.know(OS)
    house.take(
        1,
        entry(OPENED, 4, TUESDAY),
        entry("made.up", "mellon"),
        entry(OPENED, 3, MONDAY),
        entry(OS, "beos"),
        entry("ana@example.org", "mellon"),
    )
    house.load()
    assert house.waiting() == [
        (OPENED, "unknown_metric", 1, f"[{MON},{TUE}]"),
        ("made.up", "unknown_metric", 1, f"[{MADE_UP}]"),
        (OS, "out_of_bounds", 1, '[{"metric":"system.os","value":"beos"}]'),
    ]


def test_reports_that_said_the_same_share_a_row_and_none_of_it_tells_which(house: House) -> None:
    for number in (1, 2):
        house.take(number, entry("made.up", "mellon"), entry(OPENED, 3, MONDAY))
    house.load()
    house.take(3, entry("made.up", "mellon"))
    house.load()
    [row] = house.rows("select * from quarantine")
    assert house.waiting() == [("made.up", "unknown_metric", 3, f"[{MADE_UP}]")]
    assert f"{1:032x}" not in str(row)


def test_a_report_that_comes_again_waits_once(house: House) -> None:
    house.take(1, entry("made.up", "mellon"))
    house.append(house.log.records[0])
    house.load()
    house.append(house.log.records[0])
    house.load()
    assert house.waiting() == [("made.up", "unknown_metric", 1, f"[{MADE_UP}]")]


def test_what_nobody_could_read_waits_without_a_metric(house: House) -> None:
    unread = RecordUnread("editor", "2026-11-18", "cannot_open", "bWVsbG9u")
    house.append(encode(unread), encode(unread))
    house.load()
    assert house.waiting() == [("", "cannot_open", 2, '["bWVsbG9u"]')]
    assert house.facts.apps() == {}


def test_what_comes_back_is_counted_and_waits_no_longer(house: House) -> None:
    house.know(OS)
    house.take(1, entry(OS, "linux"), entry(OPENED, 3, MONDAY), entry(OPENED, 4, TUESDAY))
    house.take(2, entry(OPENED, 3, MONDAY))
    house.know(OS, OPENED)
    assert house.replay() == 3
    assert house.waiting() == []
    assert house.facts.totals("editor") == [
        Total(OPENED, "day", MONDAY, "", 6, 2, 2),
        Total(OPENED, "day", TUESDAY, "", 4, 1, 1),
        Total(OPENED, "week", "2026-W47", "", 10, 2, 2),
        Total(OS, "week", "2026-W47", "linux", 1, 1, 1),
    ]
    assert house.facts.apps() == {"editor": 2}
    assert house.replay() == 0


def test_of_what_comes_back_in_part_the_rest_goes_on_waiting(house: House) -> None:
    house.know()
    large = entry(OPENED, 10**11, TUESDAY)
    house.take(1, entry(OPENED, 3, MONDAY), large)
    house.know(OPENED)
    assert house.replay() == 1
    [(metric, reason, reports, entries)] = house.waiting()
    assert (metric, reason, reports) == (OPENED, "unknown_metric", 1)
    assert json.loads(str(entries)) == [large]


def test_what_a_slice_holds_of_everything_is_all_loaded(house: House) -> None:
    house.know()
    house.take(1, entry(OPENED, 3, MONDAY))
    house.load()
    house.know(OPENED)
    more = MemoryLog()
    known = {"editor": house.registry}
    Replayer(lambda: [house.log], house.facts.position, known, more.append).run(
        Wish(date(2026, 11, 1))
    )
    house.take(2, entry(OPENED, 5, MONDAY), entry("made.up", "mellon"))
    house.append(*more.records, *dropping("editor", TODAY, [("made.up", "unknown_metric")]))
    house.load()
    assert house.waiting() == []
    assert house.facts.totals("editor")[0] == Total(OPENED, "day", MONDAY, "", 8, 2, 2)


def test_what_is_dropped_is_gone_and_counted_and_so_is_what_comes_of_it_that_day(
    house: House,
) -> None:
    house.know(OPENED)
    house.take(1, entry("made.up", "mellon"), entry(OS, "linux"))
    house.load()
    house.append(*dropping("editor", TODAY, [("made.up", "unknown_metric")]))
    house.take(2, entry("made.up", "mellon"))
    house.load()
    house.take(3, entry("made.up", "mellon"))
    house.load()
    assert [row[0] for row in house.waiting()] == [OS]
    house.take(4, entry("made.up", "mellon"), day=date(2026, 11, 19))
    house.load()
    assert [row[0] for row in house.waiting()] == ["made.up", OS]
    assert house.rows("select * from let_go where what = 'dropped'")[0][:2] == ("editor", "dropped")


def test_far_too_many_rows_let_the_oldest_go(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path, most_waiting=10)
    house = House(store)
    for number in range(12):
        day = date(2026, 11, 18 + number % 3)
        house.take(number, entry("made.up", number), day=day)
        house.load()
    found = house.rows("select day, sum(reports) from quarantine group by day order by day")
    assert found == [("2026-11-18", 2), ("2026-11-19", 4), ("2026-11-20", 4)]
    assert house.rows("select * from let_go") == [("editor", "full", 2)]
    store.close()


def test_a_report_that_is_taken_back_waits_no_longer(house: House) -> None:
    for number in (1, 2):
        house.take(number, entry("made.up", "mellon"))
    house.load()
    house.take_back(1)
    assert house.waiting() == [("made.up", "unknown_metric", 1, f"[{MADE_UP}]")]
    house.take_back(2)
    assert house.waiting() == []


@pytest.mark.parametrize(
    "apart", [pytest.param(True, id="apart"), pytest.param(False, id="at-once")]
)
def test_what_came_back_goes_with_its_report(apart: bool, house: House) -> None:  # noqa: FBT001 a parameter of the test
    house.know()
    large = entry(OPENED, 10**11, TUESDAY)
    house.take(1, entry(OPENED, 3, MONDAY), large)
    house.take(2, entry(OPENED, 5, MONDAY))
    house.know(OPENED)
    if apart:
        house.load()
    house.replay()
    assert house.facts.totals("editor")[0].n == 2
    house.take_back(1)
    assert house.waiting() == []
    assert house.facts.totals("editor") == [
        Total(OPENED, "day", MONDAY, "", 5, 1, 1),
        Total(OPENED, "week", "2026-W47", "", 5, 1, 1),
    ]
    assert not any(
        f"{1:032x}".encode() in record and b'"gone"' not in record for record in house.log.records
    )


def test_what_comes_back_of_a_report_that_was_taken_back_is_not_counted(house: House) -> None:
    house.know()
    house.take(1, entry(OPENED, 3, MONDAY))
    house.load()
    house.know(OPENED)
    more = MemoryLog()
    known = {"editor": house.registry}
    Replayer(lambda: [house.log], house.facts.position, known, more.append).run(
        Wish(date(2026, 11, 1))
    )
    house.take_back(1)
    house.append(*more.records)
    house.load()
    assert house.facts.totals("editor") == []
    assert not any(b'"more"' in record for record in house.log.records)


VALUES = {
    OPENED: st.integers(1, 3),
    OPENING: st.dictionaries(st.sampled_from(["0", "100"]), st.integers(1, 2), min_size=1),
    OS: st.just("linux"),
    "made.up": st.integers(1, 2),
}


@st.composite
def reports(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    found = []
    for _ in range(draw(st.integers(1, 4))):
        entries = []
        for name in draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4)):
            day = None if name == OS else draw(st.sampled_from([MONDAY, TUESDAY]))
            entries.append(entry(name, draw(VALUES[name]), day))
        found.append(entries)
    return found


def outcome(house: House) -> list[Any]:
    """Give all that the tables hold of what was said."""
    facts = house.rows("select * from facts order by app, metric, period, key, count")
    unknown = [row for row in house.waiting() if row[0] == "made.up"]
    return [house.facts.totals("editor"), facts, unknown]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=reports(),
    steps=st.lists(st.lists(st.sampled_from([OPENED, OPENING, OS])), max_size=2),
    gone=st.sets(st.integers(0, 3), max_size=2),
)
def test_whatever_was_known_when_the_tables_end_as_if_all_had_been_known_from_the_start(
    opens: Open, said: list[list[dict[str, Any]]], steps: list[list[str]], gone: set[int]
) -> None:
    gone = {number for number in gone if number < len(said)}
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        late, at_once = House(opens(Path(one))), House(opens(Path(other)))
        for number, metrics in enumerate([*steps, sorted(REGISTRY.metrics)]):
            late.know(*metrics, *(steps[number - 1] if number else ()))
            late.replay()
            if number == 0:
                for place, entries in enumerate(said):
                    late.take(place, *entries)
                late.load()
        for number in gone:
            late.take_back(number)
        for place, entries in enumerate(said):
            if place not in gone:
                at_once.take(place, *entries)
        at_once.load()
        found = outcome(late), outcome(at_once)
        late.facts.close()
        at_once.facts.close()
    assert found[0] == found[1]
