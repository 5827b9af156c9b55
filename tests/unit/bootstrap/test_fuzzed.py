"""What `make fuzz` throws bytes at is all that a collector decodes of strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzzed import ENCODINGS, RECORDS, STARTS, Fuzzed, Start

from aboveboard.bootstrap.wire_makers import MAKERS
from aboveboard.collector.decoders import Messages

FUZZED = Fuzzed()


def test_every_wire_and_every_list_has_a_beginning() -> None:
    assert {start.wire for start in STARTS} == set(MAKERS) == set(FUZZED.wires)
    assert set(RECORDS) == set(FUZZED.decoders)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: f"{start.asked} {start.media_type}")
def test_each_beginning_reaches_what_lies_behind_its_wire(start: Start) -> None:
    """Bytes that are refused at the door would try nothing."""
    method, _, address = start.asked.partition(" ")
    path, _, query = address.partition("?")
    assert FUZZED.wires[start.wire].takes(method, path)
    understood = FUZZED.ask(start, start.body or query.encode())
    assert understood.answer.status < 300
    only_judged = path == "/debug/mp/collect"
    assert bool(understood.said) != only_judged


@pytest.mark.parametrize("name", RECORDS)
def test_each_beginning_of_an_item_is_read(name: str) -> None:
    found = FUZZED.decode(name, RECORDS[name])
    assert isinstance(found, Messages | list)
    assert not isinstance(found, Messages) or found.understood.said


@given(st.integers(0, len(ENCODINGS) - 1), st.binary(max_size=200))
def test_no_bytes_make_anything_raise(how: int, data: bytes) -> None:
    FUZZED.one(how, data)
