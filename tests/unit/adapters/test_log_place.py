from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from aboveboard.adapters import log_place
from aboveboard.adapters.log_place import LogPlace
from aboveboard.errors import LogError
from aboveboard.ports.collector import LogPosition


def test_a_reader_sees_what_the_writer_says(tmp_path: Path) -> None:
    with closing(LogPlace.own(tmp_path)) as writer:
        reader = LogPlace.look(tmp_path)
        assert reader is not None
        assert reader.get() == LogPosition()
        for place in (LogPosition(1, 8), LogPosition(70_000, (1 << 40) - 1)):
            writer.set(place)
            assert (reader.get(), writer.get()) == (place, place)
        reader.close()


def test_a_place_outlives_its_writer_as_one_number_of_eight_bytes(tmp_path: Path) -> None:
    with closing(LogPlace.own(tmp_path)) as writer:
        writer.set(LogPosition(3, 500))
    written = (tmp_path / "place").read_bytes()
    assert int.from_bytes(written, sys.byteorder) == 3 << 40 | 500
    with closing(LogPlace.own(tmp_path)) as writer:
        assert writer.get() == LogPosition(3, 500)


def test_there_is_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_place, "PATIENCE_SECONDS", 0.02)
    with (
        closing(LogPlace.own(tmp_path)),
        pytest.raises(LogError, match="another process writes this log"),
    ):
        LogPlace.own(tmp_path)
    LogPlace.own(tmp_path).close()


def test_where_nobody_wrote_yet_there_is_no_place(tmp_path: Path) -> None:
    assert LogPlace.look(tmp_path) is None
    (tmp_path / "place").write_bytes(b"")
    assert LogPlace.look(tmp_path) is None
