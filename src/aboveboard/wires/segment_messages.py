"""Enters: a message of the tracking API. Leaves: what it said, or why it is dropped.

A message that is not as it must be is dropped alone, and counted under a reason that Segment's
users know; the rest of its batch is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from aboveboard.model.said import Said
from aboveboard.wires.segment_parts import NO_CONTEXT, Context, Message, read_context
from aboveboard.wires.segment_times import said_at, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Values = Mapping[str, object]
    Told = tuple[str, Values] | str
    """An event and what was said of it, or the reason for dropping it."""

LONGEST_CLIENT = 60
CLIENTS_REMEMBERED = 256
_CLIENT = re.compile(r"[A-Za-z0-9@._/+-]+\Z")


@dataclass(frozen=True, slots=True)
class Around:
    """What is said of a whole request.

    Attributes:
        app: that its key stands for.
        received: when it came.
        sent: when it was sent, by its client's clock.
        context: of a batch; it belongs to each message in it.
        client: the first word of its user agent.
    """

    app: str
    received: float
    sent: float | None = None
    context: Context = NO_CONTEXT
    client: str = ""


def understand(message: Message, kind: object, around: Around) -> Said | str:
    """Tell what a message said.

    Args:
        message: as it stood on the wire.
        kind: ``track``, ``identify`` …
        around: what is said of all messages beside it.

    Returns:
        What it said, or the reason for dropping it.

    Example:
        >>> message = Message(user_id="u1", event="Saved", properties={"size": 3})
        >>> said = understand(message, "track", Around("editor", 0.0))
        >>> said.event, said.values, said.who
        ('Saved', {'size': 3}, 'u1')
        >>> understand(Message(event="Saved"), "track", Around("editor", 0.0))
        'no_user_anon_id'
    """
    name = kind if isinstance(kind, str) else ""
    tell = _TELL.get(name)
    if tell is None:
        return _NOT_KEPT.get(name, "message_rejected")
    who = message.user_id or message.anonymous_id
    if not (_is_text(message.user_id) and _is_text(message.anonymous_id)):
        return "id_not_string"
    if not who:
        return "no_user_anon_id"
    context = read_context(message.context)
    told = tell(message, context, around.context)
    if isinstance(told, str):
        return told
    return Said(
        around.app,
        told[0],
        told[1],
        str(who),
        message.message_id if isinstance(message.message_id, str) else "",
        _moment(message, around),
        "",
        client_of(context, around),
    )


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _moment(message: Message, around: Around) -> float | None:
    original = seconds(message.original_timestamp or message.timestamp)
    sent = around.sent if message.sent_at is None else seconds(message.sent_at)
    return said_at(original, sent, around.received)


def _track(message: Message, _own: Context, _common: Context) -> Told:
    if message.event is None or message.event == "":
        return "event_not_defined"
    if not isinstance(message.event, str):
        return "event_not_string"
    found = _object(message.properties)
    return "properties_not_object" if found is None else (message.event, found)


def _traits(message: Message, own: Context, common: Context) -> Told:
    if message.traits is not None and not isinstance(message.traits, dict):
        return "traits_not_object"
    # RudderStack's clients put them into the context; what stands nearer to the message wins.
    layers = (common.traits, own.traits, message.traits)
    found: dict[str, object] = {}
    for layer in layers:
        if isinstance(layer, dict):
            found.update(layer)
    return "identify", found


def _group(message: Message, own: Context, common: Context) -> Told:
    if message.group_id is None or message.group_id == "":
        return "id_required"
    told = _traits(message, own, common)
    return told if isinstance(told, str) else ("group", told[1])


def _page(message: Message, _own: Context, _common: Context) -> Told:
    return _view("page", message)


def _screen(message: Message, _own: Context, _common: Context) -> Told:
    return _view("screen", message)


def _view(kind: str, message: Message) -> Told:
    found = _object(message.properties)
    if found is None:
        return "properties_not_object"
    if not _is_text(message.name):
        return "name_not_string"
    if not _is_text(message.category):
        return "category_not_string"
    named = {"name": message.name, "category": message.category}
    return kind, {**found, **{name: text for name, text in named.items() if text is not None}}


def _object(value: object) -> Values | None:
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


def client_of(own: Context, around: Around) -> str:
    """Name the client: what a batch says of itself before what its messages say.

    The messages of ``analytics-go`` 3.3.0 call it 1.0.0.

    Args:
        own: what a message says of itself.
        around: what is said of all messages beside it.
    """
    for library in (around.context.library, own.library):
        if isinstance(library, dict):
            told = _named(library.get("name"), library.get("version"))
            if told:
                return told
    return _named(around.client, "")


def _named(name: object, version: object) -> str:
    if not isinstance(name, str) or not name:
        return ""
    version = version if isinstance(version, str) else ""
    return _client_of(name, version) if len(name) + len(version) <= LONGEST_CLIENT else ""


@lru_cache(CLIENTS_REMEMBERED)
def _client_of(name: str, version: str) -> str:
    told = f"{name}/{version}" if version else name
    told = told.replace(" ", "-")
    return told if len(told) <= LONGEST_CLIENT and _CLIENT.match(told) else ""


_TELL: Mapping[str, Callable[[Message, Context, Context], Told]] = {
    "track": _track,
    "identify": _traits,
    "group": _group,
    "page": _page,
    "screen": _screen,
}
_NOT_KEPT: Mapping[str, str] = {
    "alias": "alias_not_kept",
    "merge": "merge_not_kept",
    "audiencelist": "audience_not_kept",
}
"""Messages whose whole content is who is whom."""
