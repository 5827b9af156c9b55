"""Enters: an inflated envelope of a Sentry client, in pieces. Leaves: its head and items, unread.

What is not kept is read over while it comes: an attachment may be as large as it likes, and takes
no memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.wires.objects import read_object

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[bytes, int], int]

MOST_ITEMS = 1000
LARGEST_HEAD = 64 * 1024
"""Bytes of the head of an envelope, or of an item."""
LONGEST_KIND = 40
"""Letters of the type of an item; a longer one is none."""
LARGEST_ITEM = 1024 * 1024
"""Bytes of an item that is kept; as Sentry has it for an event."""
LARGEST_KEPT = 2 * LARGEST_ITEM
"""Bytes of all items of an envelope that are kept; a client sends one event with it."""
_ENDS = (b"\n", b"")
KEPT = frozenset({"event", "session", "sessions", "client_report"})
"""The items whose payload is looked at."""


class Item(NamedTuple):
    """One item.

    Attributes:
        kind: its type.
        payload: as it travelled; ``b""`` for one that is read over.
        is_too_large: whether it is read over because of its size.
    """

    kind: str
    payload: bytes
    is_too_large: bool = False


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
    r"""Read an envelope that is there whole; None if it is none, or if an item of it was cut.

    Example:
        >>> read_envelope(b'{"event_id":"0f"}\n{"type":"event","length":2}\n{}\n').items
        [Item(kind='event', payload=b'{}', is_too_large=False)]
        >>> read_envelope(b'{}\n{"type":"event","length":20}\n{}') is None
        True
    """
    reader = EnvelopeReader()
    reader.feed(content)
    return reader.end()


def read_single(content: bytes) -> Envelope | None:
    r"""Read an envelope of one item that is kept and counted, as most are; None for any other.

    The same as an ``EnvelopeReader`` reads, in a fraction of the time.

    Example:
        >>> read_single(b'{}\n{"type":"session","length":2}\n{}\n').items
        [Item(kind='session', payload=b'{}', is_too_large=False)]
        >>> read_single(b'{}\n{"type":"session"}\n{}') is None
        True
    """
    end = content.find(b"\n")
    start = content.find(b"\n", end + 1)
    if not 0 < end < start or max(end, start - end) > LARGEST_HEAD:
        return None
    head, about = read_object(content[:end]), read_object(content[end + 1 : start])
    if head is None or about is None:
        return None
    kind, length = about.get("type"), about.get("length")
    if not isinstance(kind, str) or kind not in KEPT or type(length) is not int:
        return None
    stop = start + 1 + length
    if not 0 <= length <= LARGEST_ITEM or content[stop:] not in _ENDS or stop > len(content):
        return None
    return Envelope(head, [Item(kind, content[start + 1 : stop])])


class EnvelopeReader:
    """Reads an envelope as it comes. Only a line feed ends a line."""

    __slots__ = (
        "_behind",
        "_empty",
        "_head",
        "_is_broken",
        "_is_kept",
        "_is_too_large",
        "_items",
        "_kind",
        "_left",
        "_line",
        "_payload",
        "_room",
        "_step",
    )

    def __init__(self) -> None:
        self._head: dict[str, Any] | None = None
        self._items: list[Item] = []
        self._is_broken = False
        self._behind = 0
        self._step: Step = self._line_of_head
        self._line = bytearray()
        self._kind = ""
        self._empty = 0
        self._payload: bytes | bytearray = b""
        self._is_kept = self._is_too_large = False
        self._left = 0
        self._room = LARGEST_KEPT

    def feed(self, piece: bytes) -> None:
        """Take a piece."""
        place = 0
        while place < len(piece) and not self._is_broken:
            place = self._step(piece, place)

    def end(self) -> Envelope | None:
        """Give the envelope; None if it is none, or if an item of it was cut."""
        if not self._is_broken and self._is_at(self._line_of_head):
            self._end_line()
        is_whole = self._is_at(self._counted_payload) and self._left == 0
        if is_whole or self._is_at(self._line_of_payload):
            self._end_item()
        if self._is_broken or self._head is None or self._is_at(self._counted_payload):
            return None
        return Envelope(self._head, self._items, self._behind)

    def _is_at(self, step: Step) -> bool:
        return self._step == step

    def _line_of_head(self, piece: bytes, place: int) -> int:
        """Read the head of the envelope, or of an item."""
        end = piece.find(b"\n", place)
        stop = len(piece) if end < 0 else end
        if len(self._line) + stop - place > LARGEST_HEAD:
            self._is_broken = True
        elif end >= 0 and not self._line:  # as a rule it is there whole
            self._read_head(piece[place:end])
        else:
            self._line += memoryview(piece)[place:stop]
            if end >= 0:
                self._end_line()
        return stop + 1

    def _end_line(self) -> None:
        line = bytes(self._line)
        self._line.clear()
        self._read_head(line)

    def _read_head(self, line: bytes) -> None:
        if self._head is None:
            self._head = read_object(line)
            self._is_broken = self._head is None
        elif line:
            self._begin_item(read_object(line))
        else:  # some clients leave a line empty between items
            self._empty += 1
            self._is_broken = self._empty > MOST_ITEMS

    def _begin_item(self, about: dict[str, Any] | None) -> None:
        kind = about.get("type") if about is not None else None
        if about is None or not isinstance(kind, str):
            self._is_broken = True
            return
        length = about.get("length")
        self._kind = kind if len(kind) <= LONGEST_KIND else ""
        self._is_kept, self._is_too_large = kind in KEPT, False
        if length is None:
            self._step = self._line_of_payload
        elif isinstance(length, int) and not isinstance(length, bool) and length >= 0:
            self._step, self._left = self._counted_payload, length
        else:
            self._is_broken = True

    def _line_of_payload(self, piece: bytes, place: int) -> int:
        """Read a payload that ends with its line."""
        end = piece.find(b"\n", place)
        stop = len(piece) if end < 0 else end
        self._keep(piece, place, stop)
        if end >= 0:
            self._end_item()
        return stop + 1

    def _counted_payload(self, piece: bytes, place: int) -> int:
        """Read a payload whose length is told, and the line feed behind it."""
        if self._left:
            stop = min(len(piece), place + self._left)
            self._left -= stop - place
            self._keep(piece, place, stop)
            place = stop
        if self._left == 0 and place < len(piece):
            self._is_broken = piece[place : place + 1] != b"\n"
            self._end_item()
            place += 1
        return place

    def _rest(self, piece: bytes, place: int) -> int:
        """Read over what stands behind the last item that is looked at."""
        self._behind += len(piece) - place
        return len(piece)

    def _keep(self, piece: bytes, place: int, stop: int) -> None:
        if not self._is_kept:
            return
        size = len(self._payload) + stop - place
        if size > LARGEST_ITEM or size > self._room:
            self._payload = b""
            self._is_kept, self._is_too_large = False, True
        elif self._payload:
            if type(self._payload) is bytes:
                self._payload = bytearray(self._payload)
            self._payload += memoryview(piece)[place:stop]
        else:
            self._payload = piece[place:stop]  # as a rule it is there whole

    def _end_item(self) -> None:
        self._items.append(Item(self._kind, bytes(self._payload), self._is_too_large))
        self._room -= len(self._payload)
        self._payload = b""
        full = len(self._items) == MOST_ITEMS
        self._step = self._rest if full else self._line_of_head
