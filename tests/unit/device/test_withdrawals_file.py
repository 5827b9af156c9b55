from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.withdrawals_file import read, write
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal

words = st.text(max_size=20)
withdrawals = st.builds(
    Withdrawal,
    report=words,
    app=words,
    urls=st.lists(words, min_size=1, max_size=3).map(tuple),
    token=words,
    log=words,
    day=st.dates(),
    destination=words,
    taking=st.sampled_from(Taking),
    answer=words,
    receipt=words,
    proof=st.sampled_from(Proof),
    deleted=st.none() | st.dates(),
    tries=st.integers(0, 1000),
    due=st.integers(0, 10**10),
    url=words,
    at=st.just("") | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
)
ONE = Withdrawal("a" * 32, "editor", ("https://a.example",), "secret", "", date(2026, 11, 20))


@given(st.lists(withdrawals, max_size=5))
def test_they_come_back_as_they_were_kept(found: list[Withdrawal]) -> None:
    assert read(write(found)) == found


def test_without_a_file_there_are_none() -> None:
    assert read(None) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"{", id="torn"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="empty"),
        pytest.param(json.dumps({"urls": []}).encode(), id="half"),
        pytest.param(write([ONE]).replace(b"asked", b"lost").strip(), id="no-such-end"),
        pytest.param(write([ONE]).replace(b'"at": ""', b'"at": "noon"').strip(), id="no-moment"),
        pytest.param(write([ONE]).replace(b'["https://a.example"]', b"[]").strip(), id="nowhere"),
    ],
)
def test_a_broken_line_costs_itself_alone(line: bytes) -> None:
    assert read(line + b"\n" + write([ONE])) == [ONE]


@pytest.mark.parametrize(
    ("tries", "url"), [(0, ""), (2, f"https://a.example/reports/editor/{'a' * 32}")]
)
def test_what_an_earlier_version_kept_is_still_asked_for(tries: int, url: str) -> None:
    """It did not note down where it asked; that was the report's address, if it asked at all."""
    kept = replace(ONE, tries=tries)
    earlier = write([kept]).replace(b', "url": "", "at": ""', b"")
    assert read(earlier) == [replace(kept, url=url)]


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(body: bytes) -> None:
    assert read(body) == []
