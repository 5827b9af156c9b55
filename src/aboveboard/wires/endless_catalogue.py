"""Enters: an event of Endless OS. Leaves: what it says, if it is known.

An event whose payload is not of a type that it may have says so. What is known stands in a file,
which :mod:`endless_catalogue_reader` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.wires.endless_values import HOWS
from aboveboard.wires.gvariant import Variant, unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.wires.endless_bodies import Event

NO_PAYLOAD = Variant("", None)
"""Stands for a payload that is missing, or of another type: no metric takes it for a value."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that an event says.

    Attributes:
        place: the way to it in the payload; None for the event's count.
        made: what is made of it.
    """

    place: tuple[int | str, ...] | None
    made: Callable[[object, int], object]


@dataclass(frozen=True, slots=True)
class Known:
    """An event that is known.

    Attributes:
        name: in snake case.
        kind: what it must be sent as.
        payloads: the types that its payload may have; none if it needs none.
        says: what is said of it, by name; a table is one thing that consists of several.
    """

    name: str
    kind: str
    payloads: frozenset[str]
    says: Mapping[str, Piece | Mapping[str, Piece]]

    def told(self, event: Event) -> dict[str, object]:
        """Give what an event of this kind says."""
        payload = unwrapped(event.payload) if event.payload is not None else NO_PAYLOAD
        wrong = bool(self.payloads) and payload.type not in self.payloads
        if wrong or event.kind != self.kind or event.amount < 0:
            return {next(iter(self.says)): NO_PAYLOAD}
        value = payload.value
        try:
            found = {
                name: _made(piece, value, event.amount)
                if isinstance(piece, Piece)
                else {key: _made(each, value, event.amount) for key, each in piece.items()}
                for name, piece in self.says.items()
            }
        except (TypeError, ValueError, OverflowError):
            return {next(iter(self.says)): NO_PAYLOAD}
        return {name: each for name, each in found.items() if each is not None}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is known of events.

    Attributes:
        known: UUID to event.
        ignored: UUID of what is dropped on purpose to the code that it is counted by.
    """

    known: Mapping[bytes, Known]
    ignored: Mapping[bytes, str]


def _made(piece: Piece, value: object, count: int) -> object:
    """Make of a piece what is said of it; None if it is not there."""
    if piece.place is None:
        return piece.made(count, count)
    value = _plain(value)
    for step in piece.place:
        if isinstance(value, dict):
            value = _plain(value.get(step))
        elif isinstance(step, int) and isinstance(value, list | tuple) and step < len(value):
            value = _plain(value[step])
        else:
            return None
    if value is None and piece.made is not HOWS["yes"]:
        return None  # What is not said to be so is not so; all else may be unknown.
    return piece.made(value, count)


def _plain(value: object) -> object:
    """Take the values of a table out of the variants that they are in."""
    if isinstance(value, Variant):
        return _plain(value.value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
