"""Enters: bytes of a connection. Leaves: the plain request that they are, whole, or None.

Most clients send a request in one piece, and write it plainly. Such a one is read here, in a
fraction of the time that a parser takes which is ready for anything. What is taken is a part of
what RFC 9112 allows, chosen so small that nobody can read it in another way: no field that says
where a request ends but one ``Content-Length``, no folded lines, no letter that is not ASCII.
Everything else is None, and for the parser; a test compares both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_HEAD = 4096
MOST_FIELDS = 50
MOST_REMEMBERED = 1024
LONGEST_REMEMBERED = 512
REMEMBERED = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"connection",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"user-agent",
        b"x-sentry-auth",
    }
)
"""Fields that are the same for all clients of a version. A head that has others may tell who or
where somebody is, and is read anew each time."""
END_OF_HEAD = b"\r\n\r\n"
_LINE = re.compile(rb"(GET|OPTIONS|POST|PUT) (/[A-Za-z0-9/._~%?&=+:,@!$'()*;-]*) HTTP/1\.([01])")
_NAME = re.compile(rb"[A-Za-z0-9-]+")
_ODD = re.compile(rb"[^\r\n\t\x20-\x7e]")
_UNUSUAL = frozenset({b"expect", b"proxy-connection", b"te", b"trailer", b"transfer-encoding"})
_UNUSUAL |= {b"http2-settings", b"upgrade"}
_MOST_DIGITS = 9


class Head(NamedTuple):
    """The fields of a head.

    Attributes:
        fields: names in lower case, and values; a tuple where the head is one that many send.
        length: of the body.
        stays: whether the connection may be used again, as far as the fields say.
    """

    fields: Sequence[tuple[bytes, bytes]]
    length: int
    stays: bool


class Plain(NamedTuple):
    """A request.

    Attributes:
        method: in capitals.
        url: path and query as they stand.
        head: its fields.
        body: the whole of it.
        stays: whether the connection may be used again.
    """

    method: bytes
    url: bytes
    head: Head
    body: bytes
    stays: bool


def plain_request(data: bytes, known: dict[bytes, Head]) -> Plain | None:
    r"""Read a request; None if it is not plain, not whole, or not alone.

    Args:
        data: what came.
        known: heads that were read before; most clients of a version write the same.

    Example:
        >>> found = plain_request(b"PUT /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", {})
        >>> found.url, found.head.fields, found.body
        (b'/a', ((b'content-length', b'2'),), b'{}')
        >>> plain_request(b"PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {})
    """
    end = data.find(END_OF_HEAD)
    start = data.find(b"\r\n")
    if not 0 <= start <= end <= LARGEST_HEAD:
        return None
    line = _LINE.fullmatch(data, 0, start)
    if line is None:
        return None
    block = data[start:end]
    head = known.get(block) or _read(block, known)
    if head is None or len(data) - end - len(END_OF_HEAD) != head.length:
        return None
    method, url, minor = line.groups()
    body = data[end + len(END_OF_HEAD) :]
    return Plain(method, url, head, body, head.stays and minor == b"1")


def _read(block: bytes, known: dict[bytes, Head]) -> Head | None:
    """Read the fields of a head, each with the line end before it."""
    head = _head(block)
    if head is None or len(block) > LONGEST_REMEMBERED:
        return head
    if any(name not in REMEMBERED for name, _ in head.fields):
        return head
    if len(known) >= MOST_REMEMBERED:
        del known[next(iter(known))]
    head = known[block] = head._replace(fields=tuple(head.fields))
    return head


def _head(block: bytes) -> Head | None:
    lines = block.split(b"\r\n")[1:]
    breaks = block.count(b"\r"), block.count(b"\n")
    if len(lines) > MOST_FIELDS or breaks != (len(lines), len(lines)) or _ODD.search(block):
        return None
    fields: list[tuple[bytes, bytes]] = []
    length, stays = b"", True
    for line in lines:
        name, colon, value = line.partition(b":")
        name, value = name.lower(), value.lstrip(b" \t")
        if not colon or _NAME.fullmatch(name) is None or name in _UNUSUAL:
            return None
        if value[-1:] in {b" ", b"\t"}:
            return None
        if name == b"content-length":
            if length or not value.isdigit() or len(value) > _MOST_DIGITS:
                return None
            length = value
        elif name == b"connection":
            if value.lower() not in {b"keep-alive", b"close"}:
                return None
            stays = stays and value.lower() == b"keep-alive"
        fields.append((name, value))
    return Head(fields, int(length or b"0"), stays)
