"""Enters: JSON of a stranger. Leaves: the object that it is, and whole numbers of it."""

from __future__ import annotations

from typing import Any

import msgspec

BROKEN = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What reading the bytes of a stranger may raise."""
_OBJECT = msgspec.json.Decoder(dict[str, Any])


def read_object(text: bytes) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else.

    Example:
        >>> read_object(b'{"a": 1}'), read_object(b"[]"), read_object(b"{")
        ({'a': 1}, None, None)
    """
    try:
        return _OBJECT.decode(text)
    except BROKEN:
        return None


def amount(told: object, largest: int) -> int:
    """Give a whole number above 0, and 0 for anything else.

    Example:
        >>> amount(3, 10), amount(30, 10), amount(True, 10), amount("3", 10)
        (3, 0, 0, 0)
    """
    if not isinstance(told, int) or isinstance(told, bool):
        return 0
    return told if 0 < told <= largest else 0


def objects(told: object) -> list[dict[str, Any]]:
    """Give the objects of a list, none for what is none.

    Example:
        >>> objects([{"a": 1}, 7]), objects("text")
        ([{'a': 1}], [])
    """
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
