"""Enters: records, or bytes of a segment. Leaves: frames, and what of the bytes is a whole frame.

A frame is ``[length u32, crc32 u32, payload]``, little-endian. A frame of length 0 is the end:
what lies behind it was reserved on the disk and never written.
"""

from __future__ import annotations

import struct
from itertools import chain
from typing import TYPE_CHECKING

from aboveboard.ports.collector import ERASED

try:
    from zlib_ng.zlib_ng import crc32
except ImportError:  # what helps applications to test needs the standard library alone
    from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEADER = b"ABLOG\x00\x00\x01"
"""Begins each segment: what it is, and the version of its form."""
FRAME = struct.Struct("<II")


def framed(records: Sequence[bytes]) -> bytes:
    """Give the frames of records, one behind the other."""
    pack = FRAME.pack
    heads = [pack(len(record), crc32(record)) for record in records]
    return b"".join(chain.from_iterable(zip(heads, records, strict=True)))


def erased(length: int) -> bytes:
    """Give the frame that takes the place of one whose payload had so many bytes.

    Example:
        >>> erased(20)[FRAME.size :]
        b'{"kind":"erased"}   '
    """
    word = ERASED if length >= len(ERASED) else b"{}"
    return framed([word.ljust(length)[:length]])


def frames(data: bytes) -> tuple[list[bytes], int]:
    """Split bytes into whole, unbroken frames.

    Returns:
        The payloads up to the first broken or cut frame, and how many bytes they took.

    Example:
        >>> frames(framed([b"ok"]) + b"torn")
        ([b'ok'], 10)
    """
    # As _whole does it, without a call for each: the loader spends a tenth of its time here.
    records: list[bytes] = []
    place, head, unpack = 0, FRAME.size, FRAME.unpack_from
    while place + head <= len(data):
        length, check = unpack(data, place)
        payload = data[place + head : place + head + length]
        if not length or len(payload) < length or crc32(payload) != check:
            break
        records.append(payload)
        place += head + length
    return records, place


def stretches(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give every whole frame, and what is broken between two of them as if it were one.

    Returns:
        Offsets and payloads, in order.

    Example:
        >>> list(stretches(framed([b"ok"]) + b"0123456789" + framed([b"well"])))
        [(0, b'ok'), (10, b'89'), (20, b'well')]
    """
    place = 0
    while place < len(data):
        payload = _whole(data, place)
        if payload is None:
            end = next((p for p in range(place + 1, len(data)) if _is_whole(data, p)), len(data))
            payload = data[place + FRAME.size : end]
        else:
            end = place + FRAME.size + len(payload)
        yield place, payload
        place = end


def left_over(tail: bytes) -> bytes:
    """Give what stands behind a segment's last whole frame, without what was only reserved.

    Example:
        >>> left_over(bytes(100)), left_over(b"torn" + bytes(100)), left_over(bytes(8) + b"odd")
        (b'', b'torn', b'odd')
    """
    tail = tail.rstrip(b"\0")
    return tail.lstrip(b"\0") if tail.startswith(bytes(FRAME.size)) else tail


def _whole(data: bytes, place: int) -> bytes | None:
    if place + FRAME.size > len(data):
        return None
    length, check = FRAME.unpack_from(data, place)
    payload = data[place + FRAME.size : place + FRAME.size + length]
    if not length or len(payload) < length or crc32(payload) != check:
        return None
    return payload


def _is_whole(data: bytes, place: int) -> bool:
    return _whole(data, place) is not None
