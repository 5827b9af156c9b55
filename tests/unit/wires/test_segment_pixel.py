from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.segment_pixel import MOST_NAMES, pixel_message


def test_the_fields_of_a_message_stand_in_the_query() -> None:
    found = pixel_message(
        "writeKey=KEY&anonymousId=%22a1%22&name=Home&category=Docs&messageId=m1"
        "&properties.theme=dark&properties.size=&name=Twice"
    )
    assert (found.user_id, found.anonymous_id, found.message_id) == (None, "a1", "m1")
    assert (found.name, found.category) == ("Home", "Docs")
    assert found.properties == {"theme": "dark", "size": ""}


def test_more_names_than_anybody_needs_are_not_read() -> None:
    query = "&".join(f"properties.p{number}=1" for number in range(MOST_NAMES + 50))
    found = pixel_message(query).properties
    assert isinstance(found, dict)
    assert len(found) == MOST_NAMES


@given(st.text())
def test_no_query_makes_it_raise(query: str) -> None:
    assert isinstance(pixel_message(query).properties, dict)
