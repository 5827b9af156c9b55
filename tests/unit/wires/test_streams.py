from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.codecs import inflate
from aboveboard.wires.streams import MACHINES, STEP, WIDE, Unpacking

LARGEST = 1000
BOMB_BYTES = 40_000_000
MOST_MEMORY = 24 * 1024 * 1024


def _raw(plain: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(plain) + machine.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw deflate": _raw,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
NAMES = st.sampled_from([*PACKERS])


def unpack(body: bytes, encoding: str, size: int, largest: int = LARGEST) -> bytes | Refused:
    unpacking = Unpacking(encoding.removeprefix("raw "), largest)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    found = b"".join(part for piece in pieces for part in unpacking.feed(piece))
    refused = unpacking.end()
    return found if refused is None else refused


def same(one: bytes | Refused, other: bytes | Refused) -> bool:
    if isinstance(one, Refused) and isinstance(other, Refused):
        return one.reason is other.reason
    return one == other


@given(st.binary(max_size=LARGEST), NAMES, st.integers(1, 300))
def test_what_was_packed_comes_out_whatever_the_pieces_are(
    plain: bytes, encoding: str, size: int
) -> None:
    assert unpack(PACKERS[encoding](plain), encoding, size) == plain


@given(st.binary(max_size=300), NAMES, st.integers(1, 300))
def test_bytes_of_a_stranger_are_judged_as_in_one_piece(
    body: bytes, encoding: str, size: int
) -> None:
    whole = inflate(body, encoding.removeprefix("raw "), LARGEST)
    assert same(unpack(body, encoding, size), whole)


@pytest.mark.parametrize("encoding", PACKERS)
def test_what_is_cut_or_has_something_behind_it_is_broken(encoding: str) -> None:
    packed = PACKERS[encoding](b"a letter " * 9)
    if encoding in {"", "identity"}:
        return
    for body in (packed[:-1], packed + b"x", b"", packed[:1]):
        for size in (1, 5, 1000):
            found = unpack(body, encoding, size)
            assert isinstance(found, Refused)
            assert found.reason is Reason.BROKEN_COMPRESSION


@pytest.mark.parametrize("encoding", PACKERS)
def test_more_than_the_bound_is_refused_and_nothing_more_comes_out(encoding: str) -> None:
    unpacking = Unpacking(encoding.removeprefix("raw "), LARGEST)
    found = b"".join(unpacking.feed(PACKERS[encoding](bytes(LARGEST + 1))))
    assert len(found) <= LARGEST
    assert [*unpacking.feed(b"more")] == []
    refused = unpacking.end()
    assert refused is not None
    assert refused.reason is Reason.TOO_LARGE_INFLATED
    assert unpack(PACKERS[encoding](bytes(LARGEST)), encoding, 100) == bytes(LARGEST)


def test_another_way_of_packing_is_not_known() -> None:
    found = unpack(b"x", "rar", 1)
    assert isinstance(found, Refused)
    assert found.reason is Reason.UNKNOWN_ENCODING
    assert "br, deflate, gzip, zstd" in found.detail


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "br", "zstd"])
def test_a_bomb_takes_little_memory(encoding: str) -> None:
    packed = PACKERS[encoding](bytes(BOMB_BYTES))
    unpacking = Unpacking(encoding.removeprefix("raw "), BOMB_BYTES)
    tracemalloc.start()
    try:
        sizes = [len(part) for part in unpacking.feed(packed)]
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    assert unpacking.end() is None
    assert sum(sizes) == BOMB_BYTES
    assert max(sizes) <= max(STEP, 4 * 1024 * 1024)


def test_every_way_is_one_of_the_codecs() -> None:
    assert {*MACHINES} - {"", "identity"} == {"br", "deflate", "gzip", "zstd"}
    assert {*MACHINES} >= WIDE
