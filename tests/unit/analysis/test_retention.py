from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_frames import FRAME, HEADER
from aboveboard.analysis.retention import Retention, Terms
from aboveboard.ports.collector import Erasure, LogPosition, LogSlice
from aboveboard.ports.keeping import Ages

TODAY = date(2026, 11, 18)


class Store:
    """A store that notes down what it is told."""

    def __init__(self) -> None:
        self.places: dict[str, LogPosition] = {}
        self.ages: list[Ages] = []
        self.forgotten: list[tuple[str, int]] = []
        self.written = 0
        self.wanted: list[Erasure] = []

    def position(self, log: str) -> LogPosition:
        return self.places.get(log, LogPosition())

    def load(self, part: LogSlice) -> None:
        self.places[part.log] = part.end

    def erasures(self) -> list[Erasure]:
        return self.wanted

    def age(self, ages: Ages) -> dict[str, int]:
        self.ages.append(ages)
        return {"facts": 7}

    def forget_places(self, log: str, before: int) -> None:
        self.forgotten.append((log, before))

    def rewrite(self) -> None:
        self.written += 1


@pytest.fixture
def log(tmp_path: Path) -> FileLog:
    """Give a log with three segments, of 70, 61 and 60 days ago, and one that is written."""
    for age in (70, 61, 60):
        writer = FileLog(tmp_path / "0")
        writer.append([f"{age}".encode()])
        writer.close()
        moment = (
            datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(days=age)
        ).timestamp()
        newest = max((tmp_path / "0").glob("*.log"))
        os.utime(newest, (moment, moment))
    writer = FileLog(tmp_path / "0")
    writer.append([b"0"])
    return writer


def load(log: FileLog, store: Store, most: int) -> None:
    for _ in range(most):
        part = log.read(store.position(log.name), 1)
        store.load(part)


def left(log: FileLog) -> list[int]:
    return [segment.segment for segment in log.segments()]


def test_segments_that_are_too_old_and_loaded_are_removed(log: FileLog) -> None:
    store = Store()
    load(log, store, 4)
    retention = Retention(Terms(), store, lambda: [log])
    assert retention.clear_logs(TODAY) == {"segments": 2, "torn": 0}
    assert left(log) == [3, 4]
    assert store.forgotten == [("0", 3)]
    assert log.read(LogPosition(), 100).records == [b"60"]
    assert store.ages == []


def test_tables_age_by_themselves(log: FileLog) -> None:
    store = Store()
    load(log, store, 4)
    assert Retention(Terms(), store, lambda: [log]).run(TODAY) == {"facts": 7}
    assert store.ages == [Terms().ages(TODAY)]
    assert left(log) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("loaded", "rest"),
    [
        pytest.param(0, [1, 2, 3, 4], id="nothing"),
        pytest.param(1, [2, 3, 4], id="the-first"),
        pytest.param(2, [3, 4], id="the-second"),
    ],
)
def test_no_segment_goes_before_it_is_loaded(loaded: int, rest: list[int], log: FileLog) -> None:
    store = Store()
    load(log, store, loaded)
    Retention(Terms(), store, lambda: [log]).clear_logs(TODAY)
    assert left(log) == rest


def test_a_segment_stays_until_what_was_taken_back_is_erased_in_it(log: FileLog) -> None:
    store = Store()
    load(log, store, 4)
    store.wanted = [Erasure("editor", "1" * 32, "0", 2), Erasure("editor", "1" * 32, "7", 1)]
    retention = Retention(Terms(), store, lambda: [log])
    retention.clear_logs(TODAY)
    assert left(log) == [2, 3, 4]
    store.wanted = []
    retention.clear_logs(TODAY)
    assert left(log) == [3, 4]


def test_what_a_crash_left_torn_goes_when_it_is_old_though_nothing_is_loaded(
    log: FileLog, tmp_path: Path
) -> None:
    for number, age in ((1, 61), (2, 60), (3, 0)):
        torn = tmp_path / "0" / f"000000000{number}.torn"
        torn.write_bytes(b"torn")
        moment = datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(days=age)
        os.utime(torn, (moment.timestamp(), moment.timestamp()))
    assert log.torn_bytes() == 12
    done = Retention(Terms(), Store(), lambda: [log]).clear_logs(TODAY)
    assert (done["segments"], done["torn"], log.torn_bytes()) == (0, 1, 8)


def test_a_segment_of_which_a_part_is_loaded_stays(tmp_path: Path) -> None:
    log, store = FileLog(tmp_path / "0"), Store()
    log.append([b"one", b"two"])
    log.close()
    store.places["0"] = LogPosition(1, len(HEADER) + FRAME.size + len(b"one"))
    retention = Retention(Terms(raw_days=1), store, lambda: [log])
    assert retention.clear_logs(TODAY + timedelta(days=10_000))["segments"] == 0
    load(log, store, 1)
    assert retention.clear_logs(TODAY + timedelta(days=10_000))["segments"] == 1


def test_the_segment_that_is_written_stays_however_old_it_is(log: FileLog) -> None:
    store = Store()
    load(log, store, 4)
    Retention(Terms(), store, lambda: [log]).clear_logs(TODAY + timedelta(days=10_000))
    assert left(log) == [4]


def test_an_empty_log_is_left_alone(tmp_path: Path) -> None:
    store = Store()
    empty = FileLog(tmp_path / "0")
    done = Retention(Terms(), store, lambda: [empty]).clear_logs(TODAY)
    assert done == {"segments": 0, "torn": 0}
    assert store.forgotten == []


def test_the_terms_tell_what_is_too_old() -> None:
    ages = Terms(raw_days_of={"viewer": 10}).ages(TODAY)
    assert ages == Ages(
        facts=date(2026, 9, 19),
        waiting=date(2026, 10, 19),
        ids=date(2025, 11, 10),
        facts_of={"viewer": date(2026, 11, 8)},
        senders=date(2026, 11, 2),
        days=date(2026, 11, 14),
    )


def test_nothing_waits_longer_than_the_log_has_it_and_the_log_goes_by_the_longest() -> None:
    terms = Terms(raw_days=10, raw_days_of={"viewer": 20}, waiting_days=30)
    assert terms.waits_since(TODAY) == terms.log_before(TODAY) == date(2026, 10, 29)
    assert Terms(raw_days=10).log_before(TODAY) == date(2026, 11, 8)


def test_where_nothing_may_wait_no_row_may_be_there() -> None:
    assert Terms(waiting_days=0).ages(TODAY).most_waiting == 0
