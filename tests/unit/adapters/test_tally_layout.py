from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters import tally_layout as layout

LABELS = st.lists(st.text(min_size=1, max_size=60), max_size=20)


def written(labels: list[str]) -> bytes:
    body = b"".join(layout.record(label) for label in labels)
    used = 32 + len(body)
    return (layout.MAGIC + used.to_bytes(8, "little") + body).ljust(layout.SIZE, b"\0")


@given(LABELS)
def test_what_was_written_is_read(labels: list[str]) -> None:
    content = written(labels)

    assert [label for _, label, _ in layout.records(content)] == labels
    assert layout.is_whole(content)
    assert layout.has_room(content)


def test_a_new_file_is_whole_and_empty() -> None:
    assert layout.is_whole(written([]))
    assert written([]).startswith(layout.HEAD)
    assert list(layout.records(written([]))) == []


@given(LABELS)
def test_what_is_in_use_is_enough_to_tell_whether_there_is_room(labels: list[str]) -> None:
    content = written(labels)

    assert layout.has_room(content[: layout.used(content)])
    assert layout.has_room(content[: layout.HEADER]) == (not labels)


@given(st.binary(max_size=200), LABELS, st.integers(0, 400))
def test_no_bytes_make_a_reader_raise_and_whole_records_before_them_are_read(
    damage: bytes, labels: list[str], place: int
) -> None:
    whole = written(labels)
    content = whole[:place] + damage + whole[place + len(damage) :]

    found = [record for record in layout.records(content) if record[0] + 80 < place]

    assert all(record in list(layout.records(whole)) for record in found)
    assert layout.is_whole(content) in {True, False}


@given(st.binary(max_size=400))
def test_foreign_bytes_are_no_records(content: bytes) -> None:
    assert list(layout.records(content)) == []
    assert not layout.is_whole(content)
    assert not layout.has_room(content)


def test_a_label_that_is_too_long_never_fits() -> None:
    assert len(layout.record("x" * 100_000)) > layout.MOST_RECORD
    assert len(layout.record("x" * 8000)) <= layout.MOST_RECORD
