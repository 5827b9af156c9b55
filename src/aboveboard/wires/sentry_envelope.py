"""Enters: an inflated envelope of a Sentry client. Leaves: its head and items, unread."""

from __future__ import annotations

from typing import Any, NamedTuple

from aboveboard.wires.objects import read_object

MOST_ITEMS = 1000


class Item(NamedTuple):
    """One item.

    Attributes:
        kind: its type.
        payload: as it travelled.
    """

    kind: str
    payload: bytes


class Envelope(NamedTuple):
    """An envelope.

    Attributes:
        head: what is said of all of it.
        items: at most a thousand.
        left: how many bytes stand behind those.
    """

    head: dict[str, Any]
    items: list[Item]
    left: int = 0


def read_envelope(content: bytes) -> Envelope | None:
    r"""Read an envelope; None if it is none, or if an item of it was cut.

    Example:
        >>> read_envelope(b'{"event_id":"0f"}\n{"type":"event","length":2}\n{}\n').items
        [Item(kind='event', payload=b'{}')]
        >>> read_envelope(b'{}\n{"type":"event","length":20}\n{}') is None
        True
    """
    line, place = _line(content, 0)
    head = read_object(line)
    if head is None:
        return None
    items: list[Item] = []
    while len(items) < MOST_ITEMS:
        line, place = _line(content, place)
        if not line:
            if place >= len(content):
                return Envelope(head, items)
            continue  # some clients leave a line empty between items
        about = read_object(line)
        if about is None or not isinstance(about.get("type"), str):
            return None
        found = _payload(content, place, about.get("length"))
        if found is None:
            return None
        payload, place = found
        items.append(Item(about["type"], payload))
    return Envelope(head, items, len(content) - place)


def _line(content: bytes, start: int) -> tuple[bytes, int]:
    """Give a line, and where the next one begins; only a line feed ends one."""
    end = content.find(b"\n", start)
    return (content[start:], len(content)) if end < 0 else (content[start:end], end + 1)


def _payload(content: bytes, start: int, length: object) -> tuple[bytes, int] | None:
    if length is None:
        return _line(content, start)
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        return None
    end = start + length
    if end > len(content) or content[end : end + 1] not in {b"\n", b""}:
        return None
    return content[start:end], end + 1
