"""Enters: a message of Protocol Buffers. Leaves: the fields of it that are looked at.

Of the few messages that a collector reads, it names the few fields that matter; what else there is
is skipped unread. The library of Protocol Buffers would bring a compiler's output, a C extension
and a second reader for what is said in JSON as well. This gives what JSON would have given.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Messages = Mapping[str, Mapping[int, "Field"]]

DEEPEST = 24
VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5
_SEVEN_BITS, _LONGEST_VARINT = 7, 10
_SIGN = 1 << 63
MORE = 0x80
"""The bit of a byte that says that more of a number follows."""
_LENGTHS = {EIGHT: 8, FOUR: 4}


class Field(NamedTuple):
    """A field of a message.

    Attributes:
        name: as JSON calls it.
        kind: ``bool``, ``int``, ``fixed``, ``signed``, ``double``, ``text``, or a message.
        many: whether it may be there more than once.
    """

    name: str
    kind: str
    many: bool = False


def read_message(data: bytes, name: str, messages: Messages, depth: int = 0) -> dict[str, Any]:
    r"""Read a message.

    Args:
        data: its bytes.
        name: which it is.
        messages: of each message the fields that are looked at, by number.
        depth: how many messages it stands in.

    Raises:
        ValueError: it is no such message, or too deep.

    Example:
        >>> messages = {"Pair": {1: Field("key", "text"), 2: Field("value", "int")}}
        >>> read_message(b"\x0a\x01a\x10\x96\x01", "Pair", messages)
        {'key': 'a', 'value': 150}
    """
    if depth > DEEPEST:
        message = "too deep"
        raise ValueError(message)
    fields = messages[name]
    found: dict[str, Any] = {}
    place, end = 0, len(data)
    while place < end:
        tag = data[place]
        if tag < MORE:  # as most are
            place += 1
        else:
            tag, place = _varint(data, place)
        value, place = _value(data, place, tag & 7)
        field = fields.get(tag >> 3)
        if field is not None:
            told = _told(field, tag & 7, value, messages, depth)
            if field.many:
                found.setdefault(field.name, []).extend(told)
            else:
                found[field.name] = told[-1] if told else None
    return found


def _value(data: bytes, place: int, shape: int) -> tuple[int | bytes, int]:
    if shape == BYTES:
        if place < len(data) and data[place] < MORE:  # as most are
            length, place = data[place], place + 1
        else:
            length, place = _varint(data, place)
    elif shape == VARINT:
        return _varint(data, place)
    elif shape in _LENGTHS:
        length = _LENGTHS[shape]
    else:
        message = "no such shape"
        raise ValueError(message)
    end = place + length
    if end > len(data):
        message = "cut"
        raise ValueError(message)
    return data[place:end], end


def _varint(data: bytes, place: int) -> tuple[int, int]:
    found = 0
    for number, byte in enumerate(data[place : place + _LONGEST_VARINT]):
        found |= (byte & 0x7F) << _SEVEN_BITS * number
        if byte < MORE:
            return found & (2 * _SIGN - 1), place + number + 1
    message = "a number that does not end"
    raise ValueError(message)


def _told(
    field: Field, shape: int, value: int | bytes, messages: Messages, depth: int
) -> Sequence[object]:
    """Give what a field says; a list of numbers may be packed into one."""
    kind = field.kind
    if shape == BYTES and isinstance(value, bytes):
        if kind in messages:
            return (read_message(value, kind, messages, depth + 1),)
        if kind == "text":
            return (value.decode(),)
    if isinstance(value, int) and kind in _OF_VARINT:
        return (_OF_VARINT[kind](value),)
    if isinstance(value, bytes) and kind in _OF_EIGHT and len(value) % 8 == 0:
        return struct.unpack(f"<{len(value) // 8}{_OF_EIGHT[kind]}", value)
    message = f"{field.name} has another shape"
    raise ValueError(message)


_OF_VARINT: Mapping[str, Callable[[int], object]] = {
    "bool": bool,
    "int": lambda number: number - 2 * _SIGN if number >= _SIGN else number,
}
_OF_EIGHT = {"fixed": "Q", "signed": "q", "double": "d"}


def written(number: int, value: int | bytes) -> bytes:
    r"""Write one field: a number, or bytes.

    Example:
        >>> written(1, 150), written(2, b"a")
        (b'\x08\x96\x01', b'\x12\x01a')
    """
    if isinstance(value, bytes):
        return _number(number << 3 | BYTES) + _number(len(value)) + value
    return _number(number << 3) + _number(value)


def _number(value: int) -> bytes:
    found = bytearray()
    while value >= MORE:
        found.append(value & 0x7F | MORE)
        value >>= _SEVEN_BITS
    return bytes([*found, value])
