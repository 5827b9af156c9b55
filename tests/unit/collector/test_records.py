from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.records import USUAL_BYTES, Record, RecordFact, encode, encode_many

LENGTHS = st.integers(0, 99) | st.integers(USUAL_BYTES - 200, 3 * USUAL_BYTES)


def record(length: int) -> Record:
    fact = RecordFact("file.opened", k="x" * length)
    return Record("0f", "editor", "2026-W47", "2026-11-20", [fact])


@given(st.lists(st.none() | LENGTHS, max_size=6))
def test_many_are_written_as_each_is_by_itself(lengths: list[int | None]) -> None:
    records = [None if length is None else record(length) for length in lengths]
    assert encode_many(records) == [b"" if each is None else encode(each) for each in records]
