from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.bootstrap import words
from aboveboard.settings.collector import CollectorSettings


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = CollectorSettings(data=Path("data"), registry=tmp_path, workers=2)
    order = words.Order("1", 7, settings, {"a": "f"}, {"a": frozenset("fg")}, {"a": frozenset()})
    read = words.order(words.line(order))
    # A worker works in another folder.
    assert read.settings.data == tmp_path / "data"
    assert read.settings.workers == 2
    assert (read.log, read.listener, read.versions) == ("1", 7, {"a": frozenset("fg")})
    news = words.News({"a": frozenset({"file.opened"})}, end=True)
    assert words.news(words.line(news)) == news
    said = words.Said({"kept": 3}, 1, log_well=False, cut_bytes=9)
    assert words.said(words.line(said)) == said


@given(told=st.binary(max_size=60))
def test_a_worker_that_says_something_else_has_said_nothing(told: bytes) -> None:
    assert words.said(b"x" + told) == words.Said()
