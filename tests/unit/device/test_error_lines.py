from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.error_book import Noted, note
from aboveboard.device.error_lines import PLACE, read, write
from aboveboard.model.broke import Broke

MARK, OTHER = "0f" * 16, "f0" * 16
LINE: dict[str, Any] = {
    "type": ["builtins.OSError"],
    "frames": ["editor.files:save:42", "(elsewhere)"],
    "message": "cannot open <path>",
    "day": "2026-11-18",
    "sendable": True,
}
NOTED = Noted(
    "app.broke",
    Broke(MARK, ("builtins.OSError",), tuple(LINE["frames"]), LINE["message"]),
    date(2026, 11, 18),
    sendable=True,
)


def body(metric: str = "app.broke", mark: str = MARK, **changes: object) -> bytes:
    return json.dumps({metric: {mark: LINE | changes}}).encode()


def test_a_book_is_a_table_of_metrics_and_fingerprints() -> None:
    assert json.loads(write([NOTED])) == {"app.broke": {MARK: LINE}}
    assert read(body()) == [NOTED]


def test_a_store_keeps_it() -> None:
    store = MemoryEventStore()
    assert read(store.kept(PLACE)) == []
    store.keep(PLACE, write([NOTED]))
    assert read(store.kept(PLACE)) == [NOTED]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"\xff\xfe{", id="no-text"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[1]", id="list"),
        pytest.param(b'{"app.broke": 3}', id="number-for-a-metric"),
        pytest.param(json.dumps({"app.broke": {MARK: 3}}).encode(), id="number-for-a-line"),
        pytest.param(json.dumps({"app.broke": {MARK: {}}}).encode(), id="empty-line"),
        pytest.param(body(metric="Ana Smith"), id="no-metric"),
        pytest.param(body(mark="ana"), id="no-fingerprint"),
        pytest.param(body(type="builtins.OSError"), id="word-for-types"),
        pytest.param(body(type=["OSError: ana"]), id="sentence-for-a-type"),
        pytest.param(body(type=["(elsewhere)"] * 11), id="too-many-types"),
        pytest.param(body(frames=["/home/ana/x.py:save:42"]), id="path-for-a-frame"),
        pytest.param(body(frames=[42]), id="number-for-a-frame"),
        pytest.param(body(frames=["(elsewhere)"] * 51), id="too-many-frames"),
        pytest.param(body(message="cannot open ~/letters"), id="message-that-is-not-scrubbed"),
        pytest.param(body(message=None), id="nothing-for-a-message"),
        pytest.param(body(day="someday"), id="no-day"),
        pytest.param(body(day=20), id="number-for-a-day"),
        pytest.param(body(sendable=1), id="number-for-yes"),
    ],
)
def test_what_cannot_have_been_written_here_is_lost(broken: bytes) -> None:
    assert read(broken) == []


def test_the_rest_of_a_damaged_book_is_read() -> None:
    content = {"app.broke": {OTHER: {"type": 3}, MARK: LINE}, "x": {}, "app.failed": []}
    assert read(json.dumps(content).encode()) == [NOTED]


LINES = st.builds(
    lambda mark, day, message, sendable: replace(
        NOTED, broke=replace(NOTED.broke, fingerprint=mark, message=message), day=day,
        sendable=sendable,
    ),
    st.sampled_from([MARK, OTHER, "aa" * 16]),
    st.dates(),
    st.sampled_from(["", "no such file: <quoted>"]),
    st.booleans(),
)  # fmt: skip


@given(st.lists(LINES, max_size=6))
def test_what_was_written_is_read_again(lines: list[Noted]) -> None:
    noted = note([], lines)
    assert read(write(noted)) == noted


@given(st.binary(max_size=100))
def test_no_bytes_make_it_raise(some: bytes) -> None:
    assert read(some) == []
