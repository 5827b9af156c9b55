"""Enters: names of a registry. Leaves: names that Python takes, each once."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYWORDS = frozenset(keyword.kwlist)
_BETWEEN = re.compile(r"[._]+")


def spell(names: Iterable[str], taken: frozenset[str]) -> dict[str, str]:
    """Give each of the names that stand side by side one that Python takes.

    A name that is taken gets an underscore, or as many as it needs; all others stay as they are.

    Example:
        >>> spell(["class", "class_", "opened"], KEYWORDS)
        {'class': 'class__', 'class_': 'class_', 'opened': 'opened'}
    """
    ordered = sorted(names)
    used = set(ordered) - taken
    found = {}
    for name in ordered:
        spelt = name
        while spelt in taken or (spelt != name and spelt in used):
            spelt += "_"
        used.add(spelt)
        found[name] = spelt
    return found


def camel(name: str) -> str:
    """Write a dotted name as the beginning of a class's name.

    Example:
        >>> camel("file.saved_as")
        'FileSavedAs'
    """
    return "".join(part.capitalize() for part in _BETWEEN.split(name))


class Pool:
    """Gives out names of classes and types, each once."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def take(self, wish: str) -> str:
        """Give the name that is wished for, or the first free one with a number after it.

        Example:
            >>> pool = Pool(["Counter"])
            >>> pool.take("Counter"), pool.take("Flag"), pool.take("Counter")
            ('Counter2', 'Flag', 'Counter3')
        """
        name, number = wish, 2
        while name in self._taken:
            name, number = f"{wish}{number}", number + 1
        self._taken.add(name)
        return name
