from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.queries import pairs


@given(st.text(alphabet="ab=&;%2+ü", max_size=30))
def test_a_query_says_what_the_standard_library_reads(query: str) -> None:
    assert pairs(query) == parse_qsl(query, keep_blank_values=True)


@pytest.mark.parametrize("query", ["a&b&c", "a=%20&b&c", "&&"])
def test_a_query_that_holds_too_much_is_refused(query: str) -> None:
    assert len(pairs(query, 3)) <= 3
    with pytest.raises(ValueError, match=r"(?i)values|fields"):
        pairs(query, 2)
