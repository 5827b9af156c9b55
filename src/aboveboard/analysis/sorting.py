"""Enters: the records of a part of the log. Leaves: the same, sorted by what they are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from collections.abc import Sequence

SAID = b'{"kind":"said"'
KIND = b'{"kind":'
"""How every record begins that is no report; the writer sees to it that no report does."""


@dataclass(frozen=True, slots=True)
class GoneRecord:
    """Word that a report was taken back.

    Attributes:
        app: the product.
        id: the report's.
        week: the one that the report was of.
        day: when it was taken back.
        token: the hash of the token that took it back.
    """

    app: str
    id: str
    week: str
    day: str
    token: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """The records of a part, by kind, each kind in its order.

    Attributes:
        reports: what the engine parses.
        gone: which reports were taken back.
        said: messages of foreign clients, likewise.
        others: replays, unread bodies and drops, which the engine parses as well.
    """

    reports: list[bytes] = field(default_factory=list)
    gone: list[GoneRecord] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)


def sort(records: Sequence[bytes]) -> Sorted:
    """Sort records; reports are not looked into.

    Raises:
        FactsError: a newer version of Aboveboard has written one of them.
    """
    found = Sorted([record for record in records if not record.startswith(KIND)])
    if len(found.reports) == len(records):
        return found
    for record in records:
        if not record.startswith(KIND):
            continue
        if record.startswith(SAID):
            found.said.append(record)
            continue
        content = _content(record)
        match content.get("kind"):
            case "gone":
                named = [str(content.get(name, "")) for name in ("app", "id", "week", "day", "w")]
                found.gone.append(GoneRecord(*named))
            case "more" | "unread" | "drop":
                found.others.append(record)
            case "erased":
                pass
            case kind:
                message = f"the log has a record of the kind {kind!r}: update Aboveboard"
                raise FactsError(message)
    return found


def _content(record: bytes) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(record)
    except ValueError as error:
        message = "the log has a record that cannot be read"
        raise FactsError(message) from error
    return content
