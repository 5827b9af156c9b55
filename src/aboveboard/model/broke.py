"""Enters: an exception, read where it happened. Leaves: where the program broke, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broke:
    """Where a program broke. It holds no argument, no local variable and no path.

    Attributes:
        fingerprint: 32 lower-case hexadecimal digits, the same wherever the same thing breaks.
        types: the names of the types of the error and of those behind it, its own first.
        frames: ``module:function:line`` each, outermost first; ``(elsewhere)`` for others' code.
        message: what it said, scrubbed; ``""`` where its message is not wanted.
    """

    fingerprint: str
    types: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    message: str = ""
