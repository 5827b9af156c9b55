"""Enters: a number and a noun. Leaves: both as they go together."""

from __future__ import annotations

import re

_ADDED_ES = re.compile(r"(ss|sh|x|[tnr]ch)es$")
_IRREGULAR = {"people": "person", "series": "series", "news": "news", "cookies": "cookie"}


def many(number: int, one: str, more: str = "") -> str:
    """Write a number of things.

    Args:
        number: how many.
        one: the noun for one of them.
        more: the noun for more, if it is not made by an s.

    Example:
        >>> many(1, "file"), many(1280, "file"), many(0, "entry", "entries")
        ('1 file', '1,280 files', '0 entries')
    """
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def noun(number: int, plural: str) -> str:
    """Give the form of a noun that goes with a number; a registry names units in the plural.

    Example:
        >>> noun(2, "active installs"), noun(1, "active installs"), noun(1, "queries")
        ('active installs', 'active install', 'query')
        >>> noun(1, "crashes"), noun(1, "changes"), noun(1, "people"), noun(1, "percent")
        ('crash', 'change', 'person', 'percent')
    """
    if number != 1:
        return plural
    before, space, last = plural.rpartition(" ")
    return before + space + _IRREGULAR.get(last, _singular(last))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if _ADDED_ES.search(word):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")
