"""Enters: bytes of a GVariant, its type. Leaves: the value in it, if they are in normal form.

Little-endian alone. Normal form is the one spelling that a value has: padding is zero, offsets are
in order and as narrow as they can be, texts are UTF-8. Other bytes are refused as a whole, because
whoever reads them leniently would read something else than the sender wrote. GLib takes one more
spelling for normal, which it never writes: a tuple of no bytes at all, without its offsets.

Values: a tuple or dict entry is a tuple, an array a list, an array of bytes bytes, an array of dict
entries a dict, a maybe its value or None, a variant a :class:`Variant`.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from aboveboard.wires.gvariant_types import (
    FIXED,
    LONGEST_TYPE,
    NotAType,
    Type,
    is_signature,
    parse_type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Reader: TypeAlias = "Callable[[bytes, int, int, int], object]"
"""Reads a value between two places; the last number is how many variants may be within it."""
MOST_VARIANTS = 16
"""Variants within one another."""
CACHED_TYPES = 256
CODES = {"y": "B", "n": "h", "q": "H", "i": "i", "u": "I", "h": "i", "x": "q", "t": "Q", "d": "d"}
"""Basic types as ``struct`` calls them."""
ZEROS = tuple(bytes(length) for length in range(8))
"""Padding of each length."""
_WIDTHS = {1: "B", 2: "H", 4: "I", 8: "Q"}
_OBJECT_PATH = re.compile(r"/|(/[A-Za-z0-9_]+)+")


class NotNormal(ValueError):  # noqa: N818 it says what the bytes are
    """Bytes are no value of the type in normal form."""


class Variant(NamedTuple):
    """A value that says its own type."""

    type: str
    value: object


def decode(text: str, data: bytes) -> object:
    """Read a value.

    Args:
        text: its type.
        data: all of its bytes, in normal form.

    Raises:
        NotNormal: they are no value of that type in normal form.
        NotAType: there is no such type.

    Example:
        >>> decode("(ub)", bytes([7, 0, 0, 0, 1, 0, 0, 0]))
        (7, True)
        >>> decode("a{sv}", b"")
        {}
    """
    try:
        return reader(text)(data, 0, len(data), MOST_VARIANTS)
    except (UnicodeDecodeError, struct.error) as error:
        raise NotNormal from error


def unwrapped(variant: Variant) -> Variant:
    """Take a variant out of the variants that it stands in.

    Example:
        >>> unwrapped(Variant("v", Variant("s", "Up!")))
        Variant(type='s', value='Up!')
    """
    while isinstance(variant.value, Variant):
        variant = variant.value
    return variant


@lru_cache(CACHED_TYPES)
def reader(text: str) -> Reader:
    """Give what reads a type; the last ones that were asked for are at hand.

    Raises:
        NotAType: there is no such type.
    """
    return _reader(parse_type(text))


def width_of(size: int) -> int:
    """Give the bytes of each offset in a container of so many bytes.

    Example:
        >>> width_of(255), width_of(256), width_of(1 << 16)
        (1, 2, 4)
    """
    return 1 if size < 1 << 8 else 2 if size < 1 << 16 else 4 if size < 1 << 32 else 8


def check_narrow(content: int, offsets: int, width: int) -> None:
    """Refuse offsets that could have been narrower.

    Args:
        content: bytes in front of the offsets.
        offsets: how many there are.
        width: bytes of each.
    """
    if width > 1 and width_of(content + offsets * (width // 2)) < width:
        raise NotNormal


def read_text(data: bytes, start: int, end: int) -> str:
    """Read the UTF-8 between two places; its last byte, and no other, is NUL."""
    if data.find(0, start, end) != end - 1 or start >= end:
        raise NotNormal
    return data[start : end - 1].decode()


def read_variant(data: bytes, start: int, end: int, depth: int) -> Variant:
    """Read a variant: its value, NUL, its type."""
    split = data.rfind(0, max(start, end - LONGEST_TYPE - 1), end)
    if split < 0 or depth == 0:
        raise NotNormal
    text = data[split + 1 : end].decode("latin-1")
    try:
        read = reader(text)
    except NotAType as error:
        raise NotNormal from error
    return Variant(text, read(data, start, split, depth - 1))


def ends(data: bytes, start: int, end: int) -> Sequence[int]:
    """Give the places where the elements of an array end, each of a size of its own."""
    width = width_of(end - start)
    last = int.from_bytes(data[end - width : end], "little")
    count, rest = divmod(end - start - last, width)
    if count <= 0 or rest:
        raise NotNormal
    check_narrow(last, count, width)
    if width == 1:
        return data[start + last : end]
    return struct.unpack_from(f"<{count}{_WIDTHS[width]}", data, start + last)


def _reader(of: Type) -> Reader:
    if of.kind in CODES:
        return _number(of)
    return _MAKERS[of.kind](of)


def _number(of: Type) -> Reader:
    one, size = struct.Struct("<" + CODES[of.kind]), of.size

    def read(data: bytes, start: int, end: int, _: int) -> object:
        if end - start != size:
            raise NotNormal
        return one.unpack_from(data, start)[0]

    return read


def _boolean(_: Type) -> Reader:
    def read(data: bytes, start: int, end: int, _: int) -> object:
        if end - start != 1 or data[start] > 1:
            raise NotNormal
        return data[start] == 1

    return read


def _text(_: Type) -> Reader:
    return lambda data, start, end, _: read_text(data, start, end)


def _checked_text(of: Type) -> Reader:
    fits = _OBJECT_PATH.fullmatch if of.kind == "o" else is_signature

    def read(data: bytes, start: int, end: int, _: int) -> object:
        text = read_text(data, start, end)
        if not fits(text):
            raise NotNormal
        return text

    return read


def _variant(_: Type) -> Reader:
    return read_variant


def _maybe(of: Type) -> Reader:
    (inner,) = of.members
    inside = _reader(inner)
    after = 0 if inner.size else 1

    def read(data: bytes, start: int, end: int, depth: int) -> object:
        if start == end:
            return None
        if after and data[end - 1]:
            raise NotNormal
        return inside(data, start, end - after, depth)

    return read


def _array(of: Type) -> Reader:
    (inner,) = of.members
    if inner.kind == "y":
        return lambda data, start, end, _: data[start:end]
    read = _array_of_fixed(inner) if inner.size else _array_of_others(inner)
    return _as_dict(read) if inner.kind == "{" else read


def _as_dict(read: Callable[[bytes, int, int, int], list[object]]) -> Reader:
    return lambda data, start, end, depth: dict(read(data, start, end, depth))  # type: ignore[arg-type]


def _array_of_fixed(inner: Type) -> Callable[[bytes, int, int, int], list[object]]:
    size, code, inside = inner.size or 1, CODES.get(inner.kind), _reader(inner)

    def read(data: bytes, start: int, end: int, depth: int) -> list[object]:
        count, rest = divmod(end - start, size)
        if rest:
            raise NotNormal
        if code:
            return list(struct.unpack_from(f"<{count}{code}", data, start))
        return [inside(data, at, at + size, depth) for at in range(start, end, size)]

    return read


def _array_of_others(inner: Type) -> Callable[[bytes, int, int, int], list[object]]:
    inside, mask = _reader(inner), inner.alignment - 1

    def read(data: bytes, start: int, end: int, depth: int) -> list[object]:
        if start == end:
            return []
        found, at = [], start
        places = ends(data, start, end)
        last = start + places[-1]
        for place in places:
            stop = start + place
            if pad := -at & mask:
                if data[at : at + pad] != ZEROS[pad]:
                    raise NotNormal
                at += pad
            if not at <= stop <= last:
                raise NotNormal
            found.append(inside(data, at, stop, depth))
            at = stop
        return found

    return read


def _tuple(of: Type) -> Reader:
    if of.size is None:
        return _tuple_of_others(of)
    if of.members and all(member.kind in CODES for member in of.members):
        return _tuple_of_numbers(of)
    return _tuple_of_fixed(of)


def _tuple_of_numbers(of: Type) -> Reader:
    """Read a tuple of numbers at once; what stands between them is read as bytes, and is zero."""
    form, pads, at = "<", [], 0
    for member in of.members:
        if pad := -at & (member.alignment - 1):
            pads.append((at, at + pad))
        form += f"{pad}x{CODES[member.kind]}" if pad else CODES[member.kind]
        at += pad + FIXED[member.kind]
    size = of.size or 0
    if at < size:
        pads.append((at, size))
    all_of_it = struct.Struct(form)

    def read(data: bytes, start: int, end: int, _: int) -> object:
        if end - start != size:
            raise NotNormal
        for first, last in pads:
            if data[start + first : start + last] != ZEROS[last - first]:
                raise NotNormal
        return all_of_it.unpack_from(data, start)

    return read


def _tuple_of_fixed(of: Type) -> Reader:
    steps = [(_reader(member), member.alignment - 1, member.size or 0) for member in of.members]
    size = of.size or 0

    def read(data: bytes, start: int, end: int, depth: int) -> object:
        if end - start != size:
            raise NotNormal
        found, at = [], start
        for inside, mask, length in steps:
            if pad := -at & mask:
                if data[at : at + pad] != ZEROS[pad]:
                    raise NotNormal
                at += pad
            found.append(inside(data, at, at + length, depth))
            at += length
        if data[at:end].strip(b"\0"):
            raise NotNormal
        return tuple(found)

    return read


def _tuple_of_others(of: Type) -> Reader:
    last = len(of.members) - 1
    steps = [
        (_reader(member), member.alignment - 1, member.size, at == last)
        for at, member in enumerate(of.members)
    ]
    offsets = sum(member.size is None for member in of.members[:-1])

    def read(data: bytes, start: int, end: int, depth: int) -> object:
        width = width_of(end - start)
        table = end - offsets * width
        check_narrow(table - start, offsets, width)
        found, at, offset = [], start, end
        for inside, mask, size, is_last in steps:
            if pad := -at & mask:
                if data[at : at + pad] != ZEROS[pad]:
                    raise NotNormal
                at += pad
            if size is not None:
                stop = at + size
            elif is_last:
                stop = table
            else:
                offset -= width
                stop = start + int.from_bytes(data[offset : offset + width], "little")
            if not at <= stop <= table:
                raise NotNormal
            found.append(inside(data, at, stop, depth))
            at = stop
        if at != table:
            raise NotNormal
        return tuple(found)

    return read


_MAKERS: dict[str, Callable[[Type], Reader]] = {
    "b": _boolean,
    "s": _text,
    "o": _checked_text,
    "g": _checked_text,
    "v": _variant,
    "m": _maybe,
    "a": _array,
    "(": _tuple,
    "{": _tuple,
}
