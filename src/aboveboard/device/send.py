"""Step 6. Enters: bytes. Leaves: delivered, refused, or kept for later; the answer in words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.model.report import Fate

if TYPE_CHECKING:
    from aboveboard.device.seal import Parcel
    from aboveboard.ports import Answer, Transport

LATER = {408, 425, 429}
_CODE = re.compile(r"[a-z_]{1,40}")


def send(parcel: Parcel, transport: Transport) -> tuple[Fate, str]:
    """Send once.

    Returns:
        What became of it and the answer in words, ``"201 created"``.
    """
    try:
        answer = transport.put(parcel.url, parcel.body, parcel.headers)
    except SendError as error:
        return Fate.WAITING, str(error)
    return fate(answer.status), words(answer)


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
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        content = None
    code = content.get("code") if isinstance(content, dict) else None
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return f"{answer.status} {code}" if known else str(answer.status)
