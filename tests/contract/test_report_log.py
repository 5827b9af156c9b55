"""What every ReportLog and every KeptLog promise, over all their adapters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters import kernel_sync
from aboveboard.adapters.async_log import AsyncLog
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.adapters.memory import MemoryLog
from aboveboard.errors import LogError
from aboveboard.ports.collector import ERASED, KeptLog, LogPosition, ReportLog, SegmentInfo

ALL = 1024 * 1024


def small_file_log(folder: Path) -> ReportLog:
    return FileLog(folder / "log", segment_bytes=60)


class ReadByAnother(FileLogReader):
    """A log that is written here and read as another process reads it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._writer = FileLog(folder, segment_bytes=200)

    def append(self, records: Sequence[bytes]) -> None:
        self._writer.append(records)

    def close(self) -> None:
        super().close()
        self._writer.close()


class WrittenFromALoop(ReadByAnother):
    """A log that is written as a collector does it, from its event loop."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._appending = AsyncLog(self._writer, kernel_sync.offered(folder))

    def append(self, records: Sequence[bytes]) -> None:
        if records:
            asyncio.run(self._appending.append([*records]))


MAKERS = [
    pytest.param(lambda _folder: MemoryLog(), id="memory"),
    pytest.param(lambda folder: FileLog(folder / "log"), id="file"),
    pytest.param(small_file_log, id="file-of-small-segments"),
    pytest.param(lambda folder: ReadByAnother(folder / "log"), id="file-read-by-another"),
    pytest.param(lambda folder: WrittenFromALoop(folder / "log"), id="file-written-from-a-loop"),
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


def test_a_log_that_no_crash_broke_has_nothing_torn(log: ReportLog) -> None:
    log.append([b"one"])
    assert log.torn_bytes() == 0
    assert log.drop_torn(date(2100, 1, 1)) == 0
    assert log.read(LogPosition(), ALL).records == [b"one"]


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


def found_anywhere(log: KeptLog, needle: bytes) -> list[tuple[int, int, bytes]]:
    """Look through all segments, also one that is not there."""
    numbers = [each.segment for each in log.segments()]
    return [
        (number, offset, payload)
        for number in [*numbers, 99]
        for offset, payload in log.find(number, needle)
    ]


def report(name: bytes) -> bytes:
    return b'{"id":"%s","facts":[1,2,3]}' % name


def test_records_are_found_by_what_they_hold(log: ReportLog) -> None:
    log.append([report(b"ada"), report(b"bob"), report(b"ada")])
    found = found_anywhere(log, b'"ada"')
    assert [payload for _, _, payload in found] == [report(b"ada")] * 2
    assert len({(segment, offset) for segment, offset, _ in found}) == 2
    assert found_anywhere(log, b'"eve"') == []


def test_what_was_erased_is_a_filler_and_all_else_is_as_it_was(log: ReportLog) -> None:
    log.append([report(b"ada"), report(b"bob")])
    log.append([report(b"ada") + b"!" * 100, report(b"eve")])
    after_bob = log.read(LogPosition(), 1).end
    behind = log.behind(after_bob)
    for _ in range(2):
        for segment, offset, payload in found_anywhere(log, b'"ada"'):
            log.erase(segment, [(offset, len(payload))])
            log.erase(segment, [(offset, len(payload))])
    found = read_on(log, LogPosition())[0]
    assert [len(each) for each in found] == [28, 28, 128, 28]
    assert [each.rstrip() for each in found] == [ERASED, report(b"bob"), ERASED, report(b"eve")]
    assert log.behind(after_bob) == behind
    log.append([report(b"zoe")])
    assert read_on(log, LogPosition())[0][-1] == report(b"zoe")


def test_erasing_nothing_or_in_a_segment_that_is_gone_does_nothing(log: ReportLog) -> None:
    log.append([report(b"ada")])
    (segment,) = [each.segment for each in log.segments()]
    log.erase(segment, [])
    log.erase(99, [(8, 20)])
    assert read_on(log, LogPosition())[0] == [report(b"ada")]


def test_a_log_tells_of_its_segments(log: ReportLog) -> None:
    assert log.segments() == []
    log.append([report(b"ada")])
    (about,) = log.segments()
    assert isinstance(about, SegmentInfo)
    assert about.bytes >= len(report(b"ada"))
    assert not about.sealed


def test_a_segment_that_is_still_written_is_not_dropped(log: ReportLog) -> None:
    log.append([report(b"ada")])
    (about,) = log.segments()
    with pytest.raises(LogError, match="still being written"):
        log.drop(about.segment)
    assert read_on(log, LogPosition())[0] == [report(b"ada")]


def test_a_segment_that_was_dropped_is_gone_and_the_log_goes_on(log: ReportLog) -> None:
    for number in range(20):
        log.append([report(b"%03d" % number)])
    sealed = [each for each in log.segments() if each.sealed]
    place = read_on(log, LogPosition())[1]
    for each in sealed:
        log.drop(each.segment)
    assert not any(each.sealed for each in log.segments())
    log.append([report(b"after")])
    assert read_on(log, place)[0] == [report(b"after")]
