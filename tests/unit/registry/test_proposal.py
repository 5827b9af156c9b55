from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.proposal import appended, table

values = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-(2**63), 2**63 - 1)
    | st.booleans()
    | st.dates()
)
words = st.text(st.characters(exclude_categories=["Cs"]))
fields = st.dictionaries(
    st.from_regex(r"[a-z]+", fullmatch=True),
    values | st.lists(words) | st.dictionaries(words, words | st.lists(words)),
)


@given(words, fields)
def test_whatever_is_written_is_read_again(name: str, said: dict[str, Any]) -> None:
    written = appended(b"format = 1", table(name, said))
    assert tomllib.loads(written.decode()) == {"format": 1, "metric": {name: said}}


def test_it_looks_as_a_person_would_write_it() -> None:
    said: dict[str, Any] = {"title": 'A "word"', "on": date(2026, 1, 2), "x": [0, 10]}
    said |= {"e": {"how": ["a", "b"]}, "y": True}
    assert table("a.b", said) == (
        '[metric."a.b"]\ntitle = "A \\"word\\""\non = 2026-01-02\nx = [0, 10]\n'
        'e = { "how" = ["a", "b"] }\ny = true\n'
    )


def test_a_file_keeps_its_line_ends_and_every_byte() -> None:
    assert appended(b"a = 1 # x", "[b]\n") == b"a = 1 # x\n\n[b]\n"
    assert appended(b"a = 1\r\n", "[b]\nc = 2\n") == b"a = 1\r\n\r\n[b]\r\nc = 2\r\n"
