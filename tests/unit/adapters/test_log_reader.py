from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition

ALL = 1024 * 1024


def test_a_log_that_nobody_wrote_yet_is_empty(tmp_path: Path) -> None:
    reader = FileLogReader(tmp_path / "1")
    assert reader.read(LogPosition(), ALL).records == []
    assert (reader.behind(LogPosition()), reader.segments(), reader.find(1, b"x")) == (0, [], [])
    reader.close()
    log = FileLog(tmp_path / "1")
    log.append([b"one"])
    assert reader.read(LogPosition(), ALL).records == [b"one"]
    assert reader.name == "1"
    reader.close()
    assert reader.behind(LogPosition()) == 11


def test_what_is_not_synced_is_read_by_nobody(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    reader = FileLogReader(tmp_path)
    whole = (tmp_path / "0000000001.log").read_bytes()
    with (tmp_path / "0000000001.log").open("r+b") as file:
        file.seek(19)
        file.write(whole[8:19])  # as if another record were written and not yet synced
    assert reader.read(LogPosition(), ALL).records == [b"one"]
    assert list(reader.tail(ALL)) == [b"one"]
    assert reader.behind(LogPosition()) == 11


def test_a_segment_that_its_writer_left_can_be_dropped_by_another(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    log.append([b"one"])
    log.append([b"two"])
    log.close()
    reader = FileLogReader(tmp_path)
    assert [each.sealed for each in reader.segments()] == [True, True]
    reader.drop(1)
    reader.drop(2)
    assert reader.segments() == []
    with pytest.raises(LogError):
        reader.drop(3)
    # The numbers go on: what was loaded up to segment 2 is not taken for what comes.
    log.append([b"three"])
    part = reader.read(LogPosition(2, 19), ALL)
    assert part.records == [b"three"]
    assert part.end.segment > 2


def test_the_numbers_go_on_after_a_restart_without_any_record(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    log.close()
    FileLogReader(tmp_path).drop(1)
    (tmp_path / "place").unlink()
    again = FileLog(tmp_path)
    again.append([b"two"])
    assert again.read(LogPosition(1, 19), ALL).records == [b"two"]


def test_what_was_put_aside_goes_with_its_segment(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([b"one"])
    log.close()
    with (tmp_path / "0000000001.log").open("ab") as file:
        file.write(b"torn")
    FileLog(tmp_path).drop(1)
    assert not (tmp_path / "0000000001.torn").exists()


def test_dropping_keeps_a_segment_of_the_next_number_that_is_there(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    log.append([b"one"])
    log.close()
    (tmp_path / "0000000002.log").write_bytes(b"")
    reader = FileLogReader(tmp_path)
    reader._take(2)  # noqa: SLF001 the moment in which its writer begins it
    begun = (tmp_path / "0000000002.log").read_bytes()
    reader._take(2)  # noqa: SLF001
    assert (tmp_path / "0000000002.log").read_bytes() == begun == b"ABLOG\x00\x00\x01"


def test_what_is_unreadable_is_told_and_what_was_only_reserved_is_not(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    for record in (b"one", b"two", b"three"):
        log.append([record])
    for segment, tail in ((1, bytes(64)), (2, b"junk" + bytes(64))):
        with (tmp_path / f"{segment:010d}.log").open("ab") as file:
            file.write(tail)
    reader = FileLogReader(tmp_path)
    place, found = LogPosition(), []
    while records := (part := reader.read(place, ALL)).records:
        found += records
        place = part.end
    assert found == [b"one", b"two", b"three"]
    assert reader.unreadable == {2: 4}
