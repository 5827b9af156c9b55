from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.wishes_file import checked, place, read, write
from aboveboard.errors import StoreError
from aboveboard.model.wishes import Place, Wishes

KEY = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="
MINE = {"url": "https://mine.example"}
PLAIN: dict[str, Any] = {"format": 1, "also": [], "wait_days": 0}

places = st.builds(
    Place,
    st.integers(1, 99).map("https://mine-{}.example/in".format),
    st.none() | st.binary(min_size=32, max_size=32),
)


@given(
    found=st.lists(places, max_size=5, unique_by=lambda place: place.url),
    redirected=st.booleans(),
    days=st.integers(0, 90),
)
def test_wishes_come_back_as_they_were_kept(
    found: list[Place], *, redirected: bool, days: int
) -> None:
    redirect = found.pop() if redirected and found else None
    wishes = Wishes(redirect, tuple(found), days)

    assert read(write(wishes)) == wishes == checked(wishes)


def test_without_a_file_there_is_no_wish() -> None:
    assert read(None) == Wishes()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([], id="list"),
        pytest.param({}, id="empty"),
        pytest.param(PLAIN | {"format": 2}, id="newer"),
        pytest.param(PLAIN | {"more": 1}, id="unknown-key"),
        pytest.param(PLAIN | {"wait_days": 91}, id="too-long-a-wait"),
        pytest.param(PLAIN | {"wait_days": -1}, id="less-than-no-wait"),
        pytest.param(PLAIN | {"wait_days": "1"}, id="wait-in-words"),
        pytest.param(PLAIN | {"redirect": None}, id="redirect-to-nothing"),
        pytest.param(PLAIN | {"redirect": {"url": ""}}, id="no-address"),
        pytest.param(PLAIN | {"redirect": {"url": "http://mine.example"}}, id="no-tls"),
        pytest.param(PLAIN | {"redirect": {"url": "https://a@b.example"}}, id="with-a-user"),
        pytest.param(PLAIN | {"redirect": {"url": "https://mine.example/?a"}}, id="query"),
        pytest.param(PLAIN | {"redirect": {"url": "https://mine.example/#a"}}, id="fragment"),
        pytest.param(PLAIN | {"redirect": MINE | {"key": KEY[7:]}}, id="key-without-its-kind"),
        pytest.param(PLAIN | {"redirect": MINE | {"key": "x25519:QQ=="}}, id="short-key"),
        pytest.param(PLAIN | {"redirect": MINE | {"kye": KEY}}, id="misspelt-key"),
        pytest.param(PLAIN | {"also": ["https://mine.example", 3]}, id="no-table"),
        pytest.param(PLAIN | {"also": [MINE, MINE]}, id="twice"),
        pytest.param(PLAIN | {"also": [MINE], "redirect": MINE}, id="there-and-there"),
    ],
)
def test_what_was_meant_otherwise_is_never_guessed(content: object) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        read(json.dumps(content).encode())


@given(st.binary(max_size=100))
def test_no_bytes_are_taken_for_no_wish(body: bytes) -> None:
    with pytest.raises(StoreError):
        read(body)


def test_an_address_and_a_key_are_read_as_a_person_gives_them() -> None:
    assert place("https://mine.example/in/") == Place("https://mine.example/in")
    assert place("http://127.0.0.1:8790") == Place("http://127.0.0.1:8790")
    found = place("https://mine.example", KEY)
    assert found.key is not None
    assert len(found.key) == 32


@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        pytest.param("mine.example", "", "no https address", id="no-address"),
        pytest.param("", "", "nothing in it", id="nothing"),
        pytest.param("https://mine.example", "x25519:QQ==", "32 bytes in base64", id="key"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(url: str, key: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        place(url, key)


def test_wishes_that_contradict_each_other_are_refused() -> None:
    mine = Place("https://mine.example")
    with pytest.raises(ValueError, match="twice"):
        checked(Wishes(redirect=mine, also=(mine,)))
    with pytest.raises(ValueError, match="between 0 and 90"):
        checked(Wishes(wait_days=100))
