"""Enters: an object of the host, of any type. Leaves: what it holds in plain types, or nothing.

No method of a foreign class runs here: an object is judged by its true type, and read by the
methods of Python's own type that it derives from, whatever its class made of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

MOST_ITEMS = 10_000
"""So many items of a value are looked at, those of lists inside lists with them."""
DEEPEST = 20
# Typed as what calls have in common: a checker cannot know that each method meets its own type.
_MANY: tuple[Any, ...] = (list, tuple, set, frozenset)


def is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether a value derives from a type in truth, whatever it says of its class."""
    return issubclass(type(value), kind)


def text_of(value: object) -> str | None:
    """Give a text as it is, or None for anything else.

    Example:
        >>> text_of("dark"), text_of(b"dark")
        ('dark', None)
    """
    return str.__str__(value) if is_a(value, str) else None


def number_of(value: object) -> int | float | None:
    """Give a number as it is, or None for anything else; yes and no are no numbers.

    Example:
        >>> number_of(3), number_of(0.5), number_of(True), number_of("3")
        (3, 0.5, None, None)
    """
    if is_a(value, int) and not is_a(value, bool):
        return int.__int__(value)
    return float.__float__(value) if is_a(value, float) else None


def items_of(value: object) -> Iterator[object] | None:
    """Give the items of a list, a tuple or a set, or None for anything else.

    Example:
        >>> list(items_of(["a", "b"]) or ()), items_of("ab"), items_of({"a": 1})
        (['a', 'b'], None, None)
    """
    for kind in _MANY:
        if is_a(value, kind):
            items: Iterator[object] = kind.__iter__(value)
            return items
    return None


def length_of(value: object) -> int | None:
    """Tell how many items a list, a tuple, a set or a table has, or None for anything else.

    Example:
        >>> length_of({"a": 1}), length_of(("a", "b")), length_of("ab")
        (1, 2, None)
    """
    for kind in (*_MANY, dict):
        if is_a(value, kind):
            return int(kind.__len__(value))
    return None


def same(value: object, other: object) -> bool:
    """Whether two values hold the same.

    Yes is not 1 and "1" is not 1, but 1 is 1.0; a tuple may stand for a list. The order of a list
    counts, that of a set or a table does not.

    Raises:
        ValueError: one of them cannot be understood.

    Example:
        >>> same({"port": 25, "hosts": ("a", "b")}, {"hosts": ["a", "b"], "port": 25})
        True
        >>> same(True, 1)
        False
    """
    return value is other or _Shape().of(value) == _Shape().of(other)


class _Shape:
    """Makes a value comparable, in nothing but plain types."""

    def __init__(self) -> None:
        self._left = MOST_ITEMS

    def of(self, value: object, depth: int = 0) -> tuple[str, object]:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            message = "too deep or too long"
            raise ValueError(message)
        if value is None or value is True or value is False:
            return "word", value
        if is_a(value, bytes):
            return "bytes", bytes.__getitem__(value, slice(None))
        if (number := number_of(value)) is not None:
            return "number", number
        if (text := text_of(value)) is not None:
            return "text", text
        return self._of_many(value, depth + 1)

    def _of_many(self, value: object, depth: int) -> tuple[str, object]:
        if is_a(value, dict):
            pairs = dict.items(value)
            return "table", frozenset((self.of(k, depth), self.of(v, depth)) for k, v in pairs)
        items = items_of(value)
        if items is None:
            message = "not of a type that is understood"
            raise ValueError(message)
        shapes = (self.of(item, depth) for item in items)
        if is_a(value, list) or is_a(value, tuple):
            return "list", tuple(shapes)
        return "set", frozenset(shapes)
