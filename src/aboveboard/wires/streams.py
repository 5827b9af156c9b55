"""Enters: compressed bytes of a stranger, piece by piece. Leaves: what they hold, within a bound.

For bodies that are too large to lie in memory: a piece is undone when it comes, and of what comes
out no more is there at once than ``STEP``, or what one look of a decoder gives.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import zstandard

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.codecs import (
    BROKEN,
    GZIP_BITS,
    ZLIB_BITS,
    ZSTD_STEP_BYTES,
    ZSTD_WINDOW_BYTES,
    has_zlib_head,
)

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover as in codecs
    brotli = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STEP = 256 * 1024
_HEAD_BYTES = 2


class Machine(Protocol):
    """Undoes one way of packing."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and give what came out of it."""
        ...

    def is_whole(self) -> bool:
        """Whether all of it came, and nothing behind it."""
        ...


class _Plain:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def is_whole(self) -> bool:
        return True


class _Zlib:
    def __init__(self, bits: int) -> None:
        self._machine = zlib.decompressobj(wbits=bits)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while True:
            found = self._machine.decompress(piece, STEP)
            piece = self._machine.unconsumed_tail
            if found:
                yield found
            if self._machine.eof or not (found or piece):
                if self._machine.unused_data:
                    raise EOFError
                return

    def is_whole(self) -> bool:
        return self._machine.eof


class _Deflate:
    """Some send the stream without the head that RFC 1950 gives it; two bytes tell."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Zlib | None = None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += piece
            if len(self._head) < _HEAD_BYTES:
                return
            self._inner = _Zlib(ZLIB_BITS if has_zlib_head(self._head) else -ZLIB_BITS)
            piece = self._head
        yield from self._inner.feed(piece)

    def is_whole(self) -> bool:
        return self._inner is not None and self._inner.is_whole()


class _Brotli:
    def __init__(self) -> None:
        self._machine = brotli.Decompressor()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while found := self._machine.process(piece, output_buffer_limit=STEP):
            yield found
            piece = b""

    def is_whole(self) -> bool:
        return bool(self._machine.is_finished())


class _Zstd:
    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
        self._machine = decompressor.decompressobj()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        for start in range(0, len(piece), ZSTD_STEP_BYTES):
            yield self._machine.decompress(piece[start : start + ZSTD_STEP_BYTES])

    def is_whole(self) -> bool:
        return bool(self._machine.eof and not self._machine.unused_data)


class Unpacking:
    """Undoes a ``Content-Encoding`` piece by piece.

    Args:
        encoding: as for ``codecs.inflate``.
        largest: the most bytes that may come out.

    Attributes:
        refused: why nothing more comes out; None as long as all is well.

    Example:
        >>> packed = zlib.compress(b"a letter")
        >>> unpacking = Unpacking("deflate", 100)
        >>> b"".join([*unpacking.feed(packed[:5]), *unpacking.feed(packed[5:])])
        b'a letter'
        >>> unpacking.end() is None
        True
    """

    def __init__(self, encoding: str, largest: int) -> None:
        self.refused: Refused | None = None
        self._left = largest
        name = encoding.strip().lower()
        self._machine: Machine = _Plain()
        if name in MACHINES:
            self._machine = MACHINES[name]()
        else:
            known = ", ".join(sorted({*MACHINES} - {"", "identity"}))
            detail = f"Content-Encoding may be one of: {known}."
            self.refused = Refused(Reason.UNKNOWN_ENCODING, detail)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and give what came out of it."""
        if self.refused is not None:
            return
        try:
            for found in self._machine.feed(piece):
                self._left -= len(found)
                if self._left < 0:
                    self.refused = Refused(Reason.TOO_LARGE_INFLATED, "Too large when inflated.")
                    return
                yield found
        except BROKEN:
            self.refused = _BROKEN_OFF

    def end(self) -> Refused | None:
        """Tell whether all of it came, and why not."""
        if self.refused is None and not self._machine.is_whole():
            self.refused = _BROKEN_OFF
        return self.refused


_BROKEN_OFF = Refused(Reason.BROKEN_COMPRESSION, "The body is not packed as it says.")
MACHINES: Mapping[str, Callable[[], Machine]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": lambda: _Zlib(GZIP_BITS),
    "deflate": _Deflate,
    "zstd": _Zstd,
    **({} if brotli is None else {"br": _Brotli}),
}
"""Name to what undoes it."""
WIDE = frozenset({"br", "zstd"})
"""Those that need 8 to 16 MiB of memory for what they look back at."""
