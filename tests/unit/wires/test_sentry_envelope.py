from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.sentry_envelope import (
    LARGEST_HEAD,
    LARGEST_ITEM,
    MOST_ITEMS,
    Envelope,
    EnvelopeReader,
    Item,
    read_envelope,
    read_single,
)

PARTS = st.sampled_from(
    [
        b"{}",
        b"\n",
        b'{"type":"event"}',
        b'{"type":"event","length":2}',
        b'{"type":"attachment","length":3}',
        b'{"type":"session","length":0}',
        b'{"type":7}',
        b"ab",
        b"abc",
        b"[]",
    ]
)
BODIES = st.lists(PARTS, max_size=12).map(b"".join) | st.binary(max_size=60)
MEBIBYTE = 1024 * 1024


def test_very_many_empty_lines_are_no_envelope() -> None:
    few = b"{}\n" + b"\n" * (MOST_ITEMS - 1)
    assert read_envelope(few) == Envelope({}, [])
    reader = EnvelopeReader()
    reader.feed(few + b"\n" * 10_000_000)  # as long as it is not read on, this takes no time
    assert reader.end() is None


def test_of_a_long_type_of_an_item_nothing_is_kept() -> None:
    found = read_envelope(b'{}\n{"type":"%b"}\nab\n{"type":"session"}\n1' % (b"x" * 60_000))
    assert found == Envelope({}, [Item("", b""), Item("session", b"1")])


@given(BODIES, st.integers(1, 9))
def test_pieces_say_what_the_whole_says(body: bytes, size: int) -> None:
    reader = EnvelopeReader()
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    assert reader.end() == read_envelope(body)


SINGLE = st.tuples(
    st.sampled_from([b"{}", b'{"dsn":"x"}', b"", b"[]", b"\n", b'{"a":1}\n']),
    st.sampled_from(["event", "session", "attachment", "", 7, []]),
    st.sampled_from([0, 1, 2, 3, -1, True, 1.0, None]),
    st.sampled_from([b"", b"a", b"{}", b"abc", b"a\nb"]),
    st.sampled_from([b"", b"\n", b"\n\n", b'\n{"type":"event"}\n']),
).map(
    lambda told: (
        b"%b\n%b\n%b%b"
        % (told[0], json.dumps({"type": told[1], "length": told[2]}).encode(), told[3], told[4])
    )
)


@given(SINGLE | BODIES)
def test_a_single_item_is_read_as_any_other(body: bytes) -> None:
    single = read_single(body)
    assert single is None or single == read_envelope(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{}\n{"type":"event","length":2}\n{}\n',
        b'{"dsn":"x"}\n{"type":"session","length":3}\na\nb',
        b'{}\n{"type":"client_report","length":0}\n',
    ],
)
def test_what_most_clients_send_is_a_single_item(body: bytes) -> None:
    assert read_single(body) == read_envelope(body) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{}\n{"type":"event"}\n{}\n',
        b'{}\n{"type":"attachment","length":2}\n{}\n',
        b'{}\n{"type":"event","length":3}\n{}',
        b'{"a":"' + b"x" * LARGEST_HEAD + b'"}\n{"type":"event","length":2}\n{}\n',
        b'{}\n{"type":"event","a":"' + b"x" * LARGEST_HEAD + b'","length":2}\n{}\n',
        b'{}\n{"type":"event","length":%d}\n%b' % (LARGEST_ITEM + 1, b" " * (LARGEST_ITEM + 1)),
    ],
)
def test_all_else_is_left_to_the_reader(body: bytes) -> None:
    assert read_single(body) is None


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b"{}", []),
        (b"{}\n\n\n", []),
        (b'{}\n{"type":"event"}', [Item("event", b"")]),
        (b'{}\n{"type":"event","length":0}', [Item("event", b"")]),
        (b'{}\n{"type":"event","length":2}\nab', [Item("event", b"ab")]),
        (b'{}\n{"type":"event","length":3}\na\nb\n', [Item("event", b"a\nb")]),
        (b'{}\n{"type":"event"}\nab\n\n', [Item("event", b"ab")]),
        (
            b'{}\n{"type":"log"}\nab\n{"type":"session","length":1}\n1',
            [Item("log", b""), Item("session", b"1")],
        ),
    ],
)
def test_an_envelope_has_a_head_and_items(body: bytes, items: list[Item]) -> None:
    assert read_envelope(body) == Envelope({}, items)


def test_a_head_has_a_bound() -> None:
    assert read_envelope(b'{"a":"' + b"x" * LARGEST_HEAD + b'"}') is None
    assert read_envelope(b'{}\n{"type":"event","a":"' + b"x" * LARGEST_HEAD + b'"}\n{}') is None


def test_what_stands_behind_the_last_item_is_counted_alone() -> None:
    many = b"{}\n" + b'{"type":"log"}\nab\n' * MOST_ITEMS
    assert read_envelope(many) == Envelope({}, [Item("log", b"")] * MOST_ITEMS)
    found = read_envelope(many + b"more")
    assert found is not None
    assert found.left == 4


@pytest.mark.parametrize("length", ["", f',"length":{LARGEST_ITEM + 1}'])
def test_an_item_that_is_too_large_is_read_over(length: str) -> None:
    head = f'{{}}\n{{"type":"event"{length}}}\n'.encode()
    found = read_envelope(head + b"x" * (LARGEST_ITEM + 1) + b'\n{"type":"event"}\nab\n')
    assert found is not None
    assert found.items == [Item("event", b"", is_too_large=True), Item("event", b"ab")]


@pytest.mark.parametrize("kind", ["attachment", "event", "unknown"])
def test_an_item_takes_no_more_memory_than_what_is_kept_of_it(kind: str) -> None:
    piece = b"x" * 65536
    reader = EnvelopeReader()
    tracemalloc.start()
    try:
        reader.feed(f'{{}}\n{{"type":"{kind}","length":{20 * MEBIBYTE}}}\n'.encode())
        for _ in range(20 * 16):
            reader.feed(piece)
        assert tracemalloc.get_traced_memory()[1] < 3 * MEBIBYTE
    finally:
        tracemalloc.stop()
    assert reader.end() == Envelope({}, [Item(kind, b"", is_too_large=kind == "event")])
