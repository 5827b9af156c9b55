from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.codecs import inflate

LARGEST = 1000
BOMB_BYTES = 100_000_000
MOST_MEMORY = 16 * 1024 * 1024
NAMES = ["gzip", "deflate", "raw deflate", "br", "zstd"]
ENCODINGS = [pytest.param(name, id=name) for name in NAMES]


class Brotli:
    """The packer of brotli with the names that the others have."""

    def __init__(self) -> None:
        self._machine: Any = brotli.Compressor()

    def compress(self, plain: bytes) -> bytes:
        packed: bytes = self._machine.process(plain)
        return packed

    def flush(self) -> bytes:
        packed: bytes = self._machine.finish()
        return packed


def packer(encoding: str) -> Any:  # noqa: ANN401 machines of different libraries
    machines: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.compressobj(wbits=31),
        "deflate": zlib.compressobj,
        "raw deflate": lambda: zlib.compressobj(wbits=-15),
        "br": Brotli,
        "zstd": lambda: zstandard.ZstdCompressor().compressobj(),
    }
    return machines[encoding]()


def pack(plain: bytes, encoding: str) -> bytes:
    machine = packer(encoding)
    packed: bytes = machine.compress(plain) + machine.flush()
    return packed


def unpack(body: bytes, encoding: str, largest: int = LARGEST) -> bytes | Refused:
    return inflate(body, encoding.removeprefix("raw "), largest)


def bomb(encoding: str) -> bytes:
    """Pack 100 MB of zeros without ever holding them."""
    zeros = bytes(1_000_000)
    machine = packer(encoding)
    parts = [machine.compress(zeros) for _ in range(BOMB_BYTES // len(zeros))]
    return b"".join([*parts, machine.flush()])


def reason(found: bytes | Refused) -> Reason | None:
    return found.reason if isinstance(found, Refused) else None


@pytest.mark.parametrize("encoding", NAMES)
@settings(deadline=None)
@given(st.binary(max_size=LARGEST))
def test_what_was_packed_comes_out(encoding: str, plain: bytes) -> None:
    assert unpack(pack(plain, encoding), encoding) == plain


@settings(deadline=None)
@given(st.binary(max_size=LARGEST))
def test_what_is_not_compressed_passes(plain: bytes) -> None:
    assert inflate(plain, "", LARGEST) == plain
    assert inflate(plain, "identity", LARGEST) == plain


@pytest.mark.parametrize(
    "encoding",
    [
        pytest.param("GZIP", id="capitals"),
        pytest.param(" gzip ", id="spaces"),
    ],
)
def test_the_name_of_an_encoding_may_be_in_any_case(encoding: str) -> None:
    assert inflate(gzip.compress(b"{}"), encoding, LARGEST) == b"{}"


@pytest.mark.parametrize(
    "encoding",
    [
        pytest.param("compress", id="of-old"),
        pytest.param("gzip, gzip", id="twice"),
        pytest.param("geheim", id="no-encoding"),
    ],
)
def test_another_encoding_is_refused_with_those_that_are_known(encoding: str) -> None:
    found = inflate(b"{}", encoding, LARGEST)

    assert isinstance(found, Refused)
    assert found.reason is Reason.UNKNOWN_ENCODING
    assert "br, deflate, gzip, zstd" in found.detail
    assert encoding == "gzip, gzip" or encoding not in found.detail


@pytest.mark.parametrize("encoding", [*ENCODINGS, pytest.param("identity", id="identity")])
@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param(LARGEST, None, id="exactly-the-largest"),
        pytest.param(LARGEST + 1, Reason.TOO_LARGE_INFLATED, id="one-byte-more"),
    ],
)
def test_the_bound_is_exact(encoding: str, size: int, expected: Reason | None) -> None:
    plain = bytes(range(256)) * 4 + b"x" * LARGEST
    body = plain[:size] if encoding == "identity" else pack(plain[:size], encoding)

    assert reason(unpack(body, encoding)) is expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_bomb_is_stopped_within_bounded_memory(encoding: str) -> None:
    body = bomb(encoding)

    tracemalloc.start()
    try:
        found = unpack(body, encoding, 1024 * 1024)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(body) < BOMB_BYTES // 100
    assert reason(found) is Reason.TOO_LARGE_INFLATED
    assert peak < MOST_MEMORY


def test_a_frame_that_asks_for_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=27)
    machine = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = machine.compress(bytes(1_000_000)) + machine.flush()

    assert reason(inflate(body, "zstd", LARGEST)) is Reason.BROKEN_COMPRESSION


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)
@given(st.data())
def test_a_body_that_was_cut_is_refused(encoding: str, data: st.DataObject) -> None:
    body = pack(b"the quick brown fox" * 10, encoding)
    end = data.draw(st.integers(0, len(body) - 1))

    assert reason(unpack(body[:end], encoding)) is Reason.BROKEN_COMPRESSION


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(1, id="one-byte"),
        pytest.param(64, id="as-much-as-is-fed-at-once"),
        pytest.param(500, id="much"),
    ],
)
def test_a_body_that_is_followed_by_something_is_refused(encoding: str, size: int) -> None:
    body = pack(b"the quick brown fox", encoding) + b"x" * size

    assert reason(unpack(body, encoding)) is Reason.BROKEN_COMPRESSION


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_two_bodies_in_one_are_refused(encoding: str) -> None:
    body = pack(b"first", encoding) + pack(b"second", encoding)

    assert reason(unpack(body, encoding)) is Reason.BROKEN_COMPRESSION


@settings(deadline=None)
@given(
    st.sampled_from(["", "identity", "gzip", "deflate", "br", "zstd"]),
    st.sampled_from(
        [
            b"",
            b"\x78\x9c",
            b"\x0b\x00\x80",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00",
            b"\x28\xb5\x2f\xfd",
        ]
    ),
    st.binary(max_size=300),
    st.integers(0, 50),
)
def test_no_bytes_make_it_raise(encoding: str, head: bytes, rest: bytes, largest: int) -> None:
    found = inflate(head + rest, encoding, largest)

    assert isinstance(found, Refused) or len(found) <= largest


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)
@given(st.data())
def test_a_damaged_body_never_raises(encoding: str, data: st.DataObject) -> None:
    body = bytearray(pack(b"the quick brown fox" * 10, encoding))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))

    found = unpack(bytes(body), encoding)

    assert isinstance(found, bytes | Refused)
