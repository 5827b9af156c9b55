from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.foreign import Asked
from aboveboard.wires.segment_keys import shown_key


def shown(authorization: str, query: str = "") -> str:
    return shown_key(Asked("POST", "/v1/batch", query, {"authorization": authorization}))


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("Basic " + packed("KEY:"), id="with-a-colon"),
        pytest.param("Basic " + packed("KEY"), id="without-a-colon"),
        pytest.param("Basic " + packed("KEY:secret"), id="with-a-password"),
        pytest.param("basic  " + packed("KEY:") + " ", id="spaces"),
        pytest.param("Basic " + packed("KEY:").rstrip("="), id="without-padding"),
    ],
)
def test_a_key_of_basic_is_found(authorization: str) -> None:
    assert shown(authorization) == "KEY"


@pytest.mark.parametrize("authorization", ["", "Basic", "Basic ü", "Basic !!!", "Bearer KEY"])
def test_where_the_header_holds_none_the_query_may(authorization: str) -> None:
    assert not shown(authorization)
    assert shown(authorization, "a=b&writeKey=KEY&writeKey=other") == "KEY"


def test_the_header_goes_before_the_query() -> None:
    assert shown("Basic " + packed("KEY:"), "writeKey=other") == "KEY"


@given(st.text(), st.text())
def test_no_head_makes_it_raise(authorization: str, query: str) -> None:
    assert isinstance(shown("Basic " + authorization, query), str)
