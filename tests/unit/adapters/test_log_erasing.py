from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_frames import HEADER, framed
from aboveboard.errors import LogError
from aboveboard.ports.collector import ERASED, LogPosition

ALL = 1024 * 1024
ADA = b'{"id":"ada","facts":[1,2,3]}'
BOB = b'{"id":"bob","facts":[1,2,3]}'
SEGMENT = "0000000001.log"


def everything(log: FileLog) -> list[bytes]:
    found: list[bytes] = []
    place = LogPosition()
    while records := (part := log.read(place, ALL)).records:
        found += [record.rstrip() for record in records]
        place = part.end
    return found


def places(log: FileLog, needle: bytes, segment: int = 1) -> list[tuple[int, int]]:
    return [(offset, len(payload)) for offset, payload in log.find(segment, needle)]


def die_in(monkeypatch: pytest.MonkeyPatch, name: str, half: int | None = None) -> None:
    """Let a call of the system do a half of its work, then fail as if the machine had died."""
    real: Callable[..., Any] = getattr(os, name)

    def dying(descriptor: int, data: bytes, *more: int) -> int:
        if half is not None:
            real(descriptor, data[:half], *more)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, name, dying)


@pytest.mark.parametrize("half", [1, 4, 7, 8, 9, 20, 35])
def test_an_overwrite_that_a_crash_left_half_done_is_done_when_the_log_is_opened(
    half: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    log.append([BOB, ADA, BOB])
    where = places(log, b'"ada"')
    with monkeypatch.context() as crash:
        die_in(crash, "pwrite", half)
        with pytest.raises(LogError, match="the log cannot be erased"):
            log.erase(1, where)
    log.close()
    again = FileLog(tmp_path)
    assert everything(again) == [BOB, ERASED, BOB]
    assert again.cut_bytes == 0
    again.erase(1, where)
    assert everything(again) == [BOB, ERASED, BOB]
    assert not list(tmp_path.glob("*.erase"))


def test_what_could_not_be_written_down_is_not_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FileLog(tmp_path)
    log.append([ADA, BOB])
    where = places(log, b'"ada"')
    with monkeypatch.context() as crash:
        die_in(crash, "write", 4)
        with pytest.raises(LogError):
            log.erase(1, where)
    log.close()
    again = FileLog(tmp_path)
    assert everything(again) == [ADA, BOB]
    again.erase(1, where)
    assert everything(again) == [ERASED, BOB]


def test_erasing_makes_a_segment_no_younger(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    log.append([ADA])
    log.append([BOB])
    os.utime(tmp_path / SEGMENT, (1_700_000_000, 1_700_000_000))
    before = log.segments()[0]
    log.erase(1, places(log, b'"ada"'))
    assert log.segments()[0] == before
    assert (before.newest.isoformat(), before.sealed) == ("2023-11-14", True)


def test_what_was_put_aside_is_erased_too(tmp_path: Path) -> None:
    log = FileLog(tmp_path)
    log.append([BOB])
    log.close()
    torn = framed([ADA])[:-1]
    with (tmp_path / SEGMENT).open("ab") as stream:
        stream.write(torn)
    log = FileLog(tmp_path)
    assert log.cut_bytes == len(torn)
    aside = tmp_path / "0000000001.torn"
    assert aside.read_bytes() == torn
    where = places(log, b'"ada"')
    assert where == [((tmp_path / SEGMENT).stat().st_size, len(ADA) - 1)]
    for _ in range(2):
        log.erase(1, where)
        assert b"ada" not in aside.read_bytes()
        assert aside.read_bytes()[8:].rstrip() == ERASED
    assert places(log, b'"ada"') == []
    assert everything(log) == [BOB]


def test_a_broken_record_is_found_and_erased(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    log.append([BOB, ADA, BOB])
    log.append([BOB])
    data = bytearray((tmp_path / SEGMENT).read_bytes())
    data[data.index(b"facts", data.index(b"ada"))] ^= 1
    (tmp_path / SEGMENT).write_bytes(data)
    assert everything(log) == [BOB, BOB]
    log.erase(1, places(log, b'"ada"'))
    assert everything(log) == [BOB, ERASED, BOB, BOB]


def test_nothing_is_written_beyond_a_segment(tmp_path: Path) -> None:
    log = FileLog(tmp_path, segment_bytes=1)
    log.append([ADA])
    log.append([BOB])
    before = (tmp_path / SEGMENT).read_bytes()
    log.erase(1, [(len(before) - 4, 100), (len(before) + 50, 20), (len(HEADER), 1000)])
    assert (tmp_path / SEGMENT).read_bytes() == before
    assert not (tmp_path / "0000000001.torn").exists()
