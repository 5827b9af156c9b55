"""Enters: what came of tries, a draw. Leaves: how long a report waits, and which addresses rest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = "backoff"
"""Under which name a store keeps it."""
FORMAT = 1
SHORTEST = 60
LONGEST = 86_400
LONGEST_ASKED = 30 * LONGEST
FARTHEST = 2 * LONGEST_ASKED
"""No pause reaches farther; what does was noted down by a clock that has been set back since."""
MOST_IN_A_ROW = 3
"""So many tries in a row without a useful answer, and the destination rests."""
_MOST_DOUBLINGS = 11
_LATER = 0.1
"""Who was asked to wait comes up to this part of the time later, so that not all come at once."""


def pause(tries: int, draw: float, asked: int | None = None) -> int:
    """Tell how many seconds to wait after a try.

    Anything from a minute to a bound that doubles with each try, up to a day; but at least as long
    as the collector asked for, which is believed up to thirty days.

    Args:
        tries: how many there were, this one included.
        draw: where between the bounds, from 0 to 1.
        asked: the seconds that the answer asked for, or None.

    Example:
        >>> [pause(tries, 0.999) for tries in (1, 2, 5, 50)]
        [119, 239, 1918, 86313]
        >>> pause(1, 0.5, asked=3600)
        3780
    """
    bound = min(LONGEST, SHORTEST * 2 ** min(max(tries, 1), _MOST_DOUBLINGS))
    drawn = SHORTEST + int(draw * (bound - SHORTEST))
    wanted = min(max(asked or 0, 0), LONGEST_ASKED)
    return max(drawn, wanted + int(draw * _LATER * wanted))


def over(until: int, now: int) -> bool:
    """Whether a rest is over: its moment is past, or so far ahead that the clock was set back.

    Args:
        until: the moment, in seconds since 1970.
        now: the present one.

    Example:
        >>> over(100, now=99), over(100, now=100), over(10**10, now=100)
        (False, True, True)
    """
    return until <= now or until - now > FARTHEST


@dataclass(frozen=True, slots=True)
class Circuit:
    """How it goes with one destination.

    Attributes:
        missed: how many tries in a row got no useful answer.
        until: the moment until which it rests, in seconds since 1970.
    """

    missed: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Which destinations rest, each for itself.

    Attributes:
        circuits: destination to how it goes with it; who is not named is well.

    Example:
        >>> broken = Backoff()
        >>> for _ in range(3):
        ...     broken = broken.missed("collector", now=1000, draw=0.5)
        >>> broken.rests("collector", now=1001), broken.rests("https://mine.example", now=1001)
        (True, False)
    """

    circuits: Mapping[str, Circuit] = field(default_factory=lambda: MappingProxyType({}))

    def rests(self, destination: str, now: int) -> bool:
        """Whether a destination is not to be tried now."""
        return not over(self._circuit(destination).until, now)

    def until(self, destination: str) -> int:
        """Give the moment until which a destination rests, in seconds since 1970; 0 for never."""
        return self._circuit(destination).until

    def missed(self, destination: str, now: int, draw: float, asked: int | None = None) -> Backoff:
        """Note down a try without a useful answer.

        After three in a row the destination rests, and after each one that follows, longer. If the
        answer asked to wait, it rests at once.
        """
        missed = self._circuit(destination).missed + 1
        rests = missed >= MOST_IN_A_ROW or bool(asked)
        late = max(1, missed - MOST_IN_A_ROW + 1)
        until = now + pause(late, draw, asked) if rests else 0
        return self._with(destination, Circuit(missed, until))

    def reached(self, destination: str) -> Backoff:
        """Note down a useful answer: all is well again."""
        if destination not in self.circuits:
            return self
        left = {name: known for name, known in self.circuits.items() if name != destination}
        return Backoff(MappingProxyType(left))

    def only(self, destinations: tuple[str, ...]) -> Backoff:
        """Forget those that are no destinations any longer."""
        left = {name: known for name, known in self.circuits.items() if name in destinations}
        return self if len(left) == len(self.circuits) else Backoff(MappingProxyType(left))

    def write(self) -> bytes:
        """Write it down."""
        circuits = {name: asdict(known) for name, known in self.circuits.items()}
        return json.dumps({"format": FORMAT, "circuits": circuits}).encode()

    def _circuit(self, destination: str) -> Circuit:
        return self.circuits.get(destination, Circuit())

    def _with(self, destination: str, circuit: Circuit) -> Backoff:
        return replace(self, circuits=MappingProxyType({**self.circuits, destination: circuit}))


def read(body: bytes | None) -> Backoff:
    """Read it; what cannot be understood is forgotten, and everybody is tried again."""
    try:
        circuits = json.loads(body or b"")["circuits"]
        known = {
            str(name): Circuit(int(each["missed"]), int(each["until"]))
            for name, each in circuits.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return Backoff()
    return Backoff(MappingProxyType(known))
