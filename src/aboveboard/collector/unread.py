"""Enters: a body that nobody can read. Leaves: a record of it, as long as there are few of them."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.collector.records import RecordUnread, encode
from aboveboard.model.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from aboveboard.collector.receive import Request
    from aboveboard.model.verdict import Refused

MOST_AN_HOUR = 100
"""How many are kept of an app in an hour; what is behind is the same fault, or somebody's game."""
MOST_BODY = 3 * 1024
"""As many bytes as four kilobytes of base64 hold; of a larger body the beginning is kept."""
UNREADABLE = frozenset(
    {
        Reason.NOT_A_REPORT,
        Reason.BROKEN_COMPRESSION,
        Reason.UNKNOWN_ENCODING,
        Reason.CANNOT_OPEN,
    }
)
"""The refusals after which whoever looks after the product needs to see what came."""


class Unread:
    """Keeps what nobody can read, within bounds.

    Args:
        apps: those that are served; of others nothing is kept.
        most_an_hour: how many are kept of an app; 0 keeps none.
    """

    def __init__(self, apps: Collection[str], most_an_hour: int = MOST_AN_HOUR) -> None:
        self._apps = apps
        self._most = most_an_hour
        self._hour = ""
        self._counts: Counter[str] = Counter()

    def record(self, request: Request, refused: Refused, now: datetime) -> bytes | None:
        """Give the record of a refused body; None if it is not kept."""
        app = request.app
        if refused.reason not in UNREADABLE or app not in self._apps or not request.body:
            return None
        hour = f"{now:%Y-%m-%dT%H}"
        if hour != self._hour:
            self._hour = hour
            self._counts.clear()
        if self._counts[app] >= self._most:
            return None
        self._counts[app] += 1
        body = b64encode(request.body[:MOST_BODY]).decode()
        day = now.date().isoformat()
        return encode(RecordUnread(app, day, refused.reason.value, body))
