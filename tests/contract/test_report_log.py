"""What every ReportLog promises, over all its adapters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.measured_log import MeasuredLog
from aboveboard.adapters.memory import MemoryLog
from aboveboard.collector.meters import Meters
from aboveboard.ports.collector import LogPosition, ReportLog

ALL = 1024 * 1024


def small_file_log(folder: Path) -> ReportLog:
    return FileLog(folder / "log", segment_bytes=60)


MAKERS = [
    pytest.param(lambda _folder: MemoryLog(), id="memory"),
    pytest.param(lambda folder: FileLog(folder / "log"), id="file"),
    pytest.param(small_file_log, id="file-of-small-segments"),
    pytest.param(lambda _folder: MeasuredLog(MemoryLog(), Meters()), id="measured"),
]


@pytest.fixture(params=MAKERS)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> ReportLog:
    make: Callable[[Path], ReportLog] = request.param
    return make(tmp_path)


def read_on(
    log: ReportLog, start: LogPosition, most_bytes: int = ALL
) -> tuple[list[bytes], LogPosition]:
    """Read slice after slice until there are no more."""
    found: list[bytes] = []
    while part := log.read(start, most_bytes).records:
        found += part
        start = log.read(start, most_bytes).end
    return found, start


def test_what_was_appended_is_read_in_its_order(log: ReportLog) -> None:
    log.append([b"one", b"two"])
    log.append([b"three"])
    assert read_on(log, LogPosition())[0] == [b"one", b"two", b"three"]


def test_an_empty_log_has_nothing_to_read(log: ReportLog) -> None:
    part = log.read(LogPosition(), ALL)
    assert part.records == []
    assert part.end == LogPosition()
    assert log.behind(LogPosition()) == 0


def test_reading_goes_on_where_it_ended(log: ReportLog) -> None:
    log.append([b"one"])
    _, place = read_on(log, LogPosition())
    assert log.read(place, ALL).records == []
    assert log.read(place, ALL).end == place
    log.append([b"two"])
    found, later = read_on(log, place)
    assert found == [b"two"]
    assert later > place


def test_no_more_is_read_at_once_than_was_asked_for(log: ReportLog) -> None:
    records = [b"%03d" % number * 10 for number in range(20)]
    log.append(records)
    assert 1 <= len(log.read(LogPosition(), 80).records) < 20
    assert read_on(log, LogPosition(), 80)[0] == records


def test_a_record_larger_than_what_was_asked_for_is_read_all_the_same(log: ReportLog) -> None:
    log.append([b"x" * 5000, b"y"])
    assert log.read(LogPosition(), 100).records[0] == b"x" * 5000
    assert read_on(log, LogPosition(), 100)[0] == [b"x" * 5000, b"y"]


def test_how_far_behind_a_place_is_shrinks_to_nothing(log: ReportLog) -> None:
    log.append([b"one"])
    after_one = log.read(LogPosition(), ALL).end
    log.append([b"two", b"three"])
    assert log.behind(LogPosition()) > log.behind(after_one) > 0
    assert log.behind(read_on(log, LogPosition())[1]) == 0


def test_appending_nothing_changes_nothing(log: ReportLog) -> None:
    log.append([b"one"])
    log.append([])
    assert read_on(log, LogPosition())[0] == [b"one"]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"\x00", id="zero"),
        pytest.param(b"a\nb", id="line-end"),
        pytest.param(b"ABLOG\x00\x00\x01", id="like-a-header"),
        pytest.param(bytes(range(256)) * 300, id="every-byte"),
    ],
)
def test_any_bytes_come_back_as_they_were(record: bytes, log: ReportLog) -> None:
    log.append([record, b"end"])
    assert read_on(log, LogPosition())[0] == [record, b"end"]


def test_what_was_appended_is_there_after_letting_go(log: ReportLog) -> None:
    log.append([b"one"])
    log.close()
    log.close()
    assert read_on(log, LogPosition())[0] == [b"one"]
    log.append([b"two"])
    assert read_on(log, LogPosition())[0] == [b"one", b"two"]
