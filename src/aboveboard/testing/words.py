"""Enters: what was counted. Leaves: the words in which a failing test shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.testing.counts import Counts


class Count(int):
    """A number that knows what else was counted, so that a failing ``assert`` shows it.

    Example:
        >>> Count.made(0, "'file.opend'", "file.opened 3")
        <0 of 'file.opend'; counted in all: file.opened 3>
        >>> f"{Count.made(3, '', '')}", Count.made(3, "", "") == 3
        ('3', True)
    """

    _shown = ""

    @classmethod
    def made(cls, number: int, what: str, rest: str) -> Count:
        """Make one.

        Args:
            number: the number.
            what: of what it is.
            rest: what was counted in all.
        """
        made = cls(number)
        made._shown = f"<{number} of {what}; counted in all: {rest}>"
        return made

    def __repr__(self) -> str:
        return self._shown

    __str__ = int.__repr__


def line(counts: Counts, first: str = "") -> str:
    """Say in one line what was counted, one metric before the others."""
    names = sorted(counts.names, key=lambda name: (name != first, name))
    said = [f"{name} {value(counts, name)}" for name in names]
    return "; ".join([", ".join(said) or "nothing", *counts.remarks])


def lines(counts: Counts) -> str:
    """Say what was counted, a line for each metric."""
    wide = max(map(len, counts.names), default=0)
    said = [f"  {name:{wide}}  {value(counts, name)}" for name in counts.names]
    return "\n".join(
        [
            "counted in all:" if said else "counted in all: nothing",
            *said,
            *counts.remarks,
        ]
    )


def value(counts: Counts, name: str) -> str:
    """Say what was counted of one metric."""
    found = counts.value(name)
    if not isinstance(found, dict):
        return str(found)
    return " + ".join(f"{key} {count}" for key, count in found.items())
