"""Enters: the query of an image's address. Leaves: the message that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.wires import queries
from aboveboard.wires.segment_parts import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_NAMES = 200


def pixel_message(query: str) -> Message:
    """Read a message; ``properties.plan=x`` says that its properties hold a plan.

    Args:
        query: as it stood behind the question mark.

    Example:
        >>> found = pixel_message("userId=u1&event=Seen&properties.plan=x")
        >>> found.user_id, found.event, found.properties
        ('u1', 'Seen', {'plan': 'x'})
    """
    pairs = dict(reversed(_pairs(query)))
    return Message(
        user_id=pairs.get("userId"),
        # Scripts of pages take it from a cookie, where it stands between quotation marks.
        anonymous_id=pairs.get("anonymousId", "").strip('"'),
        message_id=pairs.get("messageId"),
        event=pairs.get("event"),
        name=pairs.get("name"),
        category=pairs.get("category"),
        properties=_below("properties.", pairs),
    )


def _below(head: str, pairs: Mapping[str, str]) -> dict[str, str]:
    return {name[len(head) :]: text for name, text in pairs.items() if name.startswith(head)}


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return queries.pairs(query)[:MOST_NAMES]
    except ValueError:
        return []
