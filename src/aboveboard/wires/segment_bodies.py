"""Enters: an inflated body. Leaves: the messages in it, or why it is refused as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboveboard.wires import segment_answers as answers
from aboveboard.wires.segment_parts import (
    NO_CONTEXT,
    Context,
    Message,
    read_batch,
    read_context,
    read_message,
)
from aboveboard.wires.segment_times import seconds

if TYPE_CHECKING:
    from aboveboard.wires.segment_answers import Family, Refusal

BATCH = "batch"
"""What a body holds that has many messages; else it is one, and this is its kind."""
MOST_MESSAGES = 2500


@dataclass(frozen=True, slots=True)
class Body:
    """What a body holds.

    Attributes:
        family: of its sender.
        key: that it names; ``""`` for none.
        messages: of what kind each is, and the message.
        discarded: those that were dropped already, by reason.
        sent: when all of it was sent, by its client's clock.
        context: of all of it.
        refusal: why it is refused as a whole.
    """

    family: Family
    key: str = ""
    messages: list[tuple[object, Message]] = field(default_factory=list)
    discarded: Counter[str] = field(default_factory=Counter)
    sent: float | None = None
    context: Context = NO_CONTEXT
    refusal: Refusal | None = None


def open_body(content: bytes, kind: str, family: Family) -> Body:
    """Read a body.

    Args:
        content: inflated.
        kind: ``batch``, or that of the one message that it is.
        family: of the sender, as far as the request told.

    Example:
        >>> body = b'{"batch": [{"type": "track"}, 7], "writeKey": "key"}'
        >>> found = open_body(body, "batch", answers.SEGMENT)
        >>> found.key, len(found.messages), found.discarded
        ('key', 1, Counter({'message_rejected': 1}))
    """
    if not content:
        return Body(family, refusal=answers.EMPTY)
    return _many(content, family) if kind == BATCH else _one(content, kind, family)


def _one(content: bytes, kind: str, family: Family) -> Body:
    message = read_message(content)
    if message is None:
        return Body(family, refusal=answers.NOT_JSON)
    family = _nearer(family, message)
    key = _key(message.write_key)
    if len(content) > family.largest_message:
        return Body(family, key, refusal=answers.TOO_LARGE)
    return Body(family, key, [(kind, message)])


def _many(content: bytes, family: Family) -> Body:
    batch = read_batch(content)
    if batch is None:
        return Body(family, refusal=answers.NOT_JSON)
    key, parts = _key(batch.write_key), batch.batch
    if not parts:
        return Body(family, key, discarded=Counter(["empty_batch"]))
    family = _nearer(family, read_message(parts[0]))
    if len(content) > family.largest_body:
        return Body(family, key, refusal=answers.TOO_LARGE)
    if len(parts) > MOST_MESSAGES:
        return Body(family, key, refusal=answers.TOO_MANY)
    messages: list[tuple[object, Message]] = []
    discarded: Counter[str] = Counter()
    for part in parts:
        message = read_message(part)
        if message is None:
            discarded["message_rejected"] += 1
        elif len(part) > family.largest_message:
            discarded["message_too_large"] += 1
        else:
            messages.append((message.type, message))
    sent, context = seconds(batch.sent_at), read_context(batch.context)
    return Body(family, key, messages, discarded, sent, context)


def _key(value: object) -> str:
    return value if isinstance(value, str) else ""


def _nearer(family: Family, message: Message | None) -> Family:
    """Tell the family by a message: RudderStack's clients name the channel that it came through."""
    told = message is not None and isinstance(message.channel, str)
    return answers.RUDDERSTACK if told else family
