"""Enters: a notice in Markdown. Leaves: the same as plain text, for terminals.

It knows the Markdown that the notices are made of, and no more; what somebody wrote in a registry
comes out as they wrote it.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\(.)|&(amp|lt|gt);|\*\*")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_HEADING = re.compile(r"(#{1,3}) (.*)")
_LINES = {1: "=", 2: "-"}
"""What stands below a heading."""


def plain(markdown: str) -> str:
    r"""Write a notice as plain text.

    Example:
        >>> print(plain("# A\\* b\n\n**c &lt;d&gt;**"))
        A* b
        ====
        <BLANKLINE>
        c <d>
    """
    return "\n".join(_line(line) for line in markdown.split("\n"))


def _line(line: str) -> str:
    heading = _HEADING.fullmatch(line)
    if heading is None:
        return _ESCAPED.sub(_unescaped, line)
    text = _ESCAPED.sub(_unescaped, heading[2])
    below = _LINES.get(len(heading[1]), "")
    return f"{text}\n{below * len(text)}" if below else text


def _unescaped(found: re.Match[str]) -> str:
    return found[1] or _ENTITIES.get(found[2], "")
