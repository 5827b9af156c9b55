from __future__ import annotations

import importlib.util
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters import log_frames
from aboveboard.adapters.log_frames import FRAME, erased, framed, frames, left_over, stretches

RECORDS = st.lists(st.binary(min_size=1, max_size=40), max_size=8)


@given(data=st.binary(max_size=200))
def test_no_bytes_make_reading_frames_fail(data: bytes) -> None:
    records, used = frames(data)
    assert used == sum(FRAME.size + len(record) for record in records)


@given(records=RECORDS, tail=st.binary(max_size=20))
def test_what_was_framed_is_found_again_before_any_tail(records: list[bytes], tail: bytes) -> None:
    assert frames(framed(records) + bytes(FRAME.size) + tail)[0] == records


@given(data=st.binary(max_size=200))
def test_stretches_take_up_all_bytes(data: bytes) -> None:
    place = 0
    for offset, payload in stretches(data):
        assert offset == place
        place += max(FRAME.size + len(payload), 1)
        assert data[offset + FRAME.size : offset + FRAME.size + len(payload)] == payload
        if not payload:
            place = len(data)  # too short for a frame, at the end or before the next one
            break
    assert place >= len(data)


@given(records=RECORDS, broken=st.binary(min_size=8, max_size=20))
def test_whole_records_are_found_behind_a_broken_one(records: list[bytes], broken: bytes) -> None:
    data = b"\xff" * FRAME.size + broken + framed(records)
    found = [payload for _, payload in stretches(data)]
    assert found[-len(records) :] == records or not records


@pytest.mark.parametrize("length", [1, 2, 10, 16, 17, 18, 500])
def test_a_filler_is_one_whole_frame_of_the_wanted_length(length: int) -> None:
    (payload,), used = frames(erased(length))
    assert (len(payload), used) == (length, FRAME.size + length)
    assert payload.rstrip() == b'{"kind":"erased"}'[:length] or length < 17


@pytest.mark.parametrize(
    ("tail", "left"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(bytes(5000), b"", id="reserved-alone"),
        pytest.param(b"\x20\0\0\0half", b"\x20\0\0\0half", id="torn"),
        pytest.param(b"\0\1\0\0half" + bytes(90), b"\0\1\0\0half", id="torn-and-reserved"),
        pytest.param(bytes(64) + b"odd", b"odd", id="behind-what-was-reserved"),
    ],
)
def test_what_was_only_reserved_is_not_left_over(tail: bytes, left: bytes) -> None:
    assert left_over(tail) == left


def test_frames_are_the_same_without_the_quick_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zlib_ng.zlib_ng", None)
    spec = importlib.util.find_spec(log_frames.__name__)
    assert spec is not None
    assert spec.loader is not None
    without = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(without)
    assert without.crc32 is zlib.crc32
    assert vars(log_frames)["crc32"] is not zlib.crc32
    records = [b"", b"ok", bytes(range(256)) * 9]
    assert without.framed(records) == framed(records)
    assert without.frames(framed(records[1:])) == frames(framed(records[1:]))
