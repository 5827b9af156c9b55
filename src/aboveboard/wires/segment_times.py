"""Enters: moments by a client's clock. Leaves: when something was said, by ours."""

from __future__ import annotations

from datetime import UTC, datetime

LONGEST = 64
"""Characters; no form of a moment is longer."""


def seconds(moment: object) -> float | None:
    """Give the seconds since the epoch of a moment in ISO 8601, None for anything else.

    Clients write it with any number of digits behind the second, with ``Z``, ``+00:00`` or
    ``+0000``; where nothing is said of the zone, it is UTC.

    Example:
        >>> seconds("2026-11-21T20:32:36.694+00:00")
        1795293156.694
        >>> seconds("2018-09-26T12:00:00+0000"), seconds("2018-09-26T12:00:00")
        (1537963200.0, 1537963200.0)
        >>> seconds("2026-11-21T20:34:02.94430425Z")
        1795293242.944304
        >>> seconds("yesterday"), seconds(1795293156)
        (None, None)
    """
    if not isinstance(moment, str) or len(moment) > LONGEST:
        return None
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def said_at(original: float | None, sent: float | None, received: float) -> float | None:
    """Correct a moment by how wrong the client's clock is: when it sent, against when that came.

    Nothing is said after it came, whatever a clock that was set back meanwhile says.

    Args:
        original: when it was said, by the client's clock.
        sent: when it was sent, by the same clock.
        received: when it came, by ours.

    Returns:
        None where the client did not tell both: then it counts for its arrival.

    Example:
        >>> said_at(original=50.0, sent=60.0, received=1000.0)
        990.0
        >>> said_at(original=70.0, sent=60.0, received=1000.0)
        1000.0
        >>> said_at(50.0, None, 1000.0) is None
        True
    """
    if original is None or sent is None:
        return None
    return min(received, received - (sent - original))
