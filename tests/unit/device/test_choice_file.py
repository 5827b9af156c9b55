from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.choice_file import MOST_BYTES, read, write
from aboveboard.model.consent import Choice, Mode

DAY = date(2026, 11, 18)
CHOICE = Choice(
    Mode.ON,
    DAY,
    "f" * 64,
    number=3,
    levels={"usage": Mode.OFF},
    wording="May it send?\n\n- „Ja“\n",
    earlier=True,
)
words = st.text().filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
choices = st.builds(
    Choice,
    mode=st.sampled_from(Mode),
    day=st.dates(),
    registry=words,
    number=st.integers(1, 10**9),
    levels=st.dictionaries(words, st.sampled_from(Mode), max_size=3),
    wording=words,
    earlier=st.booleans(),
)


@given(choices)
def test_what_was_written_is_read(choice: Choice) -> None:
    assert read(write(choice)) == choice


def test_a_person_can_read_the_file_and_the_words_they_were_shown() -> None:
    assert (
        write(CHOICE).decode()
        == """{
  "format": 2,
  "mode": "on",
  "levels": {
    "usage": "off"
  },
  "day": "2026-11-18",
  "number": 3,
  "registry": "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "earlier": true,
  "wording": [
    "May it send?",
    "",
    "- „Ja“",
    ""
  ]
}
"""
    )


def test_a_choice_of_an_earlier_version_is_read() -> None:
    body = b'{"mode": "local", "day": "2026-11-18", "registry": "abc", "number": 2}\n'
    assert read(body) == Choice(Mode.LOCAL, DAY, "abc", 2)


def changed(**changes: Any) -> bytes:  # noqa: ANN401 any JSON
    content = {**json.loads(write(CHOICE)), **changes}
    return json.dumps({k: v for k, v in content.items() if v is not ...}).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="not-utf-8"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b'"on"', id="a-word"),
        pytest.param(b"{}", id="nothing-in-it"),
        pytest.param(b"[" * 100_000, id="nested-too-deeply"),
        pytest.param(b" " * MOST_BYTES + write(CHOICE), id="too-long"),
        pytest.param(changed(format=3), id="another-format"),
        pytest.param(changed(more=1), id="a-key-too-many"),
        pytest.param(changed(mode=...), id="no-mode"),
        pytest.param(changed(levels=...), id="some-keys-of-the-second-form"),
        pytest.param(changed(mode="maybe"), id="no-such-mode"),
        pytest.param(changed(mode=True), id="mode-is-no-text"),
        pytest.param(changed(day="yesterday"), id="no-day"),
        pytest.param(changed(day=20261118), id="day-is-a-number"),
        pytest.param(changed(registry=None), id="no-registry"),
        pytest.param(changed(number=0), id="number-0"),
        pytest.param(changed(number=True), id="number-is-no-number"),
        pytest.param(changed(number=1.5), id="half-a-choice"),
        pytest.param(changed(levels=[]), id="levels-are-a-list"),
        pytest.param(changed(levels={"usage": "maybe"}), id="no-such-mode-of-a-level"),
        pytest.param(changed(levels={"usage": ["on"]}), id="two-modes-of-a-level"),
        pytest.param(changed(wording="text"), id="wording-is-no-list"),
        pytest.param(changed(wording=[1]), id="wording-is-numbers"),
        pytest.param(changed(earlier=1), id="earlier-is-a-number"),
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(body)


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_no_bytes_raise_anything_but_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(body)
