from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.copy_place import CopyPlace, copy_place


@pytest.mark.parametrize(
    ("destination", "place"),
    [
        ("ga4:G-ABC123", CopyPlace("ga4", "https://www.google-analytics.com", "G-ABC123")),
        ("ga4:G-1@https://mine.example", CopyPlace("ga4", "https://mine.example", "G-1")),
        ("segment:https://mine.example", CopyPlace("segment", "https://mine.example")),
        ("https://mine.example", None),
        ("collector", None),
        ("ga4:", None),
        ("ga4:ABC123", None),
        ("ga4:G-", None),
        ("ga4:G-A&b=c", None),
        ("ga4:G-" + "A" * 21, None),
    ],
)
def test_a_destination_may_be_on_another_wire(destination: str, place: CopyPlace | None) -> None:
    assert copy_place(destination) == place


@given(st.text(max_size=40) | st.text(max_size=40).map("ga4:G-".__add__))
def test_no_text_makes_it_raise(destination: str) -> None:
    copy_place(destination)
