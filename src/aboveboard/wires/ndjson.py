"""Enters: a body with many reports, one a line. Leaves: its lines, and what a sealed one holds.

A line is a report, or a sealed one: ``{"id":"…","sealed":"…"}``, whose seal is bound to the app and
that id, as it would be at an address of its own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import msgspec

_MARK = b'"sealed"'


class _WireSealed(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """A sealed report as it stands in a line; the decoder undoes the base64."""

    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}\\Z")]
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedLine:
    """A sealed report.

    Attributes:
        id: of the report.
        body: what would be the body of its own request.
    """

    id: str
    body: bytes


_DECODER = msgspec.json.Decoder(_WireSealed)


def lines(body: bytes, most: int) -> list[bytes] | None:
    r"""Give the lines of a body with what ends them, without the empty ones.

    Args:
        body: what came.
        most: line breaks that it may have.

    Returns:
        None if it has more.

    Example:
        >>> lines(b'{"a":1}\n\r\n{"b":2}\r\n', 3)
        [b'{"a":1}\n', b'{"b":2}\r\n']
        >>> lines(b"\n\n\n\n", 3) is None
        True
    """
    # Sooner than by ``split``, which looks at each byte by itself.
    found = list(islice(io.BytesIO(body), most + 1))
    if len(found) > most and found[most].endswith(b"\n"):
        return None
    return [line for line in found if not line.isspace()]


def sealed(line: bytes) -> SealedLine | None:
    r"""Read a sealed line; None for any other.

    Example:
        >>> sealed(b'{"id":"00112233445566778899aabbccddeeff","sealed":"AAEC"}').body
        b'\x00\x01\x02'
        >>> sealed(b'{"format":1}') is None
        True
    """
    if _MARK not in line:
        return None
    try:
        found = _DECODER.decode(line)
    except ValueError:
        return None
    return SealedLine(found.id, found.sealed)
