"""Enters: an entry that was set aside. Leaves: what is kept of it, so that it can be judged again.

It is kept as JSON. Only its metric and the reason are kept where no other registry could accept it,
where it holds a message that is not scrubbed, and where it is too large; where it names no metric,
not even what stands there.
"""

from __future__ import annotations

import msgspec

from aboveboard.collector.records import RecordAside
from aboveboard.model.verdict import Reason
from aboveboard.registry.names import METRIC_NAME
from aboveboard.registry.scrub import is_scrubbed
from aboveboard.wires.native_reader import QuickEntry

NO_NAME = "(no name)"
"""Where a stranger's text stands in place of a metric's name, this is kept instead."""
REPLAYABLE = frozenset(
    {
        Reason.UNKNOWN_METRIC,
        Reason.EXPIRED_METRIC,
        Reason.WRONG_KIND,
        Reason.OUT_OF_BOUNDS,
        Reason.WRONG_DAY,
        Reason.MESSAGE_NOT_ALLOWED,
    }
)
"""The reasons that another registry may take away."""
MOST_ENTRY = 2048
"""Bytes that one entry may have to be kept."""
MOST_REPORT = 16 * 1024
"""Bytes that the entries of one report may have together."""
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(QuickEntry)


class Asides:
    """Gathers what is set aside of one report.

    Args:
        found: the list that they are added to; a new one without it.
        keeps: whether anything but names and reasons is kept.

    Attributes:
        found: what was set aside, in its order.
    """

    def __init__(self, found: list[RecordAside] | None = None, *, keeps: bool = True) -> None:
        self.found = [] if found is None else found
        self._room = MOST_REPORT if keeps else 0

    def add(self, entry: QuickEntry, reason: Reason) -> None:
        """Set an entry aside."""
        if not METRIC_NAME.fullmatch(entry.metric):
            self.found.append(RecordAside(NO_NAME, reason.value))
            return
        text = self._text(entry) if reason in REPLAYABLE else None
        self.found.append(RecordAside(entry.metric, reason.value, text))

    def _text(self, entry: QuickEntry) -> str | None:
        said = (told.message for told in (entry.detail or {}).values())
        if not self._room or not all(is_scrubbed(text) for text in said if text is not None):
            return None
        text = _ENCODER.encode(entry)
        if len(text) > min(MOST_ENTRY, self._room):
            return None
        self._room -= len(text)
        return text.decode()


def entry_of(aside: RecordAside) -> QuickEntry | None:
    """Give an entry back as it was; None if nothing was kept of it.

    Example:
        >>> entry_of(RecordAside("file.opened", "out_of_bounds", '{"metric":"file.opened"}'))
        >>> text = '{"metric":"file.opened","value":3}'
        >>> entry_of(RecordAside("file.opened", "wrong_day", text)).value
        3
    """
    try:
        return _DECODER.decode(aside.e or "")
    except msgspec.DecodeError:
        return None
