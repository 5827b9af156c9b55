"""Enters: an item of a queue. Leaves: the requests or messages in it, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from aboveboard.collector.receive import Request
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires import native_item

if TYPE_CHECKING:
    from aboveboard.wires.foreign import Understood


class Messages(NamedTuple):
    """What an item of a foreign wire says.

    Attributes:
        wire: its name.
        understood: its messages, and what was dropped.
    """

    wire: str
    understood: Understood


Decoder: TypeAlias = Callable[[bytes], Sequence[Request] | Messages | Refused]
"""Reads an item. Equal bytes must give equal report ids: an item may come more than once, and the
ids alone keep it from being counted twice."""


def native(item: bytes) -> Sequence[Request] | Refused:
    """Read an item of the native wire: one report with its address.

    Example:
        >>> native(b"?").reason.value
        'unreadable_item'
    """
    found = native_item.read(item)
    if found is None:
        return Refused(Reason.UNREADABLE_ITEM, "It does not begin with the head of an item.")
    head, body = found
    return [Request(head.app, head.id, body, head.type, head.encoding)]


DECODERS: Mapping[str, Decoder] = {"native": native}
"""The wires that a list may speak, by name; those of foreign servers are made at the start."""
