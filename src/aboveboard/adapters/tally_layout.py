"""Enters: the bytes of a tally. Leaves: its places, labels and counts, and the same bytes again.

In the machine's own byte order: 24 bytes of magic, the number of bytes in use, and then records:
the count (8 bytes), the label's length (2 bytes), the label, zeros up to a multiple of 8.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 64 * 1024
"""Bytes of a file; room for about a thousand different counts."""
MOST_RECORD = 8 * 1024
MAGIC = b"aboveboard tally 1\n".ljust(24, b"\0")
USED = 3
"""Place of the number of bytes in use, in words of 8 bytes."""
HEADER = 32
_WORD = 8
_LENGTH = 2
HEAD = MAGIC + HEADER.to_bytes(_WORD, sys.byteorder)
"""How a file without records begins; zeros follow."""


def record(label: str) -> bytes:
    """Give a new record, with the count 0.

    Example:
        >>> len(record("a label")), len(record("a label with more of it"))
        (24, 40)
    """
    text = label.encode()
    most = text[:MOST_RECORD]
    body = bytes(_WORD) + len(most).to_bytes(_LENGTH, sys.byteorder) + most
    return body.ljust(_padded(len(body)), b"\0")


def records(content: bytes) -> Iterator[tuple[int, str, int]]:
    """Give the place, the label and the count of each record; nothing of what is broken."""
    if not content.startswith(MAGIC):
        return
    end = min(used(content), len(content))
    place = HEADER
    while place + _WORD + _LENGTH <= end:
        start = place + _WORD + _LENGTH
        length = int.from_bytes(content[start - _LENGTH : start], sys.byteorder)
        if not 0 < length <= end - start:
            return
        text = content[start : start + length]
        yield place, text.decode(errors="replace"), _number(content, place)
        place = _padded(start + length)


def is_whole(content: bytes) -> bool:
    """Whether a file is as it was written; of one that is not, what can be read is gathered."""
    return len(content) == SIZE and _end(content) == used(content)


def used(content: bytes) -> int:
    """Give how many bytes a file has in use, by its own word."""
    return _number(content, USED * _WORD)


def has_room(content: bytes) -> bool:
    """Whether it is worth while to count on in a file, of which all that is in use is given."""
    return _end(content) == used(content) <= SIZE // 2


def _end(content: bytes) -> int:
    end = HEADER if content.startswith(MAGIC) else -1
    for place, label, _ in records(content):
        end = _padded(place + _WORD + _LENGTH + len(label.encode()))
    return end


def _number(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + _WORD], sys.byteorder)


def _padded(size: int) -> int:
    return -(-size // _WORD) * _WORD
