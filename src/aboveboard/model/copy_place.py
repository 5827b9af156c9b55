"""Enters: a destination that a person named. Leaves: whose wire a copy for it is written on.

``ga4:G-ABC123`` is a stream of Google Analytics, ``segment:https://…`` whatever takes Segment's
batches; any other destination is a collector of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

GA4, SEGMENT = "ga4", "segment"
GOOGLE = "https://www.google-analytics.com"
SECRETS: Mapping[str, str] = {GA4: "ABOVEBOARD_GA4_SECRET", SEGMENT: "ABOVEBOARD_SEGMENT_KEY"}
"""The variables of the environment in which secrets stand; they are kept nowhere."""
LONGEST_STREAM = 20
_START = "G-"


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """Where a copy goes that is written on another wire.

    Attributes:
        kind: ``ga4`` or ``segment``.
        base: the address, without a slash at the end.
        stream: the measurement id; ``""`` on a wire that has none.
    """

    kind: str
    base: str
    stream: str = ""


def copy_place(destination: str) -> CopyPlace | None:
    """Read a destination; None for one that is no copy on another wire.

    Example:
        >>> copy_place("ga4:G-ABC123").base, copy_place("segment:https://mine.example").kind
        ('https://www.google-analytics.com', 'segment')
        >>> copy_place("ga4:G-ABC123@https://region1.google-analytics.com").stream
        'G-ABC123'
        >>> copy_place("https://mine.example") is None
        True
    """
    kind, _, rest = destination.partition(":")
    if kind == SEGMENT:
        return CopyPlace(SEGMENT, rest)
    if kind != GA4:
        return None
    stream, at, base = rest.partition("@")
    number = stream.removeprefix(_START)
    is_stream = stream != number and number.isascii() and number.isalnum()
    if not is_stream or len(number) > LONGEST_STREAM:
        return None
    return CopyPlace(GA4, base if at else GOOGLE, stream)
