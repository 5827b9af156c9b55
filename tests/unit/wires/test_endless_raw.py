from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.endless_bodies import Event
from aboveboard.wires.endless_raw import read_event, write_event
from aboveboard.wires.gvariant import Variant

PAYLOADS = st.none() | st.sampled_from([
    Variant("s", "Up!"),
    Variant("a{sv}", {"x": Variant("(bas)", (True, ["y"]))}),
    Variant("v", Variant("ay", b"\0\xff")),
])  # fmt: skip


@given(
    st.binary(min_size=16, max_size=16),
    st.sampled_from(["singular", "aggregate", "sequence"]),
    st.text(max_size=9),
    st.none() | st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(-1, 1 << 63),
    PAYLOADS,
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_what_was_written_is_read(  # noqa: PLR0913, PLR0917 the parts of an event
    uuid: bytes,
    kind: str,
    system: str,
    at: int | None,
    amount: int,
    payload: Variant | None,
    counts: float,
) -> None:
    period = "2020-09" if at is None else ""
    event = Event(uuid, kind, system, at, period, amount, payload)
    assert read_event(write_event(event, counts)) == (event, counts)


GOOD = json.loads(write_event(Event(bytes(16), "singular", "5", 7, "", 1, Variant("s", "x")), 0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "{}",
        "[]",
        *(json.dumps(GOOD | {key: wrong}) for key, wrong in {
            "id": "x", "payload": ["s", "00ff"], "at": "x", "amount": None, "counts": [],
        }.items()),
        json.dumps(GOOD | {"payload": ["?", "00"]}),
        json.dumps(GOOD | {"payload": [7, "00"]}),
    ],
)  # fmt: skip
def test_what_is_something_else_is_none(text: str) -> None:
    assert read_event(text) is None
