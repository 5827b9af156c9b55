"""Enters: an item of a queue on the native wire. Leaves: the request that somebody put into it.

An item is a head, a line feed and the body. The head is one line of JSON and says what the address
and the headers of a request would (``docs/queue.md``); the body is the body, byte for byte.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

LONGEST_HEAD = 1024
"""Bytes; a longer first line is no head."""

Text = Annotated[str, msgspec.Meta(max_length=200)]


class ItemHead(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What stands before an item's body.

    Attributes:
        format: the version of this form.
        app: the second part of the address that the report would be sent to.
        id: its third part.
        type: the header ``Content-Type``.
        encoding: the header ``Content-Encoding``.
    """

    format: Literal[1]
    app: Text
    id: Text
    type: Text = ""
    encoding: Text = ""


_DECODER = msgspec.json.Decoder(ItemHead)
_ENCODER = msgspec.json.Encoder()


def read(item: bytes) -> tuple[ItemHead, bytes] | None:
    r"""Read an item: its head and its body, or None if it is none.

    Example:
        >>> read(b'{"format":1,"app":"editor","id":"0f"}\n{}')
        (ItemHead(format=1, app='editor', id='0f', type='', encoding=''), b'{}')
        >>> read(b"{}") is None
        True
    """
    end = item.find(b"\n", 0, LONGEST_HEAD + 1)
    if end < 0:
        return None
    try:
        head = _DECODER.decode(item[:end])
    except ValueError:
        return None
    return head, item[end + 1 :]


def write(head: ItemHead, body: bytes) -> bytes:
    r"""Write an item, for whoever fills a queue.

    Example:
        >>> write(ItemHead(1, "editor", "0f"), b"{}")
        b'{"format":1,"app":"editor","id":"0f"}\n{}'
    """
    return _ENCODER.encode(head) + b"\n" + body
