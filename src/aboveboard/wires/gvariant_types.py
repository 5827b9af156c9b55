"""Enters: a GVariant type string. Leaves: the type in it, with its alignment and fixed size.

Only definite types are read: those that a value can have. How deep one may be nested, and how long
its text may be, is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TYPE = 255
"""Characters of a type string."""
DEEPEST_TYPE = 16
"""Containers within one another in a type; a variant begins anew."""
FIXED = {
    "b": 1, "y": 1, "n": 2, "q": 2, "i": 4, "u": 4, "h": 4, "x": 8, "t": 8, "d": 8,
}  # fmt: skip
"""Basic types of a fixed size, in bytes; they are aligned to as many."""
TEXTS = "sog"
"""Basic types whose values are texts."""
BASIC = frozenset([*FIXED, *TEXTS])
_CLOSES = {"(": ")", "{": "}"}


class NotAType(ValueError):  # noqa: N818 like NotNormal, it is caught by whoever reads a variant
    """A text is no type that a value can have."""


@dataclass(frozen=True, slots=True)
class Type:
    """A definite type.

    Attributes:
        text: its type string.
        kind: the first character: ``(``, ``a``, ``{``, ``m``, ``v`` or a basic type.
        members: the types within it.
        alignment: what its first byte's place is a multiple of.
        size: bytes of each value; None where they differ.
    """

    text: str
    kind: str
    members: tuple[Type, ...]
    alignment: int
    size: int | None


def parse_type(text: str) -> Type:
    """Read one complete type.

    Raises:
        NotAType: it is none, it is more than one, or it is too long or nested too deeply.

    Example:
        >>> found = parse_type("(uay)")
        >>> found.alignment, found.size, [member.text for member in found.members]
        (4, None, ['u', 'ay'])
    """
    if len(text) > LONGEST_TYPE:
        raise NotAType
    found, end = _one(text, 0, DEEPEST_TYPE)
    if end != len(text):
        raise NotAType
    return found


def is_signature(text: str) -> bool:
    """Whether a text is a value of the type ``g``: complete types without a maybe, side by side.

    Example:
        >>> is_signature("sa{sv}"), is_signature("ms"), is_signature("a")
        (True, False, False)
    """
    if "m" in text or len(text) > LONGEST_TYPE:
        return False
    at = 0
    try:
        while at < len(text):
            _, at = _one(text, at, DEEPEST_TYPE)
    except NotAType:
        return False
    return True


def aligned(at: int, alignment: int) -> int:
    """Give the next place that is a multiple of an alignment.

    Example:
        >>> aligned(9, 8), aligned(16, 8)
        (16, 16)
    """
    return at + (-at & (alignment - 1))


def _one(text: str, at: int, depth: int) -> tuple[Type, int]:
    """Read a type that begins at a place; give it and the place behind it."""
    kind = text[at : at + 1]
    if kind in FIXED:
        return Type(kind, kind, (), FIXED[kind], FIXED[kind]), at + 1
    if kind == "v":
        return Type(kind, kind, (), 8, None), at + 1
    if kind and kind in TEXTS:
        return Type(kind, kind, (), 1, None), at + 1
    if not kind or kind not in "am({" or depth == 0:
        raise NotAType
    if kind in "am":
        inner, end = _one(text, at + 1, depth - 1)
        return Type(text[at:end], kind, (inner,), inner.alignment, None), end
    members, end = _members(text, at, depth - 1)
    if kind == "{" and (len(members) != 2 or members[0].kind not in BASIC):  # noqa: PLR2004 key, value
        raise NotAType
    alignment = max((member.alignment for member in members), default=1)
    return Type(text[at:end], kind, members, alignment, _size(members, alignment)), end


def _members(text: str, at: int, depth: int) -> tuple[tuple[Type, ...], int]:
    closes, at = _CLOSES[text[at]], at + 1
    members: list[Type] = []
    while text[at : at + 1] != closes:
        member, at = _one(text, at, depth)
        members.append(member)
    return tuple(members), at + 1


def _size(members: tuple[Type, ...], alignment: int) -> int | None:
    """Add up members of a fixed size, with what stands between them; () takes one byte."""
    at = 0
    for member in members:
        if member.size is None:
            return None
        at = aligned(at, member.alignment) + member.size
    return aligned(at, alignment) or 1
