"""Enters: compressed bytes of a stranger. Leaves: what they hold, or a refusal, within a bound."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import zstandard

from aboveboard.model.verdict import Reason, Refused

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover it is made for CPython alone
    brotli = None

if TYPE_CHECKING:
    from collections.abc import Callable

GZIP_BITS, ZLIB_BITS = 31, 15
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""The most memory a zstd frame may ask for (RFC 8878, section 3.1.1.1.2 recommends it)."""
ZSTD_STEP_BYTES = 64
"""Compressed bytes fed at once: at most 16 blocks of 128 KiB can come out before the next look."""


def inflate(body: bytes, encoding: str, largest: int) -> bytes | Refused:
    """Undo a ``Content-Encoding``.

    Args:
        body: the compressed bytes.
        encoding: ``""``, ``identity``, ``gzip``, ``deflate``, ``br`` or ``zstd``, in any case.
        largest: the most bytes that may come out; a bomb is stopped there.

    Example:
        >>> import gzip
        >>> inflate(gzip.compress(b"{}"), "gzip", 100)
        b'{}'
        >>> inflate(gzip.compress(b"0" * 1000), "gzip", 100).reason.value
        'too_large_inflated'
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return body if len(body) <= largest else _too_large(largest)
    if name not in _CODECS:
        known = ", ".join(sorted(_CODECS))
        return Refused(Reason.UNKNOWN_ENCODING, f"Content-Encoding may be one of: {known}.")
    try:
        plain = _CODECS[name](body, largest + 1)
    except BROKEN:
        return Refused(Reason.BROKEN_COMPRESSION, f"The body is not whole {name} data.")
    return plain if len(plain) <= largest else _too_large(largest)


def _too_large(largest: int) -> Refused:
    return Refused(Reason.TOO_LARGE_INFLATED, f"More than {largest} bytes when inflated.")


def _gzip(body: bytes, most: int) -> bytes:
    return _zlib(body, most, GZIP_BITS)


def _deflate(body: bytes, most: int) -> bytes:
    return _zlib(body, most, ZLIB_BITS if has_zlib_head(body) else -ZLIB_BITS)


def has_zlib_head(body: bytes) -> bool:
    """Whether a body of ``deflate`` begins with the head that RFC 1950 gives it.

    RFC 9110, section 8.4.1.2: some send it without.
    """
    head = int.from_bytes(body[:2])
    return head >> 8 & 0x0F == zlib.DEFLATED and head % 31 == 0


def _zlib(body: bytes, most: int, bits: int) -> bytes:
    machine = zlib.decompressobj(wbits=bits)
    plain = machine.decompress(body, most)
    if len(plain) < most and (not machine.eof or machine.unused_data):
        raise EOFError
    return plain


def _brotli(body: bytes, most: int) -> bytes:
    # The window of a brotli stream is 16 MiB at most: this decoder takes no larger ones.
    machine = brotli.Decompressor()
    # It stops soon after so many bytes came out, and else when all that went in is used up.
    plain: bytes = machine.process(body, output_buffer_limit=most)
    if len(plain) < most and not machine.is_finished():
        raise EOFError
    return plain[:most]


def _zstd(body: bytes, most: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()
    plain = bytearray()
    for start in range(0, len(body), ZSTD_STEP_BYTES):
        plain += reader.decompress(body[start : start + ZSTD_STEP_BYTES])
        if len(plain) >= most:
            return bytes(plain[:most])
    if not reader.eof or reader.unused_data:
        raise EOFError
    return bytes(plain)


_CODECS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
BROKEN: tuple[type[Exception], ...] = (zlib.error, zstandard.ZstdError, EOFError)
"""What undoing the bytes of a stranger may raise."""
if brotli is not None:  # pragma: no branch as above
    _CODECS["br"] = _brotli
    BROKEN += (brotli.error,)
