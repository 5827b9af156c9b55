from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.foreign_forms import FORMS, LONGEST, formed

DAY = date(2026, 11, 26)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def moment(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type] # three numbers


@pytest.mark.parametrize(
    ("form", "value", "says"),
    [
        ("words", "create_post  edit_post", ["create_post", "edit_post"]),
        ("words", "", []),
        ("words", ["create_post"], ["create_post"]),
        ("words", "x" * (LONGEST + 1), "x" * (LONGEST + 1)),
        ("list", "en,de , fr,,", ["en", "de", "fr"]),
        ("list", "", []),
        ("list", 3, 3),
        ("list", "," * (LONGEST + 1), "," * (LONGEST + 1)),
        ("hour", "02:30", 2),
        ("hour", "23:59:59", 23),
        ("hour", "24:00", "24:00"),
        ("hour", "soon", "soon"),
        ("hour", 2, 2),
        ("hours", 720, 30),
        ("hours", 23, 0),
        ("hours", True, True),
        ("hours", "720", "720"),
        ("milliseconds_past", moment(2026, 11, 20) * 1000, 6),
        ("milliseconds_past", moment(2027, 1, 1) * 1000, 0),
        ("milliseconds_past", 0, None),
        ("milliseconds_past", "yesterday", "yesterday"),
        ("milliseconds_past", 10**30, 10**30),
        ("milliseconds_ahead", moment(2026, 12, 26) * 1000, 30),
        ("milliseconds_ahead", moment(2020, 1, 1) * 1000, 0),
        ("seconds_past", moment(2026, 11, 25), 1),
        ("seconds_past", False, False),
    ],
)
def test_a_form_is_undone_and_what_is_not_of_it_stays(
    form: str, value: object, says: object
) -> None:
    assert formed(form, value, DAY) == says


@given(st.sampled_from(sorted(FORMS)), JSON)
def test_no_value_makes_a_form_raise(form: str, value: object) -> None:
    formed(form, value, DAY)
