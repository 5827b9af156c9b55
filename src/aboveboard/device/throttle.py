"""Enters: a note that a collector signed. Leaves: in which periods this install sends at all.

A collector that has more reports than it needs may ask for fewer. Only its own signature counts,
and each install draws anew in each period whether it is among those that send, so that nobody is
always one of them. What was counted in a period without sending stays on the machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.ports.signatures import SignatureChecker

PLACE = "throttle"
"""Under which name a store keeps it."""
FORMAT = 1
MOST = 1000
LONGEST = timedelta(days=366)
_NOTE = re.compile(
    r"aboveboard throttle 1\n(?P<app>[a-z0-9-]+)\nevery (?P<every>[1-9]\d{0,3})\n"
    r"until (?P<until>\d{4}-\d{2}-\d{2})\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Throttle:
    """That one in so many periods is enough.

    Attributes:
        every: one period in so many is sent, on average.
        until: the last day of it, at most a year after it was heard.
        heard: the day on which it came.
        note: the signed note itself, for whoever wants to check it.
    """

    every: int
    until: date
    heard: date
    note: str = ""

    def holds(self, today: date) -> bool:
        """Whether it is in force: not after its end, nor before it was heard."""
        return self.heard - timedelta(days=1) <= today <= self.until

    def sends(self, today: date, draw: float) -> bool:
        """Decide about one period; ask once, when its reports would be filed."""
        return not self.holds(today) or int(draw * self.every) == 0

    def explain(self, today: date) -> str:
        """Say in a sentence what it means.

        Example:
            >>> heard = date(2026, 11, 18)
            >>> Throttle(4, date(2027, 3, 1), heard).explain(heard)
            'the collector asked on 2026-11-18: one report in 4 is sent, until 2027-03-01'
        """
        what = "is" if self.holds(today) else "was"
        asked = f"the collector asked on {self.heard}"
        return f"{asked}: one report in {self.every} {what} sent, until {self.until}"

    def write(self) -> bytes:
        """Write it down."""
        content = {
            "format": FORMAT,
            "every": self.every,
            "until": self.until.isoformat(),
            "heard": self.heard.isoformat(),
            "note": self.note,
        }
        return json.dumps(content).encode()


def text(app: str, every: int, until: date) -> str:
    """Give the text that a collector signs.

    Example:
        >>> print(text("editor", 4, date(2027, 3, 1)), end="")
        aboveboard throttle 1
        editor
        every 4
        until 2027-03-01
    """
    return f"aboveboard throttle 1\n{app}\nevery {every}\nuntil {until.isoformat()}\n"


def hear(note: str, registry: Registry, today: date, checker: SignatureChecker) -> Throttle | None:
    """Read the note of an answer; None unless the collector's log key signed it for this app.

    A note with ``every 1`` takes the one before it back.

    Raises:
        SealError: signatures cannot be checked here.
    """
    from aboveboard.transparency.note import read as read_note  # noqa: PLC0415 few answers have one
    from aboveboard.transparency.note import read_key, signed_by  # noqa: PLC0415 as above

    collector = registry.collector
    key = read_key(collector.log) if collector is not None else None
    signed = read_note(note.encode("utf-8", "replace"))
    if key is None or signed is None or not signed_by(signed, key, checker):
        return None
    found = _NOTE.fullmatch(signed.text)
    if found is None or found["app"] != registry.app or int(found["every"]) > MOST:
        return None
    until = _day(found["until"])
    if until is None or until < today:
        return None
    return Throttle(int(found["every"]), min(until, today + LONGEST), today, note)


def read(body: bytes | None) -> Throttle | None:
    """Read what was kept; None if there is nothing, or nothing that can be understood."""
    try:
        content = json.loads(body or b"")
        until, heard = (date.fromisoformat(content[name]) for name in ("until", "heard"))
        return Throttle(max(1, int(content["every"])), until, heard, str(content["note"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
