from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.segment_times import said_at, seconds

SAME = [
    "2026-11-21T20:32:36.686+00:00",
    "2026-11-21T20:32:36.686Z",
    "2026-11-21T20:32:36.686",
    "2026-11-21T20:32:36.686000000Z",
    "2026-11-21T21:32:36.686+0100",
    "20261121T203236.686Z",
]
"""One moment as `json.dumps`, JavaScript, a careless client, Go and others write it."""


@pytest.mark.parametrize("text", SAME)
def test_one_moment_is_read_in_all_the_ways_in_which_clients_write_it(text: str) -> None:
    assert seconds(text) == 1795293156.686


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T20:32:38.001355+00:00", 1795293158.001355),
        ("2026-11-21T20:34:02.94430425Z", 1795293242.944304),
        ("2026-11-21T20:34:03.251277599Z", 1795293243.251277),
        ("2018-09-26T12:00:00+0000", 1537963200.0),
    ],
)
def test_digits_that_no_clock_needs_are_cut(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "moment", [None, "", "soon", 1795293156, True, {}, "2026-13-01", "2026-11-21" + "0" * 99]
)
def test_what_is_no_moment_is_none(moment: object) -> None:
    assert seconds(moment) is None


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    found = seconds(text)
    assert found is None or math.isfinite(found)


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_of_the_calendar_is_read(moment: object) -> None:
    found = seconds(str(moment))
    assert found is None or math.isfinite(found)


def test_a_clock_that_is_an_hour_fast_is_corrected() -> None:
    assert said_at(original=5000.0, sent=5010.0, received=1410.0) == 1400.0


def test_nothing_is_said_after_it_came() -> None:
    assert said_at(original=5010.0, sent=5000.0, received=1410.0) == 1410.0


@pytest.mark.parametrize(("original", "sent"), [(None, 1.0), (1.0, None), (None, None)])
def test_without_both_of_a_clients_moments_it_counts_for_its_arrival(
    original: float | None, sent: float | None
) -> None:
    assert said_at(original, sent, 1000.0) is None
