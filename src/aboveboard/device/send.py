"""Step 6. Enters: bytes. Leaves: delivered, refused, or kept for later; the answer in words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.model.report import Fate

if TYPE_CHECKING:
    from aboveboard.device.seal import Parcel
    from aboveboard.ports.device import Answer, Transport

LATER = {408, 425, 429}
LATER_CODES = {"unknown_registry", "period_in_future"}
"""Refusals that end when the collector's owner does what is missing, or with time alone."""
_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a delivery.

    Attributes:
        fate: what became of it.
        words: the answer in words, ``"201 created"``.
        answered: names of metrics that the collector asks not to measure any longer.
        reached: whether anybody answered at all.
        troubled: whether the next report would fare no better now.
        retry_after: the seconds that the answer asked to wait, or None.
        throttle: the signed note with which a collector asks for fewer reports; ``""`` for none.
    """

    fate: Fate
    words: str
    answered: frozenset[str] = frozenset()
    reached: bool = True
    troubled: bool = False
    retry_after: int | None = None
    throttle: str = ""


def send(parcel: Parcel, transport: Transport) -> Sent:
    """Send once."""
    try:
        answer = transport.put(parcel.url, parcel.body, parcel.headers)
    except SendError as error:
        return Sent(Fate.WAITING, str(error), reached=False, troubled=True)
    said = words(answer)
    if code(answer) in LATER_CODES:
        return Sent(Fate.WAITING, said, retry_after=answer.retry_after)
    match fate(answer.status):
        case Fate.DELIVERED:
            return Sent(Fate.DELIVERED, said, _answered(answer), throttle=_throttle(answer))
        case Fate.WAITING:
            return Sent(Fate.WAITING, said, troubled=True, retry_after=answer.retry_after)
        case final:
            return Sent(final, said)


def fate(status: int) -> Fate:
    """Read a status: 2xx is delivered, 4xx final but for "later", anything else is tried again.

    Example:
        >>> fate(201).value, fate(404).value, fate(503).value
        ('delivered', 'refused', 'waiting')
    """
    if 200 <= status < 300:  # noqa: PLR2004 the ranges of RFC 9110, section 15
        return Fate.DELIVERED
    if 400 <= status < 500 and status not in LATER:  # noqa: PLR2004 as above
        return Fate.REFUSED
    return Fate.WAITING


def words(answer: Answer) -> str:
    """Put an answer into words, with its code if it has a well-formed one."""
    return said(answer.status, code(answer))


def said(status: int, code: str) -> str:
    """Put a status and a code into words.

    Example:
        >>> said(201, "kept"), said(502, "")
        ('201 kept', '502')
    """
    return f"{status} {code}" if is_code(code) else str(status)


def is_code(text: object) -> bool:
    """Whether something is a code as collectors give them; nothing else is ever shown.

    Example:
        >>> is_code("kept"), is_code("<b>"), is_code(7)
        (True, False, False)
    """
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def code(answer: Answer) -> str:
    """Give the code of an answer; ``""`` if it has no well-formed one."""
    found = content(answer).get("code")
    return found if isinstance(found, str) and is_code(found) else ""


def content(answer: Answer) -> dict[str, object]:
    """Read the JSON of an answer; nothing else gives an empty table."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _answered(answer: Answer) -> frozenset[str]:
    names = content(answer).get("answered")
    return frozenset(filter(_is_text, names)) if isinstance(names, list) else frozenset()


def _throttle(answer: Answer) -> str:
    note = content(answer).get("throttle")
    return note if isinstance(note, str) else ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)
