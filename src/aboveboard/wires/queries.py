"""Enters: the query of an address. Leaves: its names and values.

The one module of the wires that may import ``urllib``: of it, what reads texts and nothing else.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

MOST_NAMES = 1000


def pairs(query: str, most: int = MOST_NAMES) -> list[tuple[str, str]]:
    """Read a query; a name may be there more than once, and a value may be blank.

    Args:
        query: as it stood behind the question mark.
        most: how many values it may hold.

    Raises:
        ValueError: it holds more.

    Example:
        >>> pairs("id=abc&os=linux%20x&be=")
        [('id', 'abc'), ('os', 'linux x'), ('be', '')]
    """
    if "%" not in query and "+" not in query:
        # The usual query says nothing that would have to be undone.
        if query.count("&") >= most:
            message = "the query holds too many values"
            raise ValueError(message)
        parts = (part.partition("=") for part in query.split("&") if part)
        return [(name, value) for name, _, value in parts]
    return parse_qsl(query, keep_blank_values=True, max_num_fields=most)
