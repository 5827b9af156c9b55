"""Enters: a body that a machine with Endless OS sent. Leaves: its events, but not whose they are.

The machine's id, its users' ids and the number of its requests end here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.wires.gvariant import NotNormal, Variant, decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TYPE_2 = "(ixxaya(uayxmv)a(uayxxmv)a(uaya(xmv)))"
TYPE_3 = "(xxsa{ss}ya(aysxmv)a(ayssumv))"
NANO = 1_000_000_000
EARLIEST, LATEST = -1, 600
"""Seconds between a clock and ours at which its calendar is believed (endless.md, 2.4)."""


class Event(NamedTuple):
    """What a machine tells of: something that happened, was counted, or took its time.

    Attributes:
        id: what kind of event it is; 16 bytes, if its sender made no mistake.
        kind: ``singular``, ``aggregate`` or ``sequence``.
        system: the version of the system; ``""`` in the second form, which does not say it.
        at: nanoseconds of the machine's own clock; of a sequence, its beginning. None if it has a
            period.
        period: of an aggregate of the third form: a day or a month.
        amount: of an aggregate; of a sequence, its nanoseconds, negative if it is none.
        payload: what is said of it.
    """

    id: bytes
    kind: str
    system: str
    at: int | None
    period: str
    amount: int
    payload: Variant | None


class Body(NamedTuple):
    """A request.

    Attributes:
        relative: when it was sent, in nanoseconds of the machine's own clock.
        absolute: the same in nanoseconds since the epoch, by its calendar or by ours.
        began: the second since the epoch at which its own clock was zero, by its calendar.
        events: in the order in which they stood there.
        image: the system image.
        site: what an operator wrote about the place.
        flags: how the machine was started.
    """

    relative: int
    absolute: int
    began: int
    events: Sequence[Event]
    image: str = ""
    site: Mapping[str, str] = {}
    flags: int = 0

    def when(self, at: int) -> float:
        """Give the seconds since the epoch for a time of the machine's own clock."""
        return (self.absolute - self.relative + at) / NANO


def read_3(data: bytes, received: float) -> Body | None:
    """Read the third form; None if it is not in normal form.

    Args:
        data: the bytes.
        received: seconds since the epoch; they stand for a calendar that is wrong.

    Example:
        >>> text = "80841e00000000000000a0d885573416696d6167655f69640002000000000000201919"
        >>> read_3(bytes.fromhex(text), 1600000000.0).image
        'image_id'
    """
    try:
        found: Any = decode(TYPE_3, data)
    except NotNormal:
        return None
    relative, absolute, image, site, flags, singulars, aggregates = found
    began = (absolute - relative) // NANO
    gap = received - absolute / NANO
    if not EARLIEST <= gap <= LATEST:
        absolute = int(received * NANO)
    events = [
        Event(name, "singular", system, at, "", 1, payload)
        for name, system, at, payload in singulars
    ]
    events += [
        Event(name, "aggregate", system, None, period, count, payload)
        for name, system, period, count, payload in aggregates
    ]
    return Body(relative, absolute, began, events, image, site, flags)


def read_2(data: bytes) -> Body | None:
    """Read the second form; None if it is not in normal form."""
    try:
        found: Any = decode(TYPE_2, data)
    except NotNormal:
        return None
    _, relative, absolute, _, singulars, aggregates, sequences = found
    events = [Event(name, "singular", "", at, "", 1, payload) for _, name, at, payload in singulars]
    events += [
        Event(name, "aggregate", "", at, "", count, payload)
        for _, name, count, at, payload in aggregates
    ]
    events += [_sequence(name, steps) for _, name, steps in sequences]
    return Body(relative, absolute, (absolute - relative) // NANO, events)


def _sequence(name: bytes, steps: list[tuple[int, Variant | None]]) -> Event:
    """Make an event of a sequence: what it began with says what it is."""
    if len(steps) < 2:  # noqa: PLR2004 a beginning and an end
        at, payload = steps[0] if steps else (0, None)
        return Event(name, "sequence", "", at, "", -1, payload)
    (began, payload), (ended, _) = steps[0], steps[-1]
    return Event(name, "sequence", "", began, "", max(ended - began, 0), payload)
