"""Enters: JSON of a stranger. Leaves: the few fields of a message or a batch that are looked at.

What is not named here is checked for its form and never made: addresses, devices, places, pages.
"""

from __future__ import annotations

import msgspec

from aboveboard.wires.objects import BROKEN

_NOTHING = msgspec.Raw(b"{}")


class Context(msgspec.Struct, gc=False, frozen=True):
    """What surrounds a message; of all of it two fields."""

    library: object = None
    traits: object = None


class Message(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """A message as it stands on the wire; its fields are of any type."""

    type: object = None
    user_id: object = None
    anonymous_id: object = None
    group_id: object = None
    message_id: object = None
    event: object = None
    name: object = None
    category: object = None
    properties: object = None
    traits: object = None
    context: msgspec.Raw = _NOTHING
    timestamp: object = None
    original_timestamp: object = None
    sent_at: object = None
    write_key: object = None
    channel: object = None


class Batch(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """Many messages, not read yet, and what is said of all of them."""

    batch: list[msgspec.Raw] | None = None
    context: msgspec.Raw = _NOTHING
    sent_at: object = None
    write_key: object = None


NO_CONTEXT = Context()
_CONTEXTS = msgspec.json.Decoder(Context)
_MESSAGES = msgspec.json.Decoder(Message)
_BATCHES = msgspec.json.Decoder(Batch)


def read_message(content: bytes | msgspec.Raw) -> Message | None:
    """Read a message; None for what is none.

    Example:
        >>> read_message(b'{"userId": "u1", "context": {"ip": "192.0.2.1"}}').user_id
        'u1'
        >>> read_message(b"[]") is None
        True
    """
    try:
        return _MESSAGES.decode(content)
    except BROKEN:
        return None


def read_batch(content: bytes) -> Batch | None:
    """Read a batch, but not its messages; None for what is none.

    Example:
        >>> len(read_batch(b'{"batch": [{}, 7]}').batch)
        2
    """
    try:
        return _BATCHES.decode(content)
    except BROKEN:
        return None


def read_context(content: msgspec.Raw) -> Context:
    """Read a context; an empty one for what is none."""
    try:
        return _CONTEXTS.decode(content)
    except BROKEN:
        return NO_CONTEXT
