from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters import file_log, log_place
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_frames import HEADER
from aboveboard.adapters.memory import SetClock
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition

ALL = 1024 * 1024
RECORDS = [b"one", b"two two", b"three three three"]
FRAME_BYTES = 8
WHOLE = len(HEADER) + sum(FRAME_BYTES + len(record) for record in RECORDS)
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


def everything(log: FileLog) -> list[bytes]:
    found: list[bytes] = []
    place = LogPosition()
    while True:
        part = log.read(place, ALL)
        if not part.records:
            return found
        found += part.records
        place = part.end


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "place")


def write_three(folder: Path) -> Path:
    log = FileLog(folder)
    log.append(RECORDS)
    log.close()
    return folder / "0000000001.log"


def fail(monkeypatch: pytest.MonkeyPatch, name: str, times: int = 1) -> None:
    """Let a call of the system fail for some times."""
    real: Callable[..., Any] = getattr(os, name)
    left = [times]

    def failing(*arguments: Any) -> Any:  # noqa: ANN401 stands for any call of the system
        if left[0] > 0:
            left[0] -= 1
            raise OSError(errno.EIO, "Input/output error")
        return real(*arguments)

    monkeypatch.setattr(os, name, failing)


def test_records_and_places_outlive_the_process(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append(RECORDS[:2])
    place = log.read(LogPosition(), ALL).end
    log.append(RECORDS[2:])
    log.close()
    again = FileLog(tmp_path)
    assert again.cut_bytes == 0
    assert everything(again) == RECORDS
    assert again.read(place, ALL).records == RECORDS[2:]
    again.append([b"four"])
    again.append([b"five"])
    assert everything(again) == [*RECORDS, b"four", b"five"]
    assert files(tmp_path) == ["0000000001.log", "0000000002.log"]


def test_nothing_is_written_before_there_is_something_to_keep(tmp_path: Path) -> None:
    FileLog(tmp_path / "log").close()
    assert files(tmp_path / "log") == []


def test_a_segment_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    assert write_three(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", range(WHOLE + 1))
def test_a_tail_torn_anywhere_is_cut_and_the_log_goes_on(cut: int, tmp_path: Path) -> None:
    file = write_three(tmp_path)
    written = file.read_bytes()
    ends = [len(HEADER)]
    for record in RECORDS:
        ends.append(ends[-1] + FRAME_BYTES + len(record))
    whole = len([end for end in ends[1:] if end <= cut])
    os.truncate(file, cut)

    log = FileLog(tmp_path)
    assert everything(log) == RECORDS[:whole]
    torn = written[max([end for end in ends if end <= cut], default=0) : cut]
    assert log.cut_bytes == len(torn.rstrip(b"\0"))
    log.append([b"after"])
    assert everything(log) == [*RECORDS[:whole], b"after"]
    log.close()
    again = FileLog(tmp_path)
    assert again.cut_bytes == 0
    assert everything(again) == [*RECORDS[:whole], b"after"]


@pytest.mark.parametrize("place", range(len(HEADER), WHOLE))
def test_a_flipped_bit_never_gives_a_record_that_was_not_appended(
    place: int, tmp_path: Path
) -> None:
    file = write_three(tmp_path)
    data = bytearray(file.read_bytes())
    data[place] ^= 1 << place % 8
    file.write_bytes(data)
    found = everything(FileLog(tmp_path))
    assert found == RECORDS[: len(found)]
    assert len(found) < len(RECORDS)


def test_a_flipped_bit_in_an_older_segment_does_not_hide_the_newer_ones(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=10)
    for record in RECORDS:
        log.append([record])
    file = tmp_path / "0000000001.log"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert everything(log) == RECORDS[1:]


def test_what_comes_after_a_cut_is_read_from_a_place_beyond_the_cut(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append(RECORDS)
    place = log.read(LogPosition(), ALL).end
    log.close()
    # The disk did not keep its word: what it had synced is gone after a loss of power.
    os.truncate(tmp_path / "0000000001.log", WHOLE - 1)
    again = FileLog(tmp_path)
    again.append([b"four"])
    again.append([b"five"])
    assert again.read(place, ALL).records == [b"four", b"five"]


def test_whole_records_behind_a_broken_one_are_not_deleted(tmp_path: Path) -> None:
    file = write_three(tmp_path)
    data = bytearray(file.read_bytes())
    data[len(HEADER) + FRAME_BYTES] ^= 1
    file.write_bytes(data)
    FileLog(tmp_path).close()
    assert any(RECORDS[2] in path.read_bytes() for path in tmp_path.iterdir())


def test_a_segment_of_another_version_is_not_emptied(tmp_path: Path) -> None:
    file = write_three(tmp_path)
    newer = HEADER[:-1] + b"\x02" + file.read_bytes()[len(HEADER) :]
    file.write_bytes(newer)
    with pytest.raises(LogError, match="keep it, update"):
        FileLog(tmp_path)
    assert file.read_bytes() == newer


def test_full_segments_are_left_for_new_ones(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=60)
    records = [b"%d" % number * 20 for number in range(10)]
    for record in records:
        log.append([record])
    assert len(files(tmp_path)) == 5
    assert everything(log) == records
    log.close()
    assert everything(FileLog(tmp_path, segment_bytes=60)) == records


def test_a_segment_s_number_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    (tmp_path / "0000000001.log").write_bytes(HEADER)
    log.append([b"one"])
    assert files(tmp_path) == ["0000000001.log", "0000000002.log"]
    assert everything(log) == [b"one"]


@pytest.mark.parametrize(
    ("most_bytes", "newest"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(1, 1, id="at-least-one-segment"),
        pytest.param(40, 2, id="two-segments"),
        pytest.param(ALL, 3, id="all"),
    ],
)
def test_the_tail_gives_the_newest_segments(most_bytes: int, newest: int, tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=10)
    records = [b"a" * 20, b"b" * 20, b"c" * 20]
    for record in records:
        log.append([record])
    assert list(log.tail(most_bytes)) == records[3 - newest :]


def test_behind_counts_what_lies_after_a_place_in_all_segments(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=10)
    for record in RECORDS:
        log.append([record])
    place = log.read(LogPosition(), 1).end
    assert log.behind(LogPosition()) == WHOLE - len(HEADER)
    assert log.behind(place) == WHOLE - len(HEADER) - FRAME_BYTES - len(RECORDS[0])
    assert log.behind(log.read(place, 1).end) == FRAME_BYTES + len(RECORDS[2])


def test_what_is_not_synced_yet_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path, segment_bytes=30)
    real = os.fdatasync
    seen: list[list[bytes]] = []
    behind: list[int] = []

    def look_first(descriptor: int) -> None:
        seen.append(everything(log))
        behind.append(log.behind(LogPosition()))
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", look_first)
    for record in RECORDS:
        log.append([record])
    assert seen == [[], RECORDS[:1], RECORDS[:2]]
    assert behind[0] == 0


def test_a_reader_never_meets_a_half_written_record(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=2000)
    records = [b"%04d" % number * (number % 40 + 1) for number in range(200)]
    found: list[bytes] = []
    ended = threading.Event()

    def follow() -> None:
        place = LogPosition()
        last_round = False
        while not last_round:
            last_round = ended.is_set()
            while (part := log.read(place, 500)).records:
                found.extend(part.records)
                place = part.end

    reader = threading.Thread(target=follow)
    reader.start()
    for start in range(0, 200, 5):
        log.append(records[start : start + 5])
    ended.set()
    reader.join()
    assert found == records


@pytest.mark.parametrize(
    "call", [pytest.param("fdatasync", id="failed-sync"), pytest.param("write", id="failed-write")]
)
def test_a_segment_that_failed_is_never_written_again(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    fail(monkeypatch, call)
    with pytest.raises(LogError, match="the log cannot be written: Input/output error"):
        log.append([b"lost"])
    assert everything(log) == [b"one"]
    log.append([b"two"])
    assert everything(log) == [b"one", b"two"]
    assert files(tmp_path) == ["0000000001.log", "0000000002.log"]
    log.close()
    assert everything(FileLog(tmp_path)) == [b"one", b"two"]


def test_a_failed_segment_that_cannot_be_cut_either_still_holds_whole_records_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    fail(monkeypatch, "fdatasync")
    fail(monkeypatch, "ftruncate")
    with pytest.raises(LogError):
        log.append([b"not acknowledged"])
    log.append([b"two"])
    found = everything(log)
    assert [record for record in found if record != b"not acknowledged"] == [b"one", b"two"]


def test_a_write_that_is_broken_off_in_any_way_ends_its_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    with monkeypatch.context() as broken:

        def breaking(descriptor: int, data: bytes) -> int:
            real(descriptor, data[:5])
            raise MemoryError

        real = os.write
        broken.setattr(os, "write", breaking)
        with pytest.raises(MemoryError):
            log.append([b"lost"])
    log.append([b"two"])
    assert everything(log) == [b"one", b"two"]
    assert len(log.segments()) == 2


@pytest.mark.parametrize(
    "call", [pytest.param("write", id="header"), pytest.param("fsync", id="sync")]
)
def test_a_segment_that_cannot_be_begun_leaves_no_file(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    fail(monkeypatch, call)
    with pytest.raises(LogError):
        log.append([b"lost"])
    assert files(tmp_path) == []
    log.append([b"one"])
    assert everything(log) == [b"one"]


def test_a_full_disk_puts_off_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path, segment_bytes=20)
    log.append(RECORDS[:2])
    with monkeypatch.context() as full:

        def no_space(*_arguments: object) -> int:
            raise NO_SPACE

        full.setattr(os, "write", no_space)
        for _ in range(3):
            with pytest.raises(LogError, match="No space left"):
                log.append([b"lost"])
    log.append(RECORDS[2:])
    assert everything(log) == RECORDS
    assert files(tmp_path) == ["0000000001.log", "0000000002.log"]


def test_a_write_that_takes_a_part_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    log = FileLog(tmp_path)
    log.append(RECORDS)
    assert everything(log) == RECORDS


def test_a_folder_that_cannot_be_made_is_a_log_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LogError, match="the log cannot be opened"):
        FileLog(tmp_path / "file" / "log")


def test_a_recovery_that_fails_is_a_log_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(tmp_path)
    fail(monkeypatch, "fsync")
    with pytest.raises(LogError, match="the log cannot be opened"):
        FileLog(tmp_path)
    assert everything(FileLog(tmp_path)) == RECORDS


def test_a_segment_that_cannot_be_read_is_a_log_error(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    (tmp_path / "0000000001.log").unlink()
    (tmp_path / "0000000001.log").mkdir()
    with pytest.raises(LogError, match="the log cannot be read"):
        log.read(LogPosition(), ALL)


def test_a_segment_is_left_when_it_is_old(tmp_path: Path) -> None:
    clock = SetClock()
    log = FileLog(tmp_path, clock=clock)
    log.append([b"one"])
    clock.move(timedelta(hours=23))
    log.append([b"two"])
    log.leave_old()
    assert [each.sealed for each in log.segments()] == [False]
    clock.move(timedelta(hours=1))
    log.append([b"three"])
    assert [each.sealed for each in log.segments()] == [True, False]
    assert everything(log) == [b"one", b"two", b"three"]


def test_an_old_segment_is_left_though_nothing_comes(tmp_path: Path) -> None:
    clock = SetClock()
    log = FileLog(tmp_path, segment_hours=1, clock=clock)
    log.leave_old()
    log.append([b"one"])
    clock.move(timedelta(hours=1))
    log.leave_old()
    log.leave_old()
    (about,) = log.segments()
    assert about.sealed
    log.drop(about.segment)
    log.append([b"two"])
    assert everything(log) == [b"two"]


def test_room_is_reserved_ahead_and_given_back(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    file = tmp_path / "0000000001.log"
    assert file.stat().st_size == len(HEADER) + file_log.RESERVED_BYTES
    log.append([b"x" * file_log.RESERVED_BYTES])
    assert file.stat().st_size == len(HEADER) + 2 * file_log.RESERVED_BYTES
    log.close()
    assert file.stat().st_size == len(HEADER) + 3 + file_log.RESERVED_BYTES + 2 * FRAME_BYTES
    assert len(everything(log)) == 2


def test_what_a_crash_left_reserved_is_not_reported_as_torn(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append(RECORDS)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    (crashed / "0000000001.log").write_bytes((tmp_path / "0000000001.log").read_bytes())
    again = FileLog(crashed)
    assert (again.cut_bytes, again.unreadable) == (0, {})
    assert everything(again) == RECORDS
    assert (crashed / "0000000001.log").stat().st_size == WHOLE


@pytest.mark.parametrize("header", [b"", b"\0", bytes(8), bytes(500)])
def test_a_segment_whose_header_never_reached_the_disk_is_empty(
    header: bytes, tmp_path: Path
) -> None:
    (tmp_path / "0000000007.log").write_bytes(header)
    log = FileLog(tmp_path)
    assert log.cut_bytes == 0
    log.append([b"one"])
    assert log.read(LogPosition(7, 0), ALL).records == [b"one"]


def reserving(monkeypatch: pytest.MonkeyPatch, free: int, code: int = errno.ENOSPC) -> list[int]:
    """Let reserving room fail beyond a place; give the places up to which it was asked for."""
    asked: list[int] = []

    def reserve(_descriptor: int, offset: int, length: int) -> None:
        asked.append(offset + length)
        if offset + length > free:
            raise OSError(code, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", reserve, raising=False)
    return asked


def test_where_little_room_is_left_only_what_is_needed_is_reserved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    asked = reserving(monkeypatch, free=40)
    log.append([b"one"])
    log.append([b"two"])
    with pytest.raises(LogError, match="No space left"):
        log.append([b"three"])
    assert (asked[1], asked[3]) == (19, 30)
    assert everything(log) == [b"one", b"two"]
    reserving(monkeypatch, free=1 << 40)
    log.append([b"three"])
    assert everything(log) == [b"one", b"two", b"three"]
    assert files(tmp_path) == ["0000000001.log"]  # nothing was written in vain, so it goes on


def test_a_large_batch_that_has_no_room_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path, segment_bytes=10)
    asked = reserving(monkeypatch, free=10)
    with pytest.raises(LogError):
        log.append([b"one"])
    assert asked == [19]


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_where_no_room_can_be_reserved_the_log_does_without(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    reserving(monkeypatch, free=0, code=code)
    log.append(RECORDS)
    monkeypatch.delattr(os, "posix_fallocate")
    log.append(RECORDS)
    log.close()
    log.append(RECORDS)
    assert everything(log) == RECORDS * 3


def test_without_descriptors_reports_are_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    with monkeypatch.context() as short:

        def none_left(*_arguments: object, **_more: object) -> int:
            raise OSError(errno.EMFILE, "Too many open files")

        short.setattr(os, "open", none_left)
        with pytest.raises(LogError, match="Too many open files"):
            log.append([b"lost"])
    log.append([b"one"])
    assert everything(log) == [b"one"]


def test_a_torn_tail_that_cannot_be_put_aside_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_three(tmp_path)
    with file.open("ab") as stream:
        stream.write(b"torn" + bytes(100))
    with monkeypatch.context() as full:

        def no_room(_file: Path, _data: bytes) -> None:
            raise NO_SPACE

        full.setattr(file_log, "_write_aside", no_room)
        log = FileLog(tmp_path)
    assert file.read_bytes().endswith(b"torn")
    assert log.cut_bytes == 0
    log.append([b"after"])
    assert everything(log) == [*RECORDS, b"after"]
    assert log.unreadable == {1: 4}


def test_two_processes_cannot_write_one_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_place, "PATIENCE_SECONDS", 0.02)
    log = FileLog(tmp_path)
    with pytest.raises(LogError, match="another process writes this log"):
        FileLog(tmp_path)
    log.append([b"one"])
    log.close()
    FileLog(tmp_path).close()


def test_appending_after_letting_go_begins_a_new_segment(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    log.close()
    log.append([b"two"])
    assert everything(log) == [b"one", b"two"]
    assert len(log.segments()) == 2
