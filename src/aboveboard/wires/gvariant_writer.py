"""Enters: a value and its type. Leaves: the bytes of a GVariant, in normal form, little-endian."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TypeAlias

from aboveboard.wires.gvariant import CODES, width_of
from aboveboard.wires.gvariant_types import Type, aligned, parse_type

Value: TypeAlias = Any
"""Of the type that stands beside it."""


class Just(NamedTuple):
    """What a maybe holds, where its value alone would not tell."""

    value: Value


def encode(text: str, value: Value) -> bytes:
    r"""Write a value of a type; in a maybe, None is nothing.

    Example:
        >>> encode("(sy)", ("Up!", 7))
        b'Up!\x00\x07\x04'
    """
    return _write(parse_type(text), value)


def _write(of: Type, value: Value) -> bytes:
    if of.kind in CODES:
        return struct.pack("<" + CODES[of.kind], value)
    return _WRITERS[of.kind](of, value)


def _boolean(_: Type, value: Value) -> bytes:
    return bytes([value])


def _text(_: Type, value: Value) -> bytes:
    return str(value).encode() + b"\0"


def _variant(_: Type, value: Value) -> bytes:
    return encode(value.type, value.value) + b"\0" + str(value.type).encode()


def _maybe(of: Type, value: Value) -> bytes:
    if value is None:
        return b""
    inner = of.members[0]
    held = value.value if isinstance(value, Just) else value
    return _write(inner, held) + (b"" if inner.size else b"\0")


def _array(of: Type, value: Value) -> bytes:
    inner = of.members[0]
    if inner.kind == "y":
        return bytes(value)
    items = value.items() if isinstance(value, dict) else value
    body, ends = b"", []
    for item in items:
        body = body.ljust(aligned(len(body), inner.alignment), b"\0") + _write(inner, item)
        ends.append(len(body))
    return body if inner.size else _with_offsets(body, ends)


def _tuple(of: Type, value: Value) -> bytes:
    body, ends = b"", []
    for at, (member, item) in enumerate(zip(of.members, value, strict=True), 1):
        body = body.ljust(aligned(len(body), member.alignment), b"\0") + _write(member, item)
        if member.size is None and at < len(of.members):
            ends.append(len(body))
    if of.size is not None:
        return body.ljust(of.size, b"\0")
    return _with_offsets(body, ends[::-1])


def _with_offsets(body: bytes, ends: list[int]) -> bytes:
    width = next(w for w in (1, 2, 4, 8) if width_of(len(body) + w * len(ends)) <= w)
    return body + b"".join(end.to_bytes(width, "little") for end in ends)


_WRITERS = {
    "b": _boolean, "s": _text, "o": _text, "g": _text, "v": _variant, "m": _maybe,
    "a": _array, "(": _tuple, "{": _tuple,
}  # fmt: skip
