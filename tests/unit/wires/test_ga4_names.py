from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.ga4_limits import RESERVED_EVENTS
from aboveboard.wires.ga4_names import EVENTS, PARAMS, PROPERTIES, problem


@pytest.mark.parametrize("name", sorted(RESERVED_EVENTS))
def test_a_reserved_event_is_one(name: str) -> None:
    found = problem(name, EVENTS)
    assert found is not None
    assert found[0] == "NAME_RESERVED"
    assert name.startswith("firebase_") or problem(name, PARAMS) is None


@given(
    st.from_regex(r"\A[h-z][a-z0-9_]{0,23}\Z").filter(
        lambda name: name != "last_deep_link_referrer"
    )
)
def test_a_plain_name_is_well(name: str) -> None:
    if name not in RESERVED_EVENTS | {"user_id"}:
        assert problem(name, EVENTS) is problem(name, PARAMS) is problem(name, PROPERTIES) is None


@given(st.text())
def test_no_name_with_other_letters_is_well(name: str) -> None:
    if not (name.isascii() and name.replace("_", "a").isalnum()):
        assert problem(name, PARAMS) is not None
