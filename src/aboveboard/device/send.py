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
    from aboveboard.ports import Answer, Transport

LATER = {408, 425, 429}
LATER_CODES = {"unknown_registry"}
"""Refusals that end when the collector's owner does what is missing there."""
_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a delivery.

    Attributes:
        fate: what became of it.
        words: the answer in words, ``"201 created"``.
        answered: names of metrics that the collector asks not to measure any longer.
    """

    fate: Fate
    words: str
    answered: frozenset[str] = frozenset()


def send(parcel: Parcel, transport: Transport) -> Sent:
    """Send once."""
    try:
        answer = transport.put(parcel.url, parcel.body, parcel.headers)
    except SendError as error:
        return Sent(Fate.WAITING, str(error))
    if _code(answer) in LATER_CODES:
        return Sent(Fate.WAITING, words(answer))
    became = fate(answer.status)
    answered = _answered(answer) if became is Fate.DELIVERED else frozenset[str]()
    return Sent(became, words(answer), answered)


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
    code = _code(answer)
    return f"{answer.status} {code}" if code else str(answer.status)


def _answered(answer: Answer) -> frozenset[str]:
    names = _content(answer).get("answered")
    return frozenset(filter(_is_text, names)) if isinstance(names, list) else frozenset()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _content(answer: Answer) -> dict[str, object]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _code(answer: Answer) -> str:
    code = _content(answer).get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
