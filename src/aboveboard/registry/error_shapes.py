"""Enters: nothing. Leaves: the shapes of what may be told of an error, the same on both ends.

There is no place for a text in them: a frame is three names of a program's code and its line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboveboard.model.digest import hex_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ELSEWHERE = "(elsewhere)"
"""Stands for code that is neither the program's nor installed, and for a name that is none."""
MOST_FRAMES = 50
MOST_TYPES = 10
LONGEST_FRAME = 200
LONGEST_TYPE = 160
LONGEST_MESSAGE = 200

_NAME = "[A-Za-z_][A-Za-z0-9_]{0,79}"
_PART = f"(?:{_NAME}|<(?:module|lambda|locals|listcomp|setcomp|dictcomp|genexpr)>)"
_DOTTED = rf"{_NAME}(?:\.{_NAME}){{0,11}}"
FRAME = re.compile(rf"\(elsewhere\)|{_DOTTED}:{_PART}(?:\.{_PART}){{0,11}}:[0-9]{{1,7}}")
"""Where the program was: ``editor.files:Page.save:42``."""
ERROR_TYPE = re.compile(rf"\(elsewhere\)|{_DOTTED}\.{_NAME}")
"""What kind of error it was: ``builtins.ValueError``."""
MESSAGE = re.compile(rf"[a-z<>()\[\].,;:!?' -]{{1,{LONGEST_MESSAGE}}}")
"""The letters of a scrubbed message; whether it is one tells ``scrub``."""


def is_frame(text: str) -> bool:
    """Whether a text is a frame.

    Example:
        >>> is_frame("editor.files:Page.save:42"), is_frame("/home/ana/editor/files.py:save:42")
        (True, False)
    """
    return len(text) <= LONGEST_FRAME and FRAME.fullmatch(text) is not None


def is_error_type(text: str) -> bool:
    """Whether a text is the name of a type of errors.

    Example:
        >>> is_error_type("builtins.ValueError"), is_error_type("ValueError: no such user")
        (True, False)
    """
    return len(text) <= LONGEST_TYPE and ERROR_TYPE.fullmatch(text) is not None


def error_mark(types: Sequence[str], route: Iterable[str]) -> str:
    """Make the fingerprint of an error; the order in which tasks of a group failed is chance.

    Args:
        types: of the error, and of those behind it.
        route: ``module:function`` of the places that make it the same wherever it happens.

    Example:
        >>> error_mark(["builtins.ValueError"], ["editor.files:Page.save"])
        '55167a5c947cc89725c54eeecf229c59'
    """
    text = "\n".join([*types[:1], *sorted(types[1:]), "", *route])
    return hex_digest(text.encode())[:32]
